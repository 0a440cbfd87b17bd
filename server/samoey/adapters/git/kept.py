"""Gits that stand by to be asked for blobs, for searches that want some at once and again.

One is started for a mirror when it is first asked, serves one search at a time, and ends when it
was not asked for a while. Its input closes when this process ends, however that ends; then it ends.
"""

import contextlib
import itertools
import subprocess
import threading
import time
from collections import OrderedDict
from collections.abc import Generator, Iterable, Iterator
from pathlib import Path

from samoey.adapters.git.batch import answers
from samoey.adapters.git.names import object_id
from samoey.adapters.git.process import git_program, reading_environment
from samoey.kit.ports.git import RevisionNotFound

_MOST = 32
_IDLE_S = 60.0
# Whoever asks may stop early: little is asked for first, then more and more at a time.
_FEWEST, _AHEAD = 4, 32
# Large enough for most files, so that git goes on with the next while we look at one.
_PIPE = 1 << 18

_Git = subprocess.Popen[bytes]


class KeptGits:
    """The gits of this process that wait to be asked."""

    def __init__(self) -> None:
        self._idle: OrderedDict[_Git, tuple[Path, float]] = OrderedDict()
        self._lock = threading.Lock()
        self._clock: threading.Timer | None = None

    def blobs(
        self, mirror: Path, blobs: Iterable[str], *, limit: int
    ) -> Generator[tuple[str, bytes]]:
        """The bytes of many blobs, in the order asked; those over `limit` are passed by.

        Raises:
            RevisionNotFound: the mirror lacks one of them, or is gone.
        """
        wanted, ahead = iter(blobs), _FEWEST
        batch = [object_id(oid) for oid in itertools.islice(wanted, ahead)]
        if not batch:
            return
        git, whole = self._take(mirror), False
        try:
            while batch:
                assert git.stdin is not None
                assert git.stdout is not None
                git.stdin.write("".join(f"{oid}\n" for oid in batch).encode())
                git.stdin.flush()
                yield from _heard(answers(git.stdout, batch, limit))
                ahead = min(2 * ahead, _AHEAD)
                batch = [object_id(oid) for oid in itertools.islice(wanted, ahead)]
            whole = True
        except GeneratorExit:
            whole = True
            raise
        except BrokenPipeError as gone:
            raise RevisionNotFound("The repository is not there any more.") from gone
        finally:
            if whole:
                self._give_back(git, mirror)
            else:
                _end(git)

    def close(self) -> None:
        """End all of them."""
        with self._lock:
            gits = list(self._idle)
            self._idle.clear()
            if self._clock is not None:
                self._clock.cancel()
                self._clock = None
        for git in gits:
            _end(git)

    def _take(self, mirror: Path) -> _Git:
        with self._lock:
            for git, (whose, _) in reversed(self._idle.items()):
                if whose == mirror:
                    del self._idle[git]
                    if git.poll() is None:
                        return git
                    _end(git)
                    break
        return subprocess.Popen(
            [git_program(), f"--git-dir={mirror}", "cat-file", "--batch"],
            env=reading_environment(),
            cwd="/",
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            bufsize=_PIPE,
            pipesize=_PIPE,
        )

    def _give_back(self, git: _Git, mirror: Path) -> None:
        with self._lock:
            self._idle[git] = mirror, time.monotonic()
            surplus = [self._idle.popitem(last=False)[0] for _ in range(len(self._idle) - _MOST)]
            if self._clock is None:
                self._wind()
        for each in surplus:
            _end(each)

    def _wind(self) -> None:
        self._clock = threading.Timer(_IDLE_S, self._tidy)
        self._clock.daemon = True
        self._clock.start()

    def _tidy(self) -> None:
        with self._lock:
            late = time.monotonic() - _IDLE_S
            old = [git for git, (_, since) in self._idle.items() if since <= late]
            for git in old:
                del self._idle[git]
            self._clock = None
            if self._idle:
                self._wind()
        for git in old:
            _end(git)


def _heard(told: Iterator[tuple[str, bytes]]) -> Iterator[tuple[str, bytes]]:
    """Pass on the answers to a batch; those that nobody wants any more are heard all the same."""
    try:
        for each in told:  # noqa: UP028 - it must not be closed with us, but heard to its end
            yield each
    except GeneratorExit:
        for _ in told:
            pass
        raise


def _end(git: _Git) -> None:
    git.kill()
    for pipe in (git.stdin, git.stdout):
        if pipe is not None:
            with contextlib.suppress(OSError):
                pipe.close()
    git.wait()
