"""The two servers of a home together: started side by side, ended in order, joined by others."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from samoey.adapters.embedded.binaries import postgres_folder, valkey_program
from samoey.adapters.embedded.home import held_home, opened_home
from samoey.adapters.embedded.identity import chosen_identity
from samoey.adapters.embedded.postgres import Postgres
from samoey.adapters.embedded.processes import Child, Watchdog, launch
from samoey.adapters.embedded.runtime import runtime_folder
from samoey.adapters.embedded.valkey import Valkey


@dataclass(frozen=True, slots=True)
class Servers:
    """Where the database and the bus answer; `database_url` is in libpq's form."""

    database_url: str
    redis_url: str


@contextmanager
def running_servers(
    home: Path,
    *,
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
    home = opened_home(home)
    binaries = postgres_binaries or postgres_folder()
    valkey_binary = valkey_program()
    with held_home(home) as lock, runtime_folder(home) as runtime:
        identity = chosen_identity(binaries, home)
        postgres = Postgres(home, runtime, binaries, identity, fsync, settings or {})
        valkey = Valkey(home, runtime, valkey_binary)
        watchdog = Watchdog(lock)
        children: list[Child] = []
        try:
            valkey.prepare()
            children.append(launch(valkey.program(), watchdog))
            postgres.prepare()
            children.append(launch(postgres.program(), watchdog))
            valkey.wait(children[0])
            postgres.wait(children[1])
            yield Servers(postgres.url, valkey.url)
        finally:
            for child in reversed(children):
                child.stop()
            watchdog.close()
