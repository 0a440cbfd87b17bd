"""Ends the children of a supervisor that died without a chance to do it itself (`kill -9`).

Run as `python -I -S watchdog.py`: reads `+PID SIGNAL...` and `-PID` lines on its standard input,
whose other end only the supervisor holds. When that end closes, each child still listed gets its
signals one after the other until it is gone. The home's lock is inherited and thus kept until then.
"""

import contextlib
import os
import signal
import sys
import time

PATIENCE_S = 6.0
STEP_S = 0.02


class Ward:
    """A process to be ended; where the system has them held by a descriptor, never a namesake."""

    def __init__(self, pid: int, signals: list[int]) -> None:
        self.pid, self.signals = pid, signals
        self.handle: int | None = None
        if hasattr(os, "pidfd_open"):
            with contextlib.suppress(OSError):
                self.handle = os.pidfd_open(pid)

    def send(self, number: int) -> bool:
        """Send a signal; False when the process is gone."""
        try:
            if self.handle is not None and sys.platform == "linux":
                signal.pidfd_send_signal(self.handle, signal.Signals(number) if number else 0)
            else:
                os.kill(self.pid, number)
        except ProcessLookupError:
            return False
        except OSError:
            # Not ours to signal any more: nothing that we could do about it.
            return False
        return True


def listen(wards: dict[int, Ward]) -> None:
    for line in sys.stdin:
        pid, *signals = line[1:].split()
        if line[0] == "+":
            wards[int(pid)] = Ward(int(pid), [int(number) for number in signals])
        else:
            wards.pop(int(pid), None)


def end(wards: list[Ward]) -> None:
    while wards:
        for ward in wards:
            ward.send(ward.signals.pop(0))
        give_up = time.monotonic() + PATIENCE_S
        while wards and time.monotonic() < give_up:
            time.sleep(STEP_S)
            wards = [ward for ward in wards if still_there(ward)]
        wards = [ward for ward in wards if ward.signals]


def still_there(ward: Ward) -> bool:
    """Whether it has yet to end; what it had started itself goes with it."""
    if ward.send(0):
        return True
    with contextlib.suppress(OSError):
        os.killpg(ward.pid, signal.SIGKILL)
    return False


if __name__ == "__main__":
    # A Ctrl-C at the terminal is the supervisor's to answer.
    for ignored in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(ignored, signal.SIG_IGN)
    known: dict[int, Ward] = {}
    listen(known)
    end(list(known.values()))
