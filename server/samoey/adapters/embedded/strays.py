"""What a start finds of an earlier one that ended badly: live processes, stale pid files."""

import contextlib
import os
import time
from pathlib import Path
from signal import SIGINT, SIGKILL, SIGQUIT

STEP_S = 0.02


def clear(data: Path, runtime: Path) -> None:
    """End a PostgreSQL that nobody supervises any more, and take away files that would stop ours.

    The caller holds the home, so whoever still works in `data` is left over. A pid file that names
    a process which is something else by now (usual after a reboot, in a container even more) would
    keep PostgreSQL from starting. One that names nobody is PostgreSQL's own to judge.
    """
    pid_file = data / "postmaster.pid"
    left = _working_in(data)
    if left:
        main = {_pid(pid_file)} & left
        # Fast shutdown is a word to the first of them only; to the others it is another word.
        _end(data, main, SIGINT, 10)
        _end(data, _working_in(data), SIGQUIT, 2)
        _end(data, _working_in(data), SIGKILL, 10)
    for file in (pid_file, runtime / ".s.PGSQL.5432.lock"):
        if _names_a_stranger(file):
            file.unlink(missing_ok=True)


def _end(data: Path, pids: set[int], number: int, patience_s: float) -> None:
    for pid in pids:
        with contextlib.suppress(OSError):
            os.kill(pid, number)
    give_up = time.monotonic() + patience_s
    while pids and _working_in(data) and time.monotonic() < give_up:
        time.sleep(STEP_S)


def _working_in(data: Path) -> set[int]:
    """Processes whose working folder is `data`, as that of every process of PostgreSQL is."""
    found: set[int] = set()
    # Without /proc (macOS) there are none to be seen; PostgreSQL's own checks remain.
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if (process / "cwd").readlink() == data:
                found.add(int(process.name))
    return found


def _pid(file: Path) -> int:
    """The process that a pid file names; 0 when it names none."""
    try:
        return abs(int(file.read_text("utf-8", "replace").split("\n", 1)[0]))
    except (OSError, ValueError):
        return 0


def _names_a_stranger(file: Path) -> bool:
    """Whether the file names a live process (never PostgreSQL: that was ended), or nothing."""
    if not file.exists():
        return False
    if not (pid := _pid(file)):
        # Cut short while it was written: of no use to anyone.
        return True
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    # Without /proc nobody was ended, so it may well be PostgreSQL.
    return Path("/proc/self").exists()
