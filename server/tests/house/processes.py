"""A house that really runs: its doors on a loopback port, its workers here or as processes."""

import asyncio
import contextlib
import io
import logging
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator, Mapping
from pathlib import Path

import httpx

from samoey.api.app import create_app
from samoey.cli.main import main
from samoey.kit.context import Tools
from samoey.kit.listening import listen
from samoey.kit.pages import web_root
from samoey.tools import House
from tests.doubles import loopback
from tests.make import Make


@contextlib.contextmanager
def standing_in(environment: Mapping[str, str]) -> Iterator[tuple[io.BytesIO, io.BytesIO]]:
    """This process as a command finds a new one; gives what is written to stdout and stderr."""
    out, err = io.BytesIO(), io.BytesIO()
    before, root = dict(os.environ), logging.getLogger()
    handlers, level = root.handlers[:], root.level
    stdout = io.TextIOWrapper(out, "utf-8", write_through=True)
    stderr = io.TextIOWrapper(err, "utf-8", "backslashreplace", write_through=True)
    os.environ.clear()
    os.environ.update(environment)
    try:
        with contextlib.redirect_stdout(stdout), contextlib.redirect_stderr(stderr):
            yield out, err
    finally:
        # The bytes are read when the wrappers are gone.
        stdout.detach()
        stderr.detach()
        os.environ.clear()
        os.environ.update(before)
        root.handlers[:] = handlers
        root.setLevel(level)


class RunningHouse:
    """What a test holds in its hands when it needs more than one transaction."""

    def __init__(self, house: House, folder: Path) -> None:
        self.tools: Tools = house.tools
        self.jobs = house.jobs
        self.gate = house.gate
        self.make = Make(house.tools)
        self.folder = folder
        self._processes: list[subprocess.Popen[bytes]] = []

    async def drain(self) -> None:
        """Run every reaction that is due, in this process."""
        await self.jobs.drain()

    @contextlib.asynccontextmanager
    async def working(self) -> AsyncIterator[None]:
        """A worker in this process while the block runs."""
        stop = asyncio.Event()
        worker = asyncio.create_task(self.jobs.work(stop=stop))
        try:
            yield
        finally:
            stop.set()
            await worker

    @contextlib.asynccontextmanager
    async def serving(self, *, web: bool = False, relay: bool = False) -> AsyncIterator[str]:
        """The web door on a loopback port of its own; gives its URL."""
        settings = self.tools.settings.server.model_copy(update={"port": 0})
        door = await self.gate.relay() if relay else None
        app = create_app(self.tools, web_root=web_root(settings) if web else None, relay=door)
        with listen(settings.host, settings.port) as listening:
            async with loopback.in_this_loop(app, listening) as address:
                yield address

    @contextlib.asynccontextmanager
    async def client(self, *, relay: bool = False) -> AsyncIterator[httpx.AsyncClient]:
        """The web door without a socket; good for all that does not stream."""
        door = await self.gate.relay() if relay else None
        transport = httpx.ASGITransport(
            create_app(self.tools, web_root=None, relay=door), raise_app_exceptions=False
        )
        async with httpx.AsyncClient(transport=transport, base_url="http://samoey.test") as http:
            yield http

    def environment(self, **changes: str) -> dict[str, str]:
        """What a process of this house finds in its environment."""
        settings = self.tools.settings
        assert settings.database_url is not None
        assert settings.redis_url is not None
        assert settings.secret_key is not None
        return {
            "PATH": os.environ["PATH"],
            "HOME": str(self.folder),
            "SAMOEY_HOME": str(settings.home),
            "DATABASE_URL": settings.database_url.get_secret_value(),
            "REDIS_URL": settings.redis_url.get_secret_value(),
            "SAMOEY_REDIS_PREFIX": settings.redis_prefix,
            "SAMOEY_SECRET_KEY": settings.secret_key.get_secret_value(),
            "SAMOEY_JOBS__HEARTBEAT_S": str(settings.jobs.heartbeat_s),
            "SAMOEY_JOBS__STALLED_AFTER_S": str(settings.jobs.stalled_after_s),
            "SAMOEY_JOBS__RETRY_WAIT_S": str(settings.jobs.retry_wait_s),
            "SAMOEY_MODELS__LOCAL_ONLY": "true",
            "SAMOEY_KNOWLEDGE__VECTORS": str(settings.knowledge.vectors).lower(),
        } | changes

    async def command(
        self, *arguments: str, **environment: str
    ) -> subprocess.CompletedProcess[str]:
        """Run `samoey ...` in this process, which is much quicker than to start one."""

        def run() -> int:
            try:
                return main(arguments)
            except SystemExit as exit_:
                return int(exit_.code or 0)

        with standing_in(self.environment(**environment)) as (out, err):
            code = await asyncio.to_thread(run)
        told = (stream.getvalue().decode(errors="replace") for stream in (out, err))
        return subprocess.CompletedProcess(arguments, code, *told)

    def start(self, *arguments: str, **environment: str) -> subprocess.Popen[bytes]:
        """Start `samoey ...` as a process of this house; ended with the house at the latest."""
        log = self.folder / f"{arguments[0]}-{len(self._processes)}.log"
        with log.open("wb") as stderr:
            process = subprocess.Popen(
                [sys.executable, "-m", "samoey.cli.main", *arguments],
                env=self.environment(**environment),
                stdout=subprocess.PIPE,
                stderr=stderr,
            )
        self._processes.append(process)
        return process

    async def close(self) -> None:
        """End every process this house started, by its id."""
        for process in self._processes:
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
        for process in self._processes:
            try:
                await asyncio.to_thread(process.wait, 10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
            if process.stdout is not None:
                process.stdout.close()
