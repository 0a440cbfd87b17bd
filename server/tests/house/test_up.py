"""`samoey up` as a person meets it: a process, its words, and what becomes of its children."""

import contextlib
import os
import pty
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from samoey.adapters.embedded.servers import Servers, join
from tests.adapters.homes import SERVER, alive, all_gone, family

ANSWERS = "Samoey answers at "
LINK = "Create the owner's account here (works once): "
PATIENCE_S = 60.0

pytestmark = pytest.mark.slow


@dataclass
class Up:
    """A running `samoey up`."""

    process: subprocess.Popen[str]
    said: list[str]
    log: Path

    @property
    def url(self) -> str:
        return next(line for line in self.said if line.startswith(ANSWERS)).removeprefix(ANSWERS)

    @property
    def link(self) -> str | None:
        links = [line for line in self.said if line.startswith(LINK)]
        return links[0].removeprefix(LINK) if links else None

    def members(self) -> dict[str, int]:
        """The children by name."""
        names = ("watchdog.py", "valkey-server", "bin/postgres", "serve", "worker")
        found: dict[str, int] = {}
        for pid in family(self.process.pid) - {self.process.pid}:
            with contextlib.suppress(OSError):
                words = Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ").split()
                found |= {name: pid for name in names if any(word.endswith(name) for word in words)}
        return found

    def answers(self) -> bool:
        with contextlib.suppress(httpx.HTTPError):
            return httpx.get(f"{self.url}/readyz", timeout=5).status_code == httpx.codes.OK
        return False


def _command(home: Path, *words: str) -> list[str]:
    port = () if "--port" in words else ("--port", "0")
    return [sys.executable, "-m", "samoey.cli.main", "up", "--home", str(home), *port, *words]


def _environment(**given: str) -> dict[str, str]:
    foreign = ("SAMOEY_", "DATABASE_URL", "REDIS_URL", "XDG_")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(foreign)}
    return kept | given


@contextmanager
def up(home: Path, *words: str, **environment: str) -> Iterator[Up]:
    """Start it, wait until it says where it answers, and end it as a person would."""
    log = home.parent / f"{home.name}.log"
    with log.open("a") as stderr:
        process = subprocess.Popen(
            _command(home, *words),
            stdout=subprocess.PIPE,
            stderr=stderr,
            text=True,
            cwd=SERVER,
            env=_environment(**environment),
        )
    assert process.stdout is not None
    with process.stdout as stdout:
        try:
            said = []
            for line in stdout:
                said.append(line.strip())
                if line.startswith("Everything lives in"):
                    break
            running = Up(process, said, log)
            assert process.poll() is None, log.read_text()
            yield running
            if process.poll() is None:
                members = family(process.pid)
                process.terminate()
                assert process.wait(PATIENCE_S) == 0
                assert all_gone(members)
        finally:
            if process.poll() is None:
                process.kill()
                process.wait()


def refused(home: Path, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        _command(home, *words),
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE_S,
        cwd=SERVER,
        env=_environment(**environment),
    )


def eventually(true: Callable[[], bool]) -> bool:
    give_up = time.monotonic() + PATIENCE_S
    while not true():
        if time.monotonic() > give_up:
            return False
        time.sleep(0.05)
    return True


@pytest.fixture(scope="module")
def lived_in(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home in which it ran once."""
    home = tmp_path_factory.mktemp("up") / "home"
    with up(home):
        pass
    return home


@pytest.fixture
def home(lived_in: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(lived_in, tmp_path / "home"))


def test_one_command_makes_a_home_serves_it_and_leaves_nothing_running(tmp_path: Path) -> None:
    home = tmp_path / "new home"

    with up(home) as running:
        assert running.answers()
        assert running.link is not None
        assert running.link.startswith(f"{running.url}/setup/#")
        assert len(running.members()) == 5
        joined = join(home)
        assert joined is not None

        second = refused(home)

        assert second.returncode == 1
        assert str(running.process.pid) in second.stderr
        assert running.url in second.stderr
        assert running.answers()

    assert not running.answers()
    assert join(home) is None


def test_killing_it_leaves_no_process_and_the_next_start_recovers(home: Path) -> None:
    with up(home) as running:
        everyone = family(running.process.pid)
        assert len(everyone) >= 9

        running.process.kill()
        running.process.wait()

        assert all_gone(everyone)
    with up(home) as running:
        assert running.answers()


def test_killing_it_and_starting_again_at_once_works(home: Path) -> None:
    with up(home) as running:
        running.process.kill()
        running.process.wait()

        with up(home) as again:
            assert again.answers()


def _free_port() -> str:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return str(taken.getsockname()[1])


def test_a_child_that_dies_is_started_again_and_said_so(home: Path) -> None:
    with up(home, "--port", _free_port()) as running:
        # The database last: those who stand on it may die of its death.
        for times, name in enumerate(("worker", "serve", "valkey-server", "bin/postgres"), 1):
            # The worker is the last to start.
            assert eventually(lambda: name in running.members()), name  # noqa: B023 - called at once
            before = running.members()[name]

            os.kill(before, signal.SIGKILL)

            assert eventually(lambda: running.members().get(name, before) != before), name  # noqa: B023 - called at once
            assert eventually(running.answers), name
            said = running.log.read_text()
            assert said.count("was ended by SIGKILL; starting it again in 0.2 s") == times, said


def test_a_signal_in_the_midst_of_the_first_start_leaves_a_home_that_can_be_used(
    tmp_path: Path,
) -> None:
    home = tmp_path / "home"
    with (tmp_path / "log").open("w") as log:
        process = subprocess.Popen(
            _command(home), stdout=log, stderr=log, cwd=SERVER, env=_environment()
        )
    assert eventually(lambda: any(home.glob("postgres.new-[0-9]*")))
    everyone = family(process.pid)

    process.terminate()

    assert process.wait(PATIENCE_S) == 0
    assert all_gone(everyone)
    with up(home) as running:
        assert running.answers()


@pytest.mark.skipif(sys.platform != "linux", reason="no signal of a parent's death")
def test_killing_it_while_it_loads_leaves_no_process(tmp_path: Path) -> None:
    with (tmp_path / "log").open("w") as log:
        process = subprocess.Popen(
            _command(tmp_path / "home"), stdout=log, stderr=log, cwd=SERVER, env=_environment()
        )
    assert eventually(lambda: len(family(process.pid)) > 1)
    everyone = family(process.pid)

    process.kill()

    process.wait(PATIENCE_S)
    assert all_gone(everyone)


def test_settings_that_do_not_fit_are_said_and_nothing_is_left(tmp_path: Path) -> None:
    done = refused(tmp_path / "home", SAMOEY_DATABASE__POOL_SIZE="many")

    assert done.returncode == 2
    assert "These settings do not fit" in done.stderr
    assert "database.pool_size" in done.stderr
    assert not (tmp_path / "home").exists()


def test_a_taken_port_is_said_plainly_before_anything_is_made(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = str(other.getsockname()[1])

        done = refused(tmp_path / "home", "--port", port)

    assert done.returncode == 1
    assert f"127.0.0.1:{port} is in use by another program" in done.stderr
    assert "--port" in done.stderr
    assert not (tmp_path / "home" / "postgres").exists()


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("--port", "70000"), 2, "server.port"),
        (("--port", "eighty"), 2, "server.port"),
        (("--host", "192.0.2.1"), 1, "is no address of this machine"),
        (("--host", "no.such.host.invalid"), 1, "is no address of this machine"),
    ],
)
def test_an_address_that_can_not_be_is_refused_in_words(
    tmp_path: Path, words: tuple[str, ...], code: int, said: str
) -> None:
    done = refused(tmp_path / "home", *words)

    assert done.returncode == code
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_a_home_that_can_not_be_is_refused_in_words(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    done = refused(tmp_path / "file")

    assert done.returncode == 1
    assert done.stderr.startswith("This home can't be used.")
    assert "SAMOEY_HOME" in done.stderr


def test_with_addresses_given_nothing_embedded_starts(
    tmp_path: Path, servers: Servers, clone: Callable[[], AbstractContextManager[str]]
) -> None:
    home = tmp_path / "home"
    with (
        clone() as database_url,
        up(home, DATABASE_URL=database_url, REDIS_URL=servers.redis_url) as running,
    ):
        assert running.answers()
        assert set(running.members()) == {"watchdog.py", "serve", "worker"}

    assert not (home / "postgres").exists()
    assert not list((home / "secrets").glob("*password"))


def test_a_program_that_can_not_start_gives_its_reason_and_takes_all_down(tmp_path: Path) -> None:
    done = refused(tmp_path / "home", DATABASE_URL="postgresql://nobody@127.0.0.1:1/none")

    assert done.returncode == 1
    assert "The database does not answer" in done.stderr
    assert "`samoey serve` ended with code 1" in done.stderr


def test_at_a_terminal_one_reads_where_it_answers_and_ctrl_c_ends_it(home: Path) -> None:
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        _command(home),
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        cwd=SERVER,
        env=_environment(),
        start_new_session=True,
        preexec_fn=lambda: _control(theirs),  # noqa: PLW1509 - a terminal can only be taken there
    )
    os.close(theirs)
    screen = b""
    while b"Ctrl-C stops it" not in screen:
        screen += os.read(ours, 4096)
    everyone = family(process.pid)

    os.write(ours, b"\x03")

    assert process.wait(PATIENCE_S) == 0
    assert all_gone(everyone)
    os.close(ours)
    lines = screen.decode().splitlines()
    assert all(line.startswith((ANSWERS, LINK, "Everything lives in")) for line in lines)
    assert "logs in" in lines[-1]
    assert (home / "logs" / "serve.log").exists()


def _control(terminal: int) -> None:
    import fcntl
    import termios

    fcntl.ioctl(terminal, termios.TIOCSCTTY, 0)
    # As a person's shell starts it, whoever started the tests.
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def test_the_supervisor_itself_is_light(home: Path) -> None:
    with up(home) as running:
        rollup = Path(f"/proc/{running.process.pid}/smaps_rollup").read_text().splitlines()
        rss = next(line for line in rollup if line.startswith("Rss:"))

        assert int(rss.split()[1]) < 25 * 1024
        assert alive({running.process.pid})
