"""`samoey up`: everything on this machine from one command, kept running until it is stopped."""

import argparse
import json
import os
import sys
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any, Self

from samoey.adapters.embedded.errors import RoleDidNotStart
from samoey.adapters.embedded.home import say_where
from samoey.adapters.embedded.notice import published
from samoey.adapters.embedded.processes import Child, Early, Program, launch
from samoey.adapters.embedded.servers import Holding, Wanted, holding
from samoey.adapters.embedded.supervisor import Supervisor, ignore_signals, stoppable
from samoey.kit.listening import listen
from samoey.kit.starting import GO_FD_VARIABLE, READY_FD_VARIABLE, SETTINGS_FD_VARIABLE

HELP = "run everything on this machine: database, bus, web door and background work"
# How long a role may take to finish what it does when it is asked to end.
PATIENCE_S = 10.0


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Where to listen."""
    parser.add_argument("--host", help="address to listen on (SAMOEY_SERVER__HOST)")
    parser.add_argument("--port", help="port to listen on (SAMOEY_SERVER__PORT)")


def run(args: argparse.Namespace) -> int:
    """Run until a signal asks to stop, then end all in order."""
    for name in ("host", "port"):
        if given := getattr(args, name):
            os.environ[f"SAMOEY_SERVER__{name.upper()}"] = given
    with stoppable(), Web() as web:
        if (settings := web.settings()) is None:
            return web.status()
        wanted = Wanted(
            Path(settings["home"]),
            database_url=settings["database_url"],
            redis_url=settings["redis_url"],
        )
        with holding(wanted) as held:
            # Before any server starts; `serve` takes it for good.
            listen(settings["host"], settings["port"]).close()
            _supervise(held, web)
    return 0


def _supervise(held: Holding, web: "Web") -> None:
    supervisor = Supervisor(_say)
    worker = partial(_worker, held)
    try:
        if held.postgres and not held.postgres.data.exists():
            _say("Preparing a new home; this takes a few seconds, once.")
        # The worker loads the same again: it waits until the page is there, which somebody awaits.
        web.join(held, supervisor, lambda: supervisor.keep("worker", worker, worker()))
        valkey = held.start_valkey()
        supervisor.keep("Valkey", held.start_valkey, valkey, last=True)
        postgres = held.start_postgres()
        supervisor.keep("PostgreSQL", held.start_postgres, postgres, last=True)
        held.wait(postgres, valkey)
        with published(held.home, held.servers):
            web.go()
            supervisor.run()
    finally:
        ignore_signals()
        supervisor.stop()


class Web:
    """`samoey serve`: slowest to load, so it starts before all else and reads the settings.

    It is told when to go, and tells when its port is open; then the rest starts.
    """

    def __init__(self) -> None:
        self._welcomed: dict[str, Any] | None = None
        self._told, telling = os.pipe()
        self._ready, readying = os.pipe()
        going, self._go = os.pipe()
        given = {SETTINGS_FD_VARIABLE: telling, READY_FD_VARIABLE: readying, GO_FD_VARIABLE: going}
        try:
            self._early = Early(_role("serve", given))
        finally:
            for handle in given.values():
                os.close(handle)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        # Whoever watches over it has ended it by now, if anybody ever did.
        self._early.stop()

    def settings(self) -> dict[str, Any] | None:
        """What it read of the settings; nothing when they do not fit, which it has said itself."""
        with os.fdopen(self._told) as told:
            line = told.readline()
        return json.loads(line) if line else None

    def status(self) -> int:
        """The exit status of one that could not read the settings."""
        return max(1, self._early.process.wait())

    def join(self, held: Holding, supervisor: Supervisor, then: Callable[[], None]) -> None:
        """Have it watched over, and listened to; `then` is called once its port is open."""
        self._held, self._supervisor, self._then = held, supervisor, then
        child = self._early.adopted(held.watchdog, _log("serve", held))
        supervisor.keep("serve", self._start, child)
        supervisor.hear(self._ready, lambda: self._hear(self._ready, child))

    def go(self) -> None:
        """The servers answer."""
        log = _log("serve", self._held)
        go = {"environment": _addresses(self._held), "log": log and str(log)}
        # If it ended meanwhile, its silence is heard where its line is awaited.
        with suppress(BrokenPipeError), os.fdopen(self._go, "w") as pipe:
            pipe.write(json.dumps(go) + "\n")

    def _start(self) -> Child:
        reading, writing = os.pipe()
        try:
            program = _role("serve", {READY_FD_VARIABLE: writing}, self._held)
            child = launch(program, self._held.watchdog)
        except BaseException:
            os.close(reading)
            raise
        finally:
            os.close(writing)
        self._supervisor.hear(reading, lambda: self._hear(reading, child))
        return child

    def _hear(self, reading: int, child: Child) -> bool:
        line = os.read(reading, 65536)
        os.close(reading)
        if line:
            self._welcome(json.loads(line))
        elif self._welcomed is None:
            # It never came to serve, and would not the next time: its reason is the answer.
            child.stop()
            raise RoleDidNotStart(f"`samoey serve` {child.fate()}. {child.last_words()}".strip())
        return False

    def _welcome(self, told: dict[str, Any]) -> None:
        if told == self._welcomed:
            return
        if self._welcomed is None:
            self._then()
        self._welcomed = told
        say_where(self._held.home, told["url"])
        print(f"Samoey answers at {told['url']}")
        if told["setup_link"]:
            print(f"Create the owner's account here (works once): {told['setup_link']}")
        logs = f", logs in {self._held.home / 'logs'}" if _at_terminal() else ""
        print(f"Everything lives in {self._held.home}{logs}. Ctrl-C stops it.", flush=True)


def _worker(held: Holding) -> Child:
    return launch(_role("worker", {}, held), held.watchdog)


def _role(name: str, handles: dict[str, int], held: Holding | None = None) -> Program:
    given = {variable: str(handle) for variable, handle in handles.items()}
    return Program(
        name,
        (sys.executable, "-m", "samoey.cli.main", name),
        dict(os.environ) | (_addresses(held) if held else {}) | given,
        log=_log(name, held) if held else None,
        descriptors=tuple(handles.values()),
        folder=str(Path.cwd()),
        patience_s=PATIENCE_S,
    )


def _addresses(held: Holding) -> dict[str, str]:
    return {
        "SAMOEY_HOME": str(held.home),
        "DATABASE_URL": held.servers.database_url,
        "REDIS_URL": held.servers.redis_url,
    }


def _log(name: str, held: Holding) -> Path | None:
    # A person at a terminal wants to see the address; anyone else collects what we write.
    return held.home / "logs" / f"{name}.log" if _at_terminal() else None


def _at_terminal() -> bool:
    return sys.stdout.isatty()


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)
