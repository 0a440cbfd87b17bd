"""Many blobs at once, without an event loop: for the child processes that parse them."""

import itertools
import subprocess
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO

from samoey.adapters.git.names import object_id
from samoey.adapters.git.process import git_program, reading_environment
from samoey.kit.ports.git import RevisionNotFound

# So many requests always fit into the pipe that git reads from while we read its answers.
_AHEAD = 256
_CHUNK = 1 << 20


def blobs_sync(
    mirror: Path, blobs: Iterable[str], *, limit: int = 8_000_000
) -> Iterator[tuple[str, bytes]]:
    """The bytes of many blobs, in the order asked; those over `limit` are passed by.

    Raises:
        RevisionNotFound: the mirror lacks one of them.
    """
    arguments = [git_program(), f"--git-dir={mirror}", "cat-file", "--batch"]
    with subprocess.Popen(
        arguments,
        env=reading_environment(),
        cwd="/",
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            wanted = iter(blobs)
            while batch := [object_id(oid) for oid in itertools.islice(wanted, _AHEAD)]:
                process.stdin.write("".join(f"{oid}\n" for oid in batch).encode())
                process.stdin.flush()
                yield from answers(process.stdout, batch, limit)
        finally:
            process.kill()


def answers(out: IO[bytes], batch: list[str], limit: int) -> Iterator[tuple[str, bytes]]:
    """Read git's answers to a batch of requests.

    Raises:
        RevisionNotFound: it has no such blob, or is gone.
    """
    for oid in batch:
        header = out.readline().split()
        if len(header) != 3 or header[1] != b"blob":  # noqa: PLR2004 - id, type, size
            raise RevisionNotFound("The repository no longer has one of its files.")
        size = int(header[2])
        if size > limit:
            _skip(out, size + 1)
        else:
            body = out.read(size + 1)
            yield oid, body[:-1]


def _skip(out: IO[bytes], size: int) -> None:
    while size > 0 and (chunk := out.read(min(size, _CHUNK))):
        size -= len(chunk)
