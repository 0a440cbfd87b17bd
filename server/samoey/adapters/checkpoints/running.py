"""The models that run on this machine, as one of the processes that may ask them sees them.

One process for each model and way to run it, shared by everyone in this home: who needs it first
starts it, under a lock; who holds a lease keeps it. A model's process never has our secrets.
"""

import asyncio
import fcntl
import logging
import math
import os
import subprocess
import sys
import threading
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from signal import SIGKILL

import msgspec

from samoey.adapters.checkpoints import orders
from samoey.adapters.checkpoints.folders import Folders
from samoey.adapters.checkpoints.orders import Order, Said
from samoey.adapters.embedded.processes import rotate
from samoey.adapters.embedded.runtime import lasting_folder
from samoey.kit.ports.checkpoints import (
    CheckpointBroken,
    CheckpointMemoryShort,
    CheckpointsMissing,
)
from samoey.kit.ports.upstreams import Checkpoint
from samoey.kit.ports.vendors import CheckpointRefused
from samoey.kit.problems import Problem

log = logging.getLogger(__name__)

# Nothing is imported from the folder that it happens to stand in.
PROGRAM = ("-P", "-m", "samoey.adapters.checkpoints.child")
_STEP_S = 0.05
_GRANTED = b"HTTP/1.1 200"
_SMALL = 4096
_ENDING_S = 1.0
# What a child may know of where it runs; keys, passwords and addresses are none of its business.
_PASSED_ON = ("PATH", "PYTHONPATH", "LANG", "LC_ALL", "TMPDIR", "LD_LIBRARY_PATH")
_PASSED_ON_TOO = ("CUDA_", "NVIDIA_", "OMP_", "MKL_")


class Running:
    """One model that answers at `path`, and our lease on it."""

    def __init__(self, path: Path) -> None:
        self.path, self.gone = path, False
        self._lease: asyncio.StreamWriter | None = None
        self._watching: asyncio.Task[None] | None = None

    async def hold(self, idle_s: float) -> bool:
        """Hold a lease from here on; whether somebody is there."""
        try:
            reader, self._lease = await asyncio.open_unix_connection(str(self.path))
            self._lease.write(_request("GET", f"/lease?idle_s={idle_s}"))
            granted = (await reader.readline()).startswith(_GRANTED)
        except OSError:
            granted = False
        if not granted:
            await self.close()
            return False
        self._watching = asyncio.create_task(self._watch(reader))
        return True

    async def ended(self) -> bool:
        """Whether it is gone, or goes in this moment."""
        if self._watching is not None:
            await asyncio.wait((self._watching,), timeout=_ENDING_S)
        return self.gone

    async def leave(self) -> None:
        """Say that we do not come back, and go."""
        with suppress(OSError, TimeoutError):
            async with asyncio.timeout(1):
                reader, writer = await asyncio.open_unix_connection(str(self.path))
                writer.write(_request("POST", "/leave"))
                await reader.readline()
                writer.close()
        await self.close()

    async def close(self) -> None:
        """Let go of it."""
        self.gone = True
        if self._watching is not None:
            self._watching.cancel()
        if self._lease is not None:
            self._lease.close()

    async def _watch(self, reader: asyncio.StreamReader) -> None:
        try:
            with suppress(OSError):
                while await reader.read(_SMALL):
                    pass
        finally:
            self.gone = True


def _request(method: str, target: str) -> bytes:
    return f"{method} {target} HTTP/1.1\r\nHost: model\r\nContent-Length: 0\r\n\r\n".encode()


class Checkpoints:
    """The way to every model that runs here; starts what is not there. `close` it."""

    def __init__(
        self,
        home: Path,
        folders: Folders,
        *,
        python: Path | None = None,
        threads: int | None = None,
        program: tuple[str, ...] = PROGRAM,
    ) -> None:
        self._home, self.folders, self._threads = home, folders, threads
        self._command = (str(python or sys.executable), *program)
        self._apart = python is not None
        self._running: dict[str, Running] = {}
        self._starting: dict[str, asyncio.Task[Running]] = {}
        self._failed: dict[str, Problem] = {}
        self._sockets: tuple[Path, int] | None = None

    async def ready(self, checkpoint: Checkpoint, context_tokens: int | None) -> Running:
        """A model that answers, started if need be.

        Who is cancelled while it loads ends nothing: it goes on for whoever asks next.

        Raises:
            CheckpointRefused: its folder is not to be used.
            CheckpointsMissing, CheckpointMemoryShort, CheckpointBroken: it cannot be run.
        """
        key = orders.key_of(checkpoint, context_tokens, self._threads)
        found = self._running.get(key)
        if found is not None and not found.gone:
            return found
        if (starting := self._starting.get(key)) is None:
            starting = asyncio.create_task(self._open(key, checkpoint, context_tokens))
            self._starting[key] = starting
            starting.add_done_callback(lambda task: self._opened(key, task))
        return await asyncio.shield(starting)

    async def attend(self, wanted: Iterable[tuple[Checkpoint, int | None]]) -> None:
        """Load what is to be there beforehand, and let go of what nobody may ask any more."""
        keys = set()
        for checkpoint, context_tokens in wanted:
            key = orders.key_of(checkpoint, context_tokens, self._threads)
            keys.add(key)
            if checkpoint.preload and key not in self._running and key not in self._failed:
                try:
                    await self.ready(checkpoint, context_tokens)
                except Problem as problem:
                    # Once is enough: whoever asks for it tries again, and is told.
                    self._failed[key] = problem
                    log.warning("a model is not loaded beforehand: %s", problem)
        for key in self._running.keys() - keys:
            await self._running.pop(key).leave()
        self._failed = {key: it for key, it in self._failed.items() if key in keys}

    async def close(self) -> None:
        """Let go of all; what nobody else holds ends."""
        for starting in list(self._starting.values()):
            starting.cancel()
        await asyncio.gather(*self._starting.values(), return_exceptions=True)
        await asyncio.gather(*(it.leave() for it in self._running.values()))
        self._running.clear()
        if self._sockets is not None:
            os.close(self._sockets[1])
            self._sockets = None

    def _opened(self, key: str, task: "asyncio.Task[Running]") -> None:
        del self._starting[key]
        if not task.cancelled() and task.exception() is None:
            self._running[key] = task.result()

    async def _open(self, key: str, checkpoint: Checkpoint, context_tokens: int | None) -> Running:
        folder, adapter = await asyncio.to_thread(self.folders.judged, checkpoint)
        if old := self._running.pop(key, None):
            await old.close()
        if self._sockets is None:
            self._sockets = lasting_folder(self._home, "models")
        path = self._sockets[0] / f"{key}.sock"
        idle_s = _idle_s(checkpoint)
        if found := await _held(path, idle_s):
            return found
        async with _alone(path.with_suffix(".lock")):
            if found := await _held(path, idle_s):
                return found
            order = Order(
                checkpoint=checkpoint,
                folder=str(folder),
                adapter=None if adapter is None else str(adapter),
                socket=str(path),
                threads=self._threads,
                context_tokens=context_tokens,
            )
            return await self._start(order, idle_s)

    async def _start(self, order: Order, idle_s: float) -> Running:
        try:
            process = await asyncio.to_thread(self._launched)
        except OSError as error:
            raise CheckpointsMissing(
                f"{self._command[0]} cannot be started: {error.strerror}.", for_good=True
            ) from None
        log.info("a model is loaded", extra={"folder": order.folder, "pid": process.pid})
        # Read by a thread of its own: it may take minutes, and the few shared ones have work.
        loop = asyncio.get_running_loop()
        heard: asyncio.Future[bytes] = loop.create_future()
        threading.Thread(target=_tend, args=(process, order, loop, heard), daemon=True).start()
        try:
            return await self._begun(await heard, process, order, idle_s)
        except BaseException:
            process.kill()
            raise

    def _launched(self) -> "subprocess.Popen[bytes]":
        log_file = self._home / "logs" / "models.log"
        log_file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        rotate(log_file)
        with log_file.open("ab") as written:
            return subprocess.Popen(
                self._command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=written,
                cwd="/",
                env=self._environment(),
                # It is not ours alone: a Ctrl-C at our terminal does not end it.
                start_new_session=True,
            )

    async def _begun(
        self, line: bytes, process: "subprocess.Popen[bytes]", order: Order, idle_s: float
    ) -> Running:
        said = _said(line) or _silence(await asyncio.to_thread(process.wait))
        if not said.ready:
            raise _problem(said, order, apart=self._apart)
        if found := await _held(Path(order.socket), idle_s):
            return found
        raise CheckpointBroken("It ended as soon as it answered; logs/models.log says more.")

    def _environment(self) -> dict[str, str]:
        passed = {
            name: value
            for name, value in os.environ.items()
            if name in _PASSED_ON or name.startswith(_PASSED_ON_TOO)
        }
        return passed | {
            "HOME": str(self._home),
            "HF_HOME": str(self._home / "checkpoints"),
            "HF_HUB_OFFLINE": "1",
            "TRANSFORMERS_OFFLINE": "1",
            "HF_HUB_DISABLE_TELEMETRY": "1",
            "DO_NOT_TRACK": "1",
            "TOKENIZERS_PARALLELISM": "false",
            "PYTHONDONTWRITEBYTECODE": "1",
            # Threads that wait do not turn in circles: others want these cores, too.
            "OMP_WAIT_POLICY": "passive",
        }


def _tend(
    process: "subprocess.Popen[bytes]",
    order: Order,
    loop: asyncio.AbstractEventLoop,
    heard: "asyncio.Future[bytes]",
) -> None:
    """Tell it what to run, hear its one line, and take note of its end, whenever that is."""
    assert process.stdin is not None
    assert process.stdout is not None
    with process.stdin as orders_, process.stdout as line:
        with suppress(BrokenPipeError):
            orders_.write(orders.write(order) + b"\n")
            orders_.flush()
        told = line.readline()
        # By its other end it knows that somebody waits for it; it answers now, or never will.
        with suppress(BrokenPipeError):
            orders_.close()
    with suppress(RuntimeError):
        # The loop may have ended meanwhile.
        loop.call_soon_threadsafe(_settle, heard, told)
    process.wait()


def _settle(heard: "asyncio.Future[bytes]", told: bytes) -> None:
    if not heard.done():
        heard.set_result(told)


def _said(line: bytes) -> Said | None:
    try:
        return orders.read_said(line)
    except msgspec.MsgspecError:
        return None


def _silence(code: int) -> Said:
    """What it means that a process ended without its line."""
    if code == -SIGKILL:
        # Nobody but the kernel, or an operator, sends it.
        return Said(failure="memory", detail="The system ended it while it was loading.")
    return Said(failure="broken", detail=f"It ended with code {code}.")


def _problem(said: Said, order: Order, *, apart: bool) -> Problem:
    name = Path(order.folder).name
    match said.failure:
        case "missing":
            where = "the Python of SAMOEY_MODELS__CHECKPOINT_PYTHON" if apart else "Samoey's Python"
            return CheckpointsMissing(
                f"Not installed for {where}: {said.detail}. Install samoey with its extra “local”, "
                "from its own lock (docs/models.md).",
                for_good=True,
            )
        case "memory":
            return CheckpointMemoryShort(
                f"{name} does not fit. {said.detail} Free some, or take a smaller one, or 8 bits."
            )
        case "refused":
            return CheckpointRefused(said.detail)
    return CheckpointBroken(f"{name} cannot be loaded: {said.detail} logs/models.log says more.")


def _idle_s(checkpoint: Checkpoint) -> float:
    if checkpoint.preload or checkpoint.idle_minutes is None:
        return math.inf
    return checkpoint.idle_minutes * 60


async def _held(path: Path, idle_s: float) -> Running | None:
    running = Running(path)
    return running if await running.hold(idle_s) else None


@asynccontextmanager
async def _alone(lock: Path) -> AsyncIterator[None]:
    """Nobody else starts this model inside the block; whoever dies in it lets go."""
    with lock.open("w") as file:
        while True:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                await asyncio.sleep(_STEP_S)
        yield
