"""Git that goes wrong while an index is made; what it does not change, the real one does."""

import errno
import os
import time
from collections.abc import Awaitable, Callable, Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

from samoey.kit.context import Tools
from samoey.kit.ports.git import Git, RevisionNotFound, TreeFile

Blobs = Iterator[tuple[str, bytes]]


class WrongGit:
    """The git of some tools, with another way to list files or to read blobs."""

    def __init__(
        self,
        real: Any,
        *,
        blobs_sync: Callable[..., Blobs] | None = None,
        first: Callable[[], Awaitable[None]] | None = None,
    ) -> None:
        self.real, self.first = real, first
        self.blobs_sync = blobs_sync or real.blobs_sync

    def __getattr__(self, name: str) -> Any:
        return getattr(self.real, name)

    async def files(self, mirror: Path, commit: str) -> list[TreeFile]:
        if self.first is not None:
            await self.first()
        files: list[TreeFile] = await self.real.files(mirror, commit)
        return files


def with_git(tools: Tools, **wrong: Any) -> Tools:
    return replace(tools, git=cast("Git", WrongGit(tools.git, **wrong)))


# These run in the child process that indexes.
def die(_: Path, __: Iterable[str], *, limit: int) -> Blobs:
    os._exit(9)


def no_space(_: Path, __: Iterable[str], *, limit: int) -> Blobs:
    raise OSError(errno.ENOSPC, "No space left on device")


def vanish(_: Path, __: Iterable[str], *, limit: int) -> Blobs:
    raise RevisionNotFound


def hang(_: Path, __: Iterable[str], *, limit: int) -> Blobs:
    time.sleep(600)
    yield "", b""
