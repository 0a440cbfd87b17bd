"""The two servers of a home together: started side by side, ended in order."""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from samoey.adapters.embedded.binaries import postgres_folder, valkey_program
from samoey.adapters.embedded.home import held_home, opened_home
from samoey.adapters.embedded.lodging import lodging
from samoey.adapters.embedded.notice import Servers, join, published, withdraw
from samoey.adapters.embedded.postgres import Postgres
from samoey.adapters.embedded.processes import Child, Watchdog, launch
from samoey.adapters.embedded.runtime import runtime_folder
from samoey.adapters.embedded.valkey import Valkey

__all__ = ["Holding", "Servers", "Wanted", "holding", "join", "running_servers"]


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
    database_url: str | None
    redis_url: str | None

    @property
    def servers(self) -> Servers:
        """Where they answer once they are started, with addresses that were given as given."""
        return Servers(
            self.database_url or (self.postgres.url if self.postgres else ""),
            self.redis_url or (self.valkey.url if self.valkey else ""),
        )

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
        watchdog = Watchdog(lock)
        try:
            yield Holding(home, watchdog, postgres, valkey, wanted.database_url, wanted.redis_url)
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
