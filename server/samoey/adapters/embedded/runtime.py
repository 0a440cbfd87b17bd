"""A short private folder for the sockets: a socket's path may not be longer than 107 characters."""

import errno
import fcntl
import hashlib
import os
import re
import shutil
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from samoey.adapters.embedded.errors import RuntimeFolderUnsafe

# PostgreSQL splits its list of folders at commas, and a socket's name is added to the path.
_PLAIN = re.compile(r"/[A-Za-z0-9_./+-]{0,60}")
_PRIVATE = 0o700


def short_name(home: Path) -> str:
    """A name that belongs to this home alone."""
    return hashlib.sha256(os.fsencode(home)).hexdigest()[:12]


@contextmanager
def runtime_folder(home: Path) -> Iterator[Path]:
    """The folder for the sockets of `home`, there for as long as the block lasts.

    Raises:
        RuntimeFolderUnsafe: every place for it is somebody else's or not to be written.
    """
    refusals: list[str] = []
    for path in _candidates(home):
        try:
            handle = _opened(path)
        except OSError as error:
            refusals.append(f"{path}: {error.strerror}")
            continue
        try:
            # systemd-tmpfiles, which clears temporary folders, leaves alone what is locked.
            fcntl.flock(handle, fcntl.LOCK_SH)
            yield path
        finally:
            # What a killed supervisor leaves is found and used by the next one.
            shutil.rmtree(path, ignore_errors=True)
            os.close(handle)
        return
    raise _unsafe(refusals)


def lasting_folder(home: Path, what: str) -> tuple[Path, int]:
    """A folder for sockets that several processes of a home share, which stays when one leaves.

    The open descriptor keeps it from being cleared away; whoever takes it closes it.

    Raises:
        RuntimeFolderUnsafe: every place for it is somebody else's or not to be written.
    """
    refusals: list[str] = []
    for beside in _candidates(home):
        path = beside.with_name(f"{beside.name}-{what}")
        try:
            handle = _opened(path)
        except OSError as error:
            refusals.append(f"{path}: {error.strerror}")
            continue
        fcntl.flock(handle, fcntl.LOCK_SH)
        return path, handle
    raise _unsafe(refusals)


def _unsafe(refusals: list[str]) -> RuntimeFolderUnsafe:
    return RuntimeFolderUnsafe(
        f"Set XDG_RUNTIME_DIR to a private folder with a short path ({'; '.join(refusals)})."
    )


def _candidates(home: Path) -> Iterator[Path]:
    uid = os.geteuid()
    name = short_name(home)
    given = os.environ.get("XDG_RUNTIME_DIR", "")
    usable = bool(_PLAIN.fullmatch(given))
    # The session's own folder goes when its person signs out, and `up` may outlive that: last.
    fleeting = given == f"/run/user/{uid}"
    if usable and not fleeting:
        yield Path(given, f"samoey-{name}")
    yield Path(f"/tmp/samoey-{uid}-{name}")  # noqa: S108 - checked to be ours and private
    if usable and fleeting:
        yield Path(given, f"samoey-{name}")


def _opened(path: Path) -> int:
    """Open `path`, made if it was not there, and refuse what others could have put in its place."""
    path.mkdir(mode=_PRIVATE, exist_ok=True)
    handle = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    try:
        _make_private(handle)
    except OSError:
        os.close(handle)
        raise
    return handle


def _make_private(handle: int) -> None:
    status = os.fstat(handle)
    if status.st_uid != os.geteuid():
        raise PermissionError(errno.EPERM, "belongs to somebody else")
    if stat.S_IMODE(status.st_mode) != _PRIVATE:
        os.fchmod(handle, _PRIVATE)
