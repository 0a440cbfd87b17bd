"""What the holder of a home tells others who come with the same right to it: where it serves."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

from samoey.adapters.embedded import postgres, valkey
from samoey.adapters.embedded.home import is_held, told, write_private


@dataclass(frozen=True, slots=True)
class Servers:
    """Where the database and the bus answer; `database_url` is in libpq's form."""

    database_url: str
    redis_url: str


@contextmanager
def published(home: Path, servers: Servers) -> Iterator[None]:
    """Let others find the servers while the block lasts."""
    with told(home):
        write_private(_file(home), json.dumps(asdict(servers)))
    try:
        yield
    finally:
        withdraw(home)


def withdraw(home: Path) -> None:
    """Let nobody new find the servers."""
    with told(home):
        _file(home).unlink(missing_ok=True)


def join(home: Path) -> Servers | None:
    """The servers of a home that another process holds, if they answer."""
    if not is_held(home):
        return None
    servers = _read(home)
    return servers if servers and _answer(servers) else None


def _read(home: Path) -> Servers | None:
    """What the holder says, if it says anything yet."""
    try:
        return Servers(**json.loads(_file(home).read_text("utf-8", "surrogateescape")))
    except (OSError, ValueError, TypeError):
        return None


def _answer(servers: Servers) -> bool:
    """Whether the embedded ones of them take connections; an address of another is not tried."""
    database, bus = urlsplit(servers.database_url), urlsplit(servers.redis_url)
    folder = parse_qs(database.query).get("host", [""])[0]
    if folder.startswith("/") and not postgres.answers(Path(folder)):
        return False
    return bus.scheme != "unix" or valkey.answers(Path(unquote(bus.path)), bus.password or "")


def _file(home: Path) -> Path:
    return home / "servers.json"
