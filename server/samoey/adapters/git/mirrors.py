"""The folders of mirrors: one writer at a time, nothing half-made, never larger than allowed."""

import asyncio
import contextlib
import errno
import fcntl
import os
import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from uuid import uuid4

from samoey.adapters.git.process import ask
from samoey.kit.ports.git import (
    RepositoryTooLarge,
)
from samoey.kit.problems import DiskFull

_LOOK_AGAIN_S = 0.3
_NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


@contextlib.asynccontextmanager
async def locked(mirror: Path) -> AsyncIterator[None]:
    """Be the only one who writes to `mirror`, on this machine, in whatever process."""
    mirror.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle = await _acquire(_lock_file(mirror))
    try:
        _sweep(mirror)
        yield
    finally:
        os.close(handle)


async def _acquire(path: Path) -> int:
    while (handle := _try_lock(path)) is None:  # noqa: ASYNC110 - another process sets no event of ours
        await asyncio.sleep(_LOOK_AGAIN_S)
    return handle


def _try_lock(path: Path) -> int | None:
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    # Whoever removed the mirror removed the lock's file too: then this one locks nothing.
    with contextlib.suppress(BlockingIOError, FileNotFoundError):
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if path.stat().st_ino == os.fstat(handle).st_ino:
            return handle
    os.close(handle)
    return None


def _sweep(mirror: Path) -> None:
    """Remove what a killed fetch left; the lock says that nobody is at work here."""
    for draft in mirror.parent.glob(f".{mirror.name}.draft-*"):
        shutil.rmtree(draft, ignore_errors=True)
    if mirror.is_dir():
        leftovers = [*mirror.glob("*.lock"), *(mirror / "refs").rglob("*.lock")]
        leftovers += (mirror / "objects").glob("**/tmp_*")
        for path in leftovers:
            if path.is_dir():
                shutil.rmtree(path, ignore_errors=True)
            else:
                path.unlink(missing_ok=True)


@contextlib.asynccontextmanager
async def draft_of(mirror: Path) -> AsyncIterator[Path]:
    """The mirror itself, or a new one that takes its place only if the block succeeds."""
    if exists(mirror):
        yield mirror
        return
    draft = _hidden(mirror)
    try:
        await ask(["init", "--quiet", "--bare", "--template=", str(draft)])
        draft.chmod(0o700)
        yield draft
        _move(draft, mirror)
    finally:
        await asyncio.to_thread(shutil.rmtree, draft, ignore_errors=True)


@contextlib.contextmanager
def private_folder(mirror: Path) -> Iterator[Path]:
    """A folder beside the mirror that only we can read, gone when the block is left."""
    folder = _hidden(mirror)
    folder.mkdir(mode=0o700)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def exists(mirror: Path) -> bool:
    """Whether there is a mirror yet."""
    return mirror.is_dir()


def _lock_file(mirror: Path) -> Path:
    return mirror.with_name(f".{mirror.name}.lock")


def _hidden(mirror: Path) -> Path:
    """A new name beside the mirror, which `_sweep` knows."""
    return mirror.with_name(f".{mirror.name}.draft-{uuid4().hex}")


def _move(old: Path, new: Path) -> None:
    with contextlib.suppress(FileNotFoundError):
        old.rename(new)


@contextlib.contextmanager
def disk_watched() -> Iterator[None]:
    """Tell a full disk by its name.

    Raises:
        DiskFull: the block had no room to write.
    """
    try:
        yield
    except OSError as error:
        if error.errno not in _NO_ROOM:
            raise
        raise DiskFull("Make room on the disk that holds the home folder.") from error


async def remove(mirror: Path) -> None:
    """Delete a mirror: out of sight at once, then off the disk."""
    async with locked(mirror):
        doomed = _hidden(mirror)
        _move(mirror, doomed)
        await asyncio.to_thread(shutil.rmtree, doomed, ignore_errors=True)
        _lock_file(mirror).unlink(missing_ok=True)


async def guard_size(folder: Path, most_mb: float) -> None:
    """Watch a folder grow, for ever.

    Raises:
        RepositoryTooLarge: it grew over the limit.
    """
    while True:
        check_size(await asyncio.to_thread(bytes_in, folder), most_mb)
        await asyncio.sleep(_LOOK_AGAIN_S)


def check_size(size: int, most_mb: float) -> None:
    """Refuse a repository over the limit.

    Raises:
        RepositoryTooLarge: it is.
    """
    if size > most_mb * 1_000_000:
        raise RepositoryTooLarge(
            f"It takes more than {most_mb:g} MB. An operator can allow more with the setting "
            "repositories.max_mb."
        )


def bytes_in(folder: Path) -> int:
    """How many bytes the files below a folder have, while others may be changing it."""
    total = 0
    for root, _, files in os.walk(folder):
        for name in files:
            with contextlib.suppress(OSError):
                total += os.lstat(os.path.join(root, name)).st_size  # noqa: PTH118 - a hot loop
    return total
