"""Keeps programs running: whoever dies is started again, ever less eagerly, and said so."""

import select
import signal
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from types import FrameType

from samoey.adapters.embedded.processes import Child, rotate
from samoey.kit.problems import Problem

# The pauses before a program that died starts again, the last for all further times.
PAUSES_S = (0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0)
# A program that lived this long is taken for healthy: the pauses begin anew.
HEALTHY_S = 60.0
LOGS_S = 600.0
STOPPING = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


class Told(BaseException):
    """A signal that asks us to stop; not an `Exception`, so that nothing on the way answers it."""


@contextmanager
def stoppable() -> Iterator[None]:
    """A signal that asks to stop ends the block at once, wherever it is, and is no failure."""

    def stop(_number: int, _frame: FrameType | None) -> None:
        # Once is enough: what follows is putting away, and is not to be cut short.
        ignore_signals()
        raise Told

    for number in STOPPING:
        # `nohup` has it ignored: so be it.
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, stop)
    with suppress(Told):
        yield


def ignore_signals() -> None:
    """From here on nothing interrupts us any more."""
    for number in STOPPING:
        signal.signal(number, signal.SIG_IGN)


@dataclass(slots=True)
class _Kept:
    name: str
    start: Callable[[], Child | None]
    child: Child | None = None
    failures: int = 0
    again: float | None = None
    last: bool = False


class Supervisor:
    """A few programs that shall run for as long as we do."""

    def __init__(self, say: Callable[[str], None]) -> None:
        self._say = say
        self._kept: list[_Kept] = []
        self._listeners: dict[int, Callable[[], bool]] = {}
        self._logs_at = time.monotonic() + LOGS_S

    def keep(
        self,
        name: str,
        start: Callable[[], Child | None],
        child: Child | None,
        *,
        last: bool = False,
    ) -> None:
        """Keep a program running that was just started, if it was.

        Those that others depend on are the `last` to be ended.
        """
        if child is not None:
            self._kept.append(_Kept(name, start, child, last=last))

    def hear(self, handle: int, listener: Callable[[], bool]) -> None:
        """Call `listener` when there is something to read, for as long as it returns True."""
        self._listeners[handle] = listener

    def run(self) -> None:
        """Watch over them until a signal ends the block that `stoppable` made."""
        with _awakened() as bell:
            while True:
                pause = self.attend()
                ready, _, _ = select.select([bell.fileno(), *self._listeners], [], [], pause)
                for handle in ready:
                    if handle == bell.fileno():
                        bell.recv(4096)
                    elif not self._listeners[handle]():
                        del self._listeners[handle]

    def attend(self) -> float:
        """Start again who died and has waited; gives the seconds until the next look."""
        now = time.monotonic()
        if now >= self._logs_at:
            self._logs_at = now + LOGS_S
            self._rotate()
        for kept in self._kept:
            if kept.child is not None and kept.child.ended():
                self._note_end(kept, kept.child, now)
            if kept.again is not None and now >= kept.again:
                self._start(kept, now)
        due = [kept.again for kept in self._kept if kept.again is not None]
        return max(0.0, min([self._logs_at, *due]) - time.monotonic())

    def stop(self) -> None:
        """End all: side by side, but nobody before those who depend on it."""
        for last in (False, True):
            ending = [kept.child for kept in self._kept if kept.child and kept.last is last]
            for child in ending:
                child.ask()
            for child in ending:
                child.stop()

    def _note_end(self, kept: _Kept, child: Child, now: float) -> None:
        if now - child.started > HEALTHY_S:
            kept.failures = 0
        self._later(kept, child.fate(), now)

    def _start(self, kept: _Kept, now: float) -> None:
        try:
            kept.child, kept.again = kept.start(), None
        except (Problem, OSError) as refusal:
            self._later(kept, f"could not start: {refusal}", now)

    def _later(self, kept: _Kept, what: str, now: float) -> None:
        pause = PAUSES_S[min(kept.failures, len(PAUSES_S) - 1)]
        kept.failures += 1
        kept.child, kept.again = None, now + pause
        self._say(f"{kept.name} {what}; starting it again in {pause:g} s")

    def _rotate(self) -> None:
        for kept in self._kept:
            if kept.child is not None and kept.child.program.log is not None:
                with suppress(OSError):
                    rotate(kept.child.program.log)


@contextmanager
def _awakened() -> Iterator[socket.socket]:
    """A socket that can be read from when a child has ended."""
    bell, rope = socket.socketpair()
    with bell, rope:
        rope.setblocking(False)
        bell.setblocking(False)
        signal.signal(signal.SIGCHLD, lambda _number, _frame: None)
        before = signal.set_wakeup_fd(rope.fileno(), warn_on_full_buffer=False)
        try:
            yield bell
        finally:
            signal.set_wakeup_fd(before)
