"""The folder in which an installation lives: made private, held by one supervisor at a time."""

import errno
import fcntl
import os
import secrets
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from samoey.adapters.embedded.errors import DiskFull, HomeInUse, HomeUnusable

# How long the children of a supervisor that was killed may take to go.
CLEARING_S = 30.0
STEP_S = 0.02


def opened_home(path: Path) -> Path:
    """The home as a real path, made (mode 0700) if it was not there.

    Raises:
        HomeUnusable: it is not a path, not a folder, or we may not write there.
        DiskFull: there is no room to make it.
    """
    if not path.parts or any(ord(sign) < 32 or ord(sign) == 127 for sign in str(path)):  # noqa: PLR2004 - control characters
        raise HomeUnusable(f"{str(path)!r} is no path of a folder. {ANOTHER_HOME}")
    with told(path):
        home = path.expanduser().absolute()
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
        home = home.resolve(strict=True)
        (home / "secrets").mkdir(mode=0o700, exist_ok=True)
        (home / "logs").mkdir(mode=0o700, exist_ok=True)
        if home.stat().st_uid == os.geteuid() and home.stat().st_mode & 0o007:
            home.chmod(0o700)
    return home


ANOTHER_HOME = "Choose another one with --home or SAMOEY_HOME."
_FULL = {errno.ENOSPC, errno.EDQUOT}


@contextmanager
def told(home: Path) -> Iterator[None]:
    """Whatever the system refuses about the home becomes a problem that a person understands."""
    try:
        yield
    except (OSError, RuntimeError) as error:
        # pathlib raises RuntimeError for a `~` that nobody can expand and for circles of links.
        number = error.errno if isinstance(error, OSError) else None
        if number in _FULL:
            raise DiskFull(
                f"No room is left for {home}. Free some, or move the home with SAMOEY_HOME."
            ) from error
        reason = os.strerror(number) if number else str(error)
        raise HomeUnusable(f"{home} can't be used: {reason}. {ANOTHER_HOME}") from error


def secret(home: Path, name: str) -> tuple[str, bool]:
    """A password that is made once and kept in the home, and whether it was made just now."""
    path = home / "secrets" / name
    with told(home):
        if path.exists() and (kept := path.read_text("ascii").strip()):
            return kept, False
        made = secrets.token_urlsafe(24)
        written = path.with_suffix(".new")
        written.unlink(missing_ok=True)
        handle = os.open(written, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(made + "\n")
            file.flush()
            os.fsync(file.fileno())
        written.replace(path)
    return made, True


@contextmanager
def held_home(home: Path) -> Iterator[int]:
    """Hold the home, alone; yields the descriptor that a watchdog keeps until it has cleared away.

    Two locks: ours ends with us. The other is also the watchdog's, so whoever comes next waits for
    the children of a supervisor that was killed.

    Raises:
        HomeInUse: another process holds it.
    """
    with ExitStack() as stack, told(home):
        ours = stack.enter_context((home / "up.lock").open("a+b", buffering=0))
        if not _locked(ours.fileno()):
            raise _in_use(home)
        ours.truncate(0)
        ours.write(f"{os.getpid()}\n".encode())
        children = stack.enter_context((home / "servers.lock").open("ab"))
        _wait_for(home, children.fileno())
        stack.callback(ours.truncate, 0)
        yield children.fileno()


def holder(home: Path) -> int | None:
    """The process that holds the home, if one does."""
    try:
        with (home / "up.lock").open("rb") as lock:
            if _locked(lock.fileno(), fcntl.LOCK_SH):
                return None
            return int(lock.read() or 0)
    except (OSError, ValueError):
        return None


def _locked(handle: int, kind: int = fcntl.LOCK_EX) -> bool:
    try:
        fcntl.flock(handle, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _wait_for(home: Path, handle: int) -> None:
    give_up = time.monotonic() + CLEARING_S
    while not _locked(handle):
        if time.monotonic() > give_up:
            raise _in_use(home)
        time.sleep(STEP_S)


def _in_use(home: Path) -> HomeInUse:
    pid = holder(home)
    who = f"process {pid}" if pid else "another process"
    return HomeInUse(f"{home} is held by {who}. Stop that one first. Or: {ANOTHER_HOME}", pid=pid)
