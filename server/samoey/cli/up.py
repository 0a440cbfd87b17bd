"""`samoey up`: everything on this machine from one command, kept running until it is stopped."""

import argparse
import json
import os
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

from samoey.adapters.embedded.errors import RoleDidNotStart
from samoey.adapters.embedded.home import say_where
from samoey.adapters.embedded.notice import published
from samoey.adapters.embedded.processes import Child, Program, launch
from samoey.adapters.embedded.servers import Holding, Wanted, holding
from samoey.adapters.embedded.supervisor import Supervisor, ignore_signals, stoppable
from samoey.kit.listening import listen
from samoey.kit.starting import GO_FD_VARIABLE

HELP = "run everything on this machine: database, bus, web door and background work"
READY_FD_VARIABLE = "SAMOEY_READY_FD"
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
    settings = _settings()
    if "exit" in settings:
        return int(settings["exit"])
    wanted = Wanted(
        Path(settings["home"]),
        database_url=settings["database_url"],
        redis_url=settings["redis_url"],
    )
    with stoppable(), holding(wanted) as held:
        # Before anything heavy starts; `serve` takes it for good.
        listen(settings["host"], settings["port"]).close()
        _supervise(held)
    return 0


def _settings() -> dict[str, Any]:
    """The settings, read in a process of its own: what reading them loads would stay with us."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.write(writing, json.dumps(_read()).encode())
        finally:
            sys.stderr.flush()
            os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        said = pipe.read()
    os.waitpid(child, 0)
    settings: dict[str, Any] = json.loads(said or '{"exit": 1}')
    return settings


def _read() -> dict[str, Any]:
    from samoey.cli.main import tell
    from samoey.kit.starting import undisturbed

    with undisturbed():
        from samoey.kit.settings import read_settings

    try:
        settings = read_settings()
    except Exception as error:  # noqa: BLE001 - told here as it would be told there
        return {"exit": tell(error, as_json=False)}
    urls = {"database_url": settings.database_url, "redis_url": settings.redis_url}
    return {
        "home": str(settings.home),
        "host": settings.server.host,
        "port": settings.server.port,
        **{name: url and url.get_secret_value() for name, url in urls.items()},
    }


def _supervise(held: Holding) -> None:
    supervisor = Supervisor(_say)
    try:
        if held.postgres and not held.postgres.data.exists():
            _say("Preparing a new home; this takes a few seconds, once.")
        # It takes longer to load than the servers take to start, so it loads meanwhile.
        web = Web(held, supervisor)
        supervisor.keep("serve", web.start, web.start_early())
        valkey = held.start_valkey()
        supervisor.keep("Valkey", held.start_valkey, valkey, last=True)
        postgres = held.start_postgres()
        supervisor.keep("PostgreSQL", held.start_postgres, postgres, last=True)
        held.wait(postgres, valkey)
        with published(held.home, held.servers):
            web.go()
            supervisor.keep("worker", lambda: _worker(held), _worker(held))
            supervisor.run()
    finally:
        ignore_signals()
        supervisor.stop()


class Web:
    """`samoey serve`: told when to go, and telling when its port is open."""

    def __init__(self, held: Holding, supervisor: Supervisor) -> None:
        self._held, self._supervisor = held, supervisor
        self._welcomed: dict[str, Any] | None = None
        self._go: int | None = None

    def start_early(self) -> Child:
        """Start it before the servers answer; it loads what it needs, then waits for `go`."""
        awaited, self._go = os.pipe()
        try:
            return self.start(awaited)
        finally:
            os.close(awaited)

    def go(self) -> None:
        """The servers answer."""
        if self._go is not None:
            # If it ended meanwhile, its silence is heard where its line is awaited.
            with suppress(BrokenPipeError):
                os.write(self._go, b"!")
            os.close(self._go)

    def start(self, awaited: int | None = None) -> Child:
        """Start it, and listen for its one line."""
        reading, writing = os.pipe()
        handles = {READY_FD_VARIABLE: writing}
        if awaited is not None:
            handles[GO_FD_VARIABLE] = awaited
        try:
            child = launch(_role("serve", self._held, handles), self._held.watchdog)
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
        self._welcomed = told
        say_where(self._held.home, told["url"])
        print(f"Samoey answers at {told['url']}")
        if told["setup_link"]:
            print(f"Create the owner's account here (works once): {told['setup_link']}")
        logs = f", logs in {self._held.home / 'logs'}" if _at_terminal() else ""
        print(f"Everything lives in {self._held.home}{logs}. Ctrl-C stops it.", flush=True)


def _worker(held: Holding) -> Child:
    return launch(_role("worker", held), held.watchdog)


def _role(name: str, held: Holding, handles: dict[str, int] | None = None) -> Program:
    environment = dict(os.environ) | {
        "SAMOEY_HOME": str(held.home),
        "DATABASE_URL": held.servers.database_url,
        "REDIS_URL": held.servers.redis_url,
    }
    environment |= {name: str(handle) for name, handle in (handles or {}).items()}
    return Program(
        name,
        (sys.executable, "-m", "samoey.cli.main", name),
        environment,
        # A person at a terminal wants to see the address; anyone else collects what we write.
        log=held.home / "logs" / f"{name}.log" if _at_terminal() else None,
        descriptors=tuple((handles or {}).values()),
        folder=str(Path.cwd()),
        patience_s=PATIENCE_S,
    )


def _at_terminal() -> bool:
    return sys.stdout.isatty()


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)
