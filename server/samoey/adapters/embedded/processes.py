"""Starting and ending the children, so that none outlives whoever started it."""

import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from signal import SIGKILL, SIGTERM, Signals

BIRTH = str(Path(__file__).with_name("birth.py"))
LOG_BYTES = 10_000_000
WATCHDOG = str(Path(__file__).with_name("watchdog.py"))


@dataclass(frozen=True, slots=True)
class Identity:
    """As whom a program runs: as ourselves, as ourselves under another name, or as an account."""

    how: str = "self"
    uid: int = 0
    gid: int = 0


OURSELVES = Identity()


@dataclass(frozen=True, slots=True)
class Program:
    """What to start, as whom, and by which signals it is asked to end, the gentlest first."""

    name: str
    argv: tuple[str, ...]
    environment: Mapping[str, str]
    identity: Identity = OURSELVES
    signals: tuple[int, ...] = (SIGTERM, SIGKILL)
    log: Path | None = None
    given: bytes = b""
    descriptors: tuple[int, ...] = ()
    folder: str = "/"
    patience_s: float = 15.0


def born(argv: tuple[str, ...], identity: Identity, *, dies_by: int = 0) -> list[str]:
    """The command that becomes `identity`, arranges its own end and then runs `argv`."""
    # The kernel sends the signal when the *thread* that started the child ends: only the main
    # thread lives as long as the process does. Others rely on the watchdog alone.
    if threading.current_thread() is not threading.main_thread():
        dies_by = 0
    steps = (os.getpid(), int(dies_by), identity.how, identity.uid, identity.gid)
    return [sys.executable, "-I", "-S", BIRTH, *map(str, steps), *argv]


class Watchdog:
    """Our word to a small process that ends our children if we can't."""

    def __init__(self, *held: int) -> None:
        self._held = held
        self._wards: dict[int, tuple[int, ...]] = {}
        self._process = self._start()

    def guard(self, pid: int, signals: tuple[int, ...]) -> None:
        self._wards[pid] = signals
        self._say(_line(pid, signals))

    def release(self, pid: int) -> None:
        if self._wards.pop(pid, None) is not None:
            self._say(f"-{pid}\n")

    def close(self) -> None:
        """Let it go; children still guarded are ended by it first."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait()

    def _start(self) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [sys.executable, "-I", "-S", WATCHDOG],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            bufsize=0,
            cwd="/",
            pass_fds=self._held,
            start_new_session=True,
        )

    def _say(self, line: str) -> None:
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(line.encode())
        except OSError:
            # Somebody ended it. A new one learns about everyone.
            self.close()
            self._process = self._start()
            for pid, signals in self._wards.items():
                self._say(_line(pid, signals))


def _line(pid: int, signals: tuple[int, ...]) -> str:
    return f"+{pid} {' '.join(str(int(number)) for number in signals)}\n"


@dataclass(slots=True)
class Child:
    """A program that was started and is watched over."""

    program: Program
    process: subprocess.Popen[bytes]
    watchdog: Watchdog
    log_start: int = 0
    started: float = field(default_factory=time.monotonic)
    asked: bool = False

    @property
    def pid(self) -> int:
        return self.process.pid

    def ended(self) -> bool:
        """Whether it is gone, by itself or because it was told to; its own children go with it."""
        if self.process.poll() is None:
            return False
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self.pid, SIGKILL)
        self.watchdog.release(self.pid)
        return True

    def fate(self) -> str:
        """How it ended, in words."""
        code = self.process.returncode
        if code is not None and code < 0:
            return f"was ended by {Signals(-code).name}"
        return f"ended with code {code}"

    def ask(self) -> None:
        """Ask it to end, once; `stop` waits for it."""
        if not self.asked and not self.ended():
            self.asked = True
            self.process.send_signal(self.program.signals[0])

    def stop(self) -> None:
        """Ask it to end, then less politely, and return when it has."""
        self.ask()
        for number in self.program.signals[1:]:
            try:
                self.process.wait(self.program.patience_s)
                break
            except subprocess.TimeoutExpired:
                self.process.send_signal(number)
        self.process.wait()
        self.ended()

    def last_words(self, limit: int = 2000) -> str:
        """The end of what it wrote to its log since it was started."""
        if self.program.log is None:
            return ""
        with self.program.log.open("rb") as log:
            log.seek(self.log_start)
            return log.read()[-limit:].decode(errors="replace").strip()


def launch(program: Program, watchdog: Watchdog) -> Child:
    """Start a program that ends when we end, however we end."""
    process, log_start = _started(program)
    watchdog.guard(process.pid, program.signals)
    if process.stdin is not None:
        # Whoever waits for it says so if it is gone already, with its last words.
        with suppress(BrokenPipeError), process.stdin as pipe:
            pipe.write(program.given)
    return Child(program, process, watchdog, log_start)


class Early:
    """A program started before there is a watchdog; until one adopts it, it ends with our pipes."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.process, _ = _started(program)

    def adopted(self, watchdog: Watchdog, log: Path | None) -> Child:
        """Watch over it from now on; it is told elsewhere to write to `log`."""
        watchdog.guard(self.process.pid, self.program.signals)
        if log:
            rotate(log)
        log_start = log.stat().st_size if log and log.exists() else 0
        return Child(replace(self.program, log=log), self.process, watchdog, log_start)

    def stop(self) -> int:
        """End it, unless it has ended; its exit status."""
        if self.process.poll() is None:
            self.process.kill()
        return self.process.wait()


def _started(program: Program) -> tuple[subprocess.Popen[bytes], int]:
    """The process, and where in its log it begins."""
    if program.log:
        rotate(program.log)
    log = program.log.open("ab") if program.log else None
    try:
        process = subprocess.Popen(
            born(program.argv, program.identity, dies_by=program.signals[0]),
            env=dict(program.environment),
            cwd=program.folder,
            stdin=subprocess.PIPE if program.given else subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            pass_fds=program.descriptors,
            # A Ctrl-C at the terminal reaches the supervisor only: it ends its children in order.
            start_new_session=True,
        )
        return process, log.tell() if log else 0
    finally:
        if log:
            log.close()


def rotate(log: Path) -> None:
    """Keep a log from filling the disk: one earlier file, and a new start for those who append."""
    if log.exists() and log.stat().st_size > LOG_BYTES:
        shutil.copyfile(log, log.with_name(f"{log.name}.1"))
        os.truncate(log, 0)
