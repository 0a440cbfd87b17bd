"""What a start finds of an earlier one that ended badly: live processes, stale pid files."""

import contextlib
import os
import time
from pathlib import Path
from signal import SIGINT, SIGKILL, SIGQUIT

PATIENCE_S = 10.0
STEP_S = 0.02


def clear(data: Path, runtime: Path) -> None:
    """End a PostgreSQL that nobody supervises any more, and take away files that would stop ours.

    The caller holds the home, so whoever still works in `data` is left over. A pid file that names
    a process which is something else by now (usual after a reboot, in a container even more) would
    keep PostgreSQL from starting. One that names nobody is PostgreSQL's own to judge.
    """
    for number in (SIGINT, SIGQUIT, SIGKILL):
        if not _sent(data, number):
            break
    for left in (data / "postmaster.pid", runtime / ".s.PGSQL.5432.lock"):
        if _names_a_stranger(left):
            left.unlink(missing_ok=True)


def _sent(data: Path, number: int) -> bool:
    """Signal everyone who works in `data`; True when some are still there afterwards."""
    for pid in _working_in(data):
        with contextlib.suppress(OSError):
            os.kill(pid, number)
    give_up = time.monotonic() + PATIENCE_S
    while _working_in(data):
        if time.monotonic() > give_up:
            return True
        time.sleep(STEP_S)
    return False


def _working_in(data: Path) -> list[int]:
    """Processes whose working folder is `data`, as that of every process of PostgreSQL is."""
    found: list[int] = []
    # Without /proc (macOS) there are none to be seen; PostgreSQL's own checks remain.
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if (process / "cwd").readlink() == data:
                found.append(int(process.name))
    return found


def _names_a_stranger(file: Path) -> bool:
    try:
        pid = int(file.read_text("utf-8", "replace").split("\n", 1)[0])
        os.kill(abs(pid), 0)
    except FileNotFoundError:
        return False
    except ValueError:
        # Cut short while it was written: of no use to anyone.
        return True
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return Path("/proc/self").exists()
