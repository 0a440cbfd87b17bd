"""The folder in which an installation lives: made private, held by one supervisor at a time."""

import errno
import fcntl
import os
import secrets
import stat
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from samoey.adapters.embedded.errors import (
    HomeInUse,
    HomeUnusable,
)
from samoey.kit.problems import DiskFull

ANOTHER_HOME = "Choose another home with --home or SAMOEY_HOME."
# How long the children of a supervisor that was killed may take to go.
CLEARING_S = 60.0
# Somebody who only looks whether the home is held holds it for a moment.
GLANCE_S = 0.2
STEP_S = 0.02
_FULL = {errno.ENOSPC, errno.EDQUOT}


def opened_home(path: Path) -> Path:
    """The home as a real path, made (mode 0700) if it was not there.

    Raises:
        HomeUnusable: it is not a path, not a folder, or we may not write there.
        DiskFull: there is no room to make it.
    """
    # Control characters can't be handed to `initdb`, and are never what was meant.
    if not str(path).isprintable() and any(ord(sign) < ord(" ") for sign in str(path)):
        raise HomeUnusable(f"{str(path)!r} is no path of a folder. {ANOTHER_HOME}")
    with told(path):
        home = path.expanduser().absolute()
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
        home = home.resolve(strict=True)
        _make_private(home)
        (home / "secrets").mkdir(mode=0o700, exist_ok=True)
        (home / "logs").mkdir(mode=0o700, exist_ok=True)
    return home


def _make_private(home: Path) -> None:
    status = home.stat()
    if status.st_uid != os.geteuid():
        raise PermissionError(errno.EPERM, "it belongs to somebody else")
    # The account that runs PostgreSQL may have to pass through (0710), nobody may look.
    if not status.st_mode & 0o067:
        return
    # A folder that holds other things, such as /tmp, is somebody's: it is not made ours.
    ours = (home / "secrets").is_dir() or not any(home.iterdir())
    if not ours or status.st_mode & stat.S_ISVTX:
        raise HomeUnusable(
            f"{str(home)!r} holds other things, and others can read it. Make it private "
            f"(chmod 700), or better: c{ANOTHER_HOME[1:]}"
        )
    home.chmod(0o700)


@contextmanager
def told(home: Path) -> Iterator[None]:
    """Whatever the system refuses about the home becomes a problem that a person understands."""
    try:
        yield
    except (OSError, RuntimeError, ValueError) as error:
        # pathlib raises the other two: nobody's `~`, circles of links, characters beyond a path.
        number = error.errno if isinstance(error, OSError) else None
        if number in _FULL:
            raise DiskFull(
                f"No room is left for {home}. Free some, or move the home with SAMOEY_HOME."
            ) from error
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise HomeUnusable(f"{str(home)!r}: {reason}. {ANOTHER_HOME}") from error


def secret(home: Path, name: str, *, first: Callable[[str], None] | None = None) -> str:
    """A password that is made once and kept in the home; `first` learns it before it is kept."""
    path = home / "secrets" / name
    with told(home):
        if path.exists() and (kept := path.read_text("ascii").strip()):
            return kept
    made = secrets.token_urlsafe(24)
    if first:
        first(made)
    with told(home):
        write_private(path, made + "\n")
    return made


def write_private(path: Path, text: str) -> None:
    """Put a whole file in place, readable by us alone; a reader sees the old or the new one."""
    written = path.with_name(f"{path.name}.new")
    written.unlink(missing_ok=True)
    handle = os.open(written, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8", errors="surrogateescape") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    written.replace(path)


@contextmanager
def held_home(home: Path) -> Iterator[int]:
    """Hold the home, alone; yields the descriptor that a watchdog keeps until it has cleared away.

    Two locks: ours ends with us. The other is also the watchdog's, so whoever comes next waits for
    the children of a supervisor that was killed.

    Raises:
        HomeInUse: another process holds it.
    """
    with ExitStack() as stack:
        with told(home):
            ours = stack.enter_context((home / "up.lock").open("a+b", buffering=0))
            children = stack.enter_context((home / "servers.lock").open("ab", buffering=0))
            if not _waited_for(ours.fileno(), GLANCE_S):
                raise in_use(home)
            ours.truncate(0)
            ours.write(f"{os.getpid()}\n".encode())
            stack.callback(ours.truncate, 0)
            if not _waited_for(children.fileno(), CLEARING_S):
                raise in_use(home)
        yield children.fileno()


def is_held(home: Path) -> bool:
    """Whether a process holds the home now."""
    try:
        with (home / "up.lock").open("rb") as lock:
            return not _locked(lock.fileno(), fcntl.LOCK_SH)
    except OSError:
        return False


def answers_at(home: Path) -> str | None:
    """The address at which the holder of the home answers, once it does."""
    if not is_held(home):
        return None
    try:
        _, *url = (home / "up.lock").read_text("utf-8").split()
    except (OSError, ValueError):
        return None
    return url[0] if url else None


def in_use(home: Path) -> HomeInUse:
    """The refusal, with the number of the process that holds the home."""
    try:
        pid, *url = (home / "up.lock").read_text("utf-8").split()
    except (OSError, ValueError):
        pid, url = "", []
    who = f"process {pid}" if pid else "another process"
    where = f", which answers at {url[0]}" if url else ""
    return HomeInUse(f"{home} is held by {who}{where}. Stop that one first, or c{ANOTHER_HOME[1:]}")


def say_where(home: Path, url: str) -> None:
    """Let whoever is refused this home know where its holder answers."""
    with told(home):
        (home / "up.lock").write_text(f"{os.getpid()}\n{url}\n", "utf-8")


@contextmanager
def guest(home: Path) -> Iterator[None]:
    """Let the holder know that its servers are in use, see `guests_gone`."""
    with (home / "guests.lock").open("ab") as lock:
        fcntl.flock(lock, fcntl.LOCK_SH)
        yield


def guests_gone(home: Path) -> None:
    """Wait until nobody uses our servers any more."""
    with (home / "guests.lock").open("ab") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)


def _locked(handle: int, kind: int) -> bool:
    try:
        fcntl.flock(handle, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _waited_for(handle: int, patience_s: float) -> bool:
    give_up = time.monotonic() + patience_s
    while not _locked(handle, fcntl.LOCK_EX):
        if time.monotonic() > give_up:
            return False
        time.sleep(STEP_S)
    return True
