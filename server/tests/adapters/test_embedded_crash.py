"""What is left when somebody pulls the plug, and how the next start gets along with it."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.adapters.homes import (
    Used,
    alive,
    all_gone,
    ask,
    family,
    held_elsewhere,
    pings,
    running,
    tell,
    used,
    used_home,
)

__all__ = ["used", "used_home"]


@pytest.fixture
def stranger() -> Iterator[int]:
    """A live process that is neither ours to end nor PostgreSQL."""
    process = subprocess.Popen([sys.executable, "-c", "import sys; sys.stdin.read()"], stdin=-1)
    yield process.pid
    process.communicate()


def _watchdogs(pids: set[int]) -> set[int]:
    return {pid for pid in pids if b"watchdog.py" in Path(f"/proc/{pid}/cmdline").read_bytes()}


def test_killing_the_holder_leaves_no_process_and_loses_nothing(used: Used) -> None:
    home = used()
    with held_elsewhere(home) as (holder, servers):
        tell(servers, "INSERT INTO notes VALUES ('committed just before')")
        processes = family(holder.pid)
        assert len(processes) >= 7

        holder.send_signal(signal.SIGKILL)

        assert all_gone(processes)
    with running(home) as servers:
        assert ask(servers, "SELECT count(*) FROM notes") == 2
        assert pings(servers)


def test_the_next_start_waits_for_what_the_killed_one_left(used: Used) -> None:
    home = used()
    with held_elsewhere(home) as (holder, _):
        holder.send_signal(signal.SIGKILL)

        with running(home) as servers:
            assert ask(servers, "SELECT words FROM notes") == "kept"
            assert pings(servers)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells children of a parent's death")
def test_killing_holder_and_watchdog_together_leaves_no_process(used: Used) -> None:
    home = used()
    with held_elsewhere(home) as (holder, _):
        processes = family(holder.pid)
        watchdogs = _watchdogs(processes)
        assert len(watchdogs) == 1

        for pid in (*watchdogs, holder.pid):
            os.kill(pid, signal.SIGKILL)

        assert all_gone(processes)
    with running(home) as servers:
        assert ask(servers, "SELECT words FROM notes") == "kept"


def test_the_watchdog_alone_suffices_where_the_system_tells_nobody(used: Used) -> None:
    home = used()
    # Started by a thread that may end before the process does: the kernel's signal is not used.
    with held_elsewhere(home, "thread") as (holder, _):
        processes = family(holder.pid)

        holder.send_signal(signal.SIGKILL)

        assert all_gone(processes)
    with running(home) as servers:
        assert ask(servers, "SELECT words FROM notes") == "kept"


def test_a_watchdog_that_was_killed_is_replaced(used: Used) -> None:
    home = used()
    with running(home, redis_url="redis://elsewhere/0"):
        first = _watchdogs(family(os.getpid()))
        for pid in first:
            os.kill(pid, signal.SIGKILL)

    # Releasing its wards was news that it could not hear.
    with running(home) as servers:
        assert ask(servers, "SELECT 1") == 1
    assert not _watchdogs(alive(family(os.getpid())))


def test_servers_started_by_a_thread_outlive_it(used: Used) -> None:
    opened = []

    def start() -> None:
        held = running(used())
        opened.append((held, held.__enter__()))

    thread = threading.Thread(target=start)
    thread.start()
    thread.join()

    [(held, servers)] = opened
    assert ask(servers, "SELECT 1") == 1
    held.__exit__(None, None, None)


def test_a_home_whose_making_was_cut_short_is_made_anew(tmp_path: Path) -> None:
    (tmp_path / "home").mkdir(mode=0o700)
    half = tmp_path / "home" / "postgres.new-4711" / "base"
    half.mkdir(parents=True)
    (half / "1").write_text("half")

    with running(tmp_path / "home") as servers:
        assert ask(servers, "SELECT 1") == 1

    assert not list((tmp_path / "home").glob("postgres.new*"))


@pytest.mark.parametrize(
    "words",
    [lambda pid: f"{pid}\n/data\n1\n5432\n/run\n\n  1 2\nready\n", lambda _: "", lambda _: "x"],
    ids=["another program has the number by now", "empty", "rubbish"],
)
def test_a_stale_pid_file_does_not_stop_the_start(
    used: Used, stranger: int, words: Callable[[int], str]
) -> None:
    home = used()
    (home / "postgres" / "postmaster.pid").write_text(words(stranger))

    with running(home) as servers:
        assert ask(servers, "SELECT words FROM notes") == "kept"

    assert alive({stranger})


def test_stale_sockets_do_not_stop_the_start(used: Used, stranger: int) -> None:
    home = used()
    with running(home) as servers:
        folder = Path(servers.database_url.partition("host=")[2])
    folder.mkdir(mode=0o700)
    (folder / ".s.PGSQL.5432").touch()
    (folder / ".s.PGSQL.5432.lock").write_text(f"{stranger}\n/data\n1\n5432\n{folder}\n")
    (folder / "v.sock").touch()

    with running(home) as servers:
        assert ask(servers, "SELECT 1") == 1
        assert pings(servers)


def test_a_postgres_that_nobody_supervises_any_more_is_ended(used: Used) -> None:
    home = used()
    with held_elsewhere(home) as (holder, _):
        main = int((home / "postgres" / "postmaster.pid").read_text().split()[0])
        # As after a kill of postmaster and holder while a backend was busy: it stays for a while.
        [backend, *_] = family(main) - {main}
        os.kill(backend, signal.SIGSTOP)
        for pid in (*_watchdogs(family(holder.pid)), main, holder.pid):
            os.kill(pid, signal.SIGKILL)

        with running(home) as servers:
            assert ask(servers, "SELECT words FROM notes") == "kept"
        assert not alive({backend})


def test_a_lost_password_is_replaced(used: Used) -> None:
    home = used()
    for secret in (home / "secrets").iterdir():
        secret.unlink()

    with running(home) as servers:
        assert ask(servers, "SELECT words FROM notes") == "kept"
        assert pings(servers)


def test_an_error_in_the_block_is_not_taken_for_an_error_of_the_home(used: Used) -> None:
    with pytest.raises(PermissionError, match="mine"), running(used()):
        raise PermissionError(1, "mine")
