"""Homes to try the embedded servers on, and a holder of one in a process of its own."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
import redis

from samoey.adapters.embedded.servers import Servers, running_servers

SERVER = Path(__file__).parents[2]

# Holds the home named by its argument until its standard input closes.
HOLDER = """
import os, sys, threading
from pathlib import Path
from samoey.adapters.embedded.servers import running_servers

chosen = os.environ.get("SAMOEY_TEST_POSTGRES")
binaries = Path(chosen) if chosen else None

def hold():
    with running_servers(Path(sys.argv[1]), fsync=False, postgres_binaries=binaries) as servers:
        print(servers.database_url, servers.redis_url, flush=True)
        sys.stdin.read()

if sys.argv[2:] == ["thread"]:
    worker = threading.Thread(target=hold)
    worker.start()
    worker.join()
else:
    hold()
"""


def binaries() -> Path | None:
    """The programs of the PostgreSQL that this run of the tests is about."""
    chosen = os.environ.get("SAMOEY_TEST_POSTGRES")
    return Path(chosen) if chosen else None


@contextmanager
def running(home: Path, **given: object) -> Iterator[Servers]:
    """The servers of a home, as quick as tests want them."""
    with running_servers(home, fsync=False, postgres_binaries=binaries(), **given) as servers:  # type: ignore[arg-type]  # handed through
        yield servers


def ask(servers: Servers, statement: str) -> object:
    """The first value that the database answers."""
    with psycopg.connect(servers.database_url, connect_timeout=5) as connection:
        row = connection.execute(statement.encode()).fetchone()
    return row[0] if row else None


def tell(servers: Servers, statement: str) -> None:
    with psycopg.connect(servers.database_url, connect_timeout=5) as connection:
        connection.execute(statement.encode())


def pings(servers: Servers) -> bool:
    with redis.Redis.from_url(servers.redis_url) as bus:
        return bool(bus.ping())


Used = Callable[[], Path]


@pytest.fixture(scope="session")
def used_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("used") / "home"
    with running(home) as servers:
        tell(servers, "CREATE TABLE notes (words text)")
        tell(servers, "INSERT INTO notes VALUES ('kept')")
    return home


@pytest.fixture
def used(used_home: Path, tmp_path: Path) -> Used:
    """A home that was used before, without making it each time."""
    return lambda: Path(shutil.copytree(used_home, tmp_path / "home"))


def family(pid: int) -> set[int]:
    """The process and all that descend from it."""
    parents: dict[int, int] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if fields[0] != "Z":
            parents[int(stat.parent.name)] = int(fields[1])
    found = {pid}
    while more := {child for child, parent in parents.items() if parent in found} - found:
        found |= more
    return found


def alive(pids: set[int]) -> set[int]:
    """Those that still run; one that only waits to be reaped does not."""
    living = set()
    for pid in pids:
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        except OSError:
            continue
        if state != "Z":
            living.add(pid)
    return living


def all_gone(pids: set[int], within_s: float = 15.0) -> bool:
    give_up = time.monotonic() + within_s
    while alive(pids):
        if time.monotonic() > give_up:
            return False
        time.sleep(0.02)
    return True


@contextmanager
def held_elsewhere(
    home: Path, *words: str, before: tuple[str, ...] = (), python: str = sys.executable
) -> Iterator[tuple[subprocess.Popen[str], Servers]]:
    """A home whose servers belong to another process, started by the command `before`."""
    holder = subprocess.Popen(
        [*before, python, "-c", HOLDER, str(home), *words],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=SERVER,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
    )
    assert holder.stdin is not None
    assert holder.stdout is not None
    with holder.stdin, holder.stdout:
        try:
            yield holder, Servers(*holder.stdout.readline().split())
            holder.stdin.close()
            holder.wait(30)
        finally:
            if holder.poll() is None:
                holder.send_signal(signal.SIGKILL)
                holder.wait()
