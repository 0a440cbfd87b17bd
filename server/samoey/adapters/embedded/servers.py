"""The two servers of a home together: started side by side, ended in order, joined by others."""

import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from samoey.adapters.embedded.binaries import postgres_folder, valkey_program
from samoey.adapters.embedded.errors import HomeInUse
from samoey.adapters.embedded.home import guest, guests_gone, held_home, in_use, opened_home
from samoey.adapters.embedded.identity import lodging
from samoey.adapters.embedded.notice import Servers, answer, notice, published, withdraw
from samoey.adapters.embedded.postgres import Postgres
from samoey.adapters.embedded.processes import Child, Watchdog, launch
from samoey.adapters.embedded.runtime import runtime_folder
from samoey.adapters.embedded.valkey import Valkey

# A holder that starts for the first time has this long until its servers answer.
JOIN_S = 60.0
STEP_S = 0.05


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a home shall run. An address that is given takes the place of the embedded server."""

    home: Path
    database_url: str | None = None
    redis_url: str | None = None
    postgres_binaries: Path | None = None
    fsync: bool = True
    settings: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Holding:
    """A home held by this process, with the servers that it may start there."""

    home: Path
    watchdog: Watchdog
    postgres: Postgres | None
    valkey: Valkey | None
    servers: Servers

    def start_postgres(self) -> Child | None:
        """Start it, made first if need be; nothing when an address was given."""
        if self.postgres is None:
            return None
        self.postgres.prepare()
        return launch(self.postgres.program(), self.watchdog)

    def start_valkey(self) -> Child | None:
        """Start it; nothing when an address was given."""
        if self.valkey is None:
            return None
        self.valkey.prepare()
        return launch(self.valkey.program(), self.watchdog)

    def wait(self, postgres: Child | None, valkey: Child | None) -> None:
        """Return as soon as both answer."""
        if self.valkey and valkey:
            self.valkey.wait(valkey)
        if self.postgres and postgres:
            self.postgres.wait(postgres)


@contextmanager
def holding(wanted: Wanted) -> Iterator[Holding]:
    """Hold the home and know what would run there; whatever was started ends with the block.

    Raises:
        HomeInUse: another process holds the home.
        HomeUnusable, DiskFull, RuntimeFolderUnsafe: there is no place for the servers.
        NoEmbeddedServer: this platform has none, and no address was given.
    """
    home = opened_home(wanted.home)
    binaries = wanted.postgres_binaries
    if wanted.database_url is None:
        binaries = binaries or postgres_folder()
    program = None if wanted.redis_url else valkey_program()
    with held_home(home) as lock, runtime_folder(home) as runtime:
        withdraw(home)
        postgres = valkey = None
        if wanted.database_url is None and binaries is not None:
            place = lodging(binaries, home, runtime)
            postgres = Postgres(home, place, fsync=wanted.fsync, settings=wanted.settings)
        if program is not None:
            valkey = Valkey(home, runtime, program)
        servers = Servers(
            wanted.database_url or (postgres.url if postgres else ""),
            wanted.redis_url or (valkey.url if valkey else ""),
        )
        watchdog = Watchdog(lock)
        try:
            yield Holding(home, watchdog, postgres, valkey, servers)
        finally:
            withdraw(home)
            watchdog.close()


@contextmanager
def running_servers(
    home: Path,
    *,
    database_url: str | None = None,
    redis_url: str | None = None,
    postgres_binaries: Path | None = None,
    fsync: bool = True,
    settings: Mapping[str, str] | None = None,
) -> Iterator[Servers]:
    """Hold `home` and run its servers until the block ends, for as long as we live at most.

    Raises:
        HomeInUse: another process holds the home.
        HomeUnusable, DiskFull, RuntimeFolderUnsafe: there is no place for them.
        NoEmbeddedServer: this platform has none.
        ServerDidNotStart: one of them refused, in its own words.
    """
    wanted = Wanted(home, database_url, redis_url, postgres_binaries, fsync, settings or {})
    with holding(wanted) as held, ExitStack() as stack:
        valkey = held.start_valkey()
        if valkey:
            stack.callback(valkey.stop)
        postgres = held.start_postgres()
        if postgres:
            stack.callback(postgres.stop)
        held.wait(postgres, valkey)
        with published(held.home, held.servers):
            yield held.servers


@contextmanager
def shared_servers(
    home: Path,
    *,
    database_url: str | None = None,
    redis_url: str | None = None,
    postgres_binaries: Path | None = None,
) -> Iterator[Servers]:
    """The servers of `home` for as long as the block lasts: those that run, else our own.

    Ours do not end before the last of those who joined us is done. Addresses that are given are
    used as they are.

    Raises:
        HomeInUse: the home is held, but its servers do not answer.
        Problem: as `running_servers`.
    """
    if database_url and redis_url:
        yield Servers(database_url, redis_url)
        return
    with ExitStack() as stack:
        give_up = time.monotonic() + JOIN_S
        while True:
            try:
                ours = running_servers(
                    home,
                    database_url=database_url,
                    redis_url=redis_url,
                    postgres_binaries=postgres_binaries,
                )
                servers = stack.enter_context(ours)
                real = opened_home(home)
                stack.callback(guests_gone, real)
                stack.callback(withdraw, real)
                break
            except HomeInUse:
                joined = stack.enter_context(_joined(opened_home(home)))
                if joined:
                    servers = Servers(
                        database_url or joined.database_url, redis_url or joined.redis_url
                    )
                    break
            if time.monotonic() > give_up:
                raise in_use(home)
            time.sleep(STEP_S)
        yield servers


@contextmanager
def _joined(home: Path) -> Iterator[Servers | None]:
    with guest(home):
        # Read only now: from here on the holder waits for us.
        yield join(home)


def join(home: Path) -> Servers | None:
    """The servers of a home that another process holds, if they answer."""
    servers = notice(home)
    return servers if servers and answer(servers) else None
