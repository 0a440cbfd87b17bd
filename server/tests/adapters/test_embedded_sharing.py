"""Several processes on one home: one starts the servers, the others join, nobody is cut off."""

import subprocess
import sys
from pathlib import Path

from samoey.adapters.embedded.notice import join
from samoey.adapters.embedded.servers import Servers, Wanted, holding
from samoey.adapters.embedded.sharing import shared_servers
from tests.adapters.homes import (
    SERVER,
    Used,
    ask,
    binaries,
    held_elsewhere,
    pings,
    running,
    used,
    used_home,
)

__all__ = ["used", "used_home"]

# Uses the home for as many seconds as it is told, then checks that the servers still answer.
SHARER = """
import os, sys, time
from pathlib import Path
import psycopg
from samoey.adapters.embedded.sharing import shared_servers

chosen = os.environ.get("SAMOEY_TEST_POSTGRES")
binaries = Path(chosen) if chosen else None
with shared_servers(Path(sys.argv[1]), postgres_binaries=binaries) as servers:
    print(servers.database_url, flush=True)
    time.sleep(float(sys.argv[2]))
    psycopg.connect(servers.database_url).close()
"""


def _sharer(home: Path, seconds: float) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", SHARER, str(home), str(seconds)],
        stdout=subprocess.PIPE,
        text=True,
        cwd=SERVER,
    )


def test_a_home_that_nobody_holds_has_nothing_to_join(used: Used, tmp_path: Path) -> None:
    home = used()
    with running(home):
        pass

    assert join(home) is None
    assert join(tmp_path / "nowhere") is None


def test_the_servers_of_a_held_home_can_be_joined(used: Used) -> None:
    home = used()
    with held_elsewhere(home) as (_, servers):
        joined = join(home)

        assert joined == servers
        assert ask(joined, "SELECT words FROM notes") == "kept"
        assert pings(joined)


def test_servers_that_do_not_answer_are_not_joined(used: Used) -> None:
    home = used()
    with holding(Wanted(home, postgres_binaries=binaries())):
        # Held, but not started; as left by a holder that was killed.
        (home / "servers.json").write_text(
            '{"database_url": "postgresql://a:b@/c?host=/tmp/none", "redis_url": "unix://:p@/no"}'
        )
        assert join(home) is None
        (home / "servers.json").write_text("{")
        assert join(home) is None


def test_two_that_start_together_on_an_empty_home_share_it(tmp_path: Path) -> None:
    both = [_sharer(tmp_path / "home", 0.5) for _ in range(2)]

    said = [process.communicate(timeout=60)[0] for process in both]

    assert [process.returncode for process in both] == [0, 0]
    assert said[0] == said[1] != ""


def test_whoever_started_the_servers_stays_until_the_last_guest_has_left(used: Used) -> None:
    home = used()
    first = _sharer(home, 0.2)
    assert first.stdout is not None
    first.stdout.readline()
    guest = _sharer(home, 1.5)

    guest.communicate(timeout=60)
    first.communicate(timeout=60)

    assert (guest.returncode, first.returncode) == (0, 0)
    assert not (home / "postgres" / "postmaster.pid").exists()


def test_addresses_that_are_given_are_used_as_they_are(used: Used, tmp_path: Path) -> None:
    with shared_servers(
        tmp_path / "home", database_url="postgresql://x", redis_url="redis://y"
    ) as servers:
        assert servers == Servers("postgresql://x", "redis://y")
    assert not (tmp_path / "home").exists()

    home = used()
    with (
        held_elsewhere(home) as (_, theirs),
        shared_servers(home, redis_url="redis://y") as servers,
    ):
        assert servers == Servers(theirs.database_url, "redis://y")
