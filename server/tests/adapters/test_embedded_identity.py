"""As whom the embedded servers run, and where their sockets lie."""

import os
import shutil
import stat
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from signal import SIGKILL

import pytest

from samoey.adapters.embedded.errors import HomeUnusable, RuntimeFolderUnsafe
from samoey.adapters.embedded.runtime import runtime_folder
from tests.adapters.homes import (
    Used,
    all_gone,
    ask,
    family,
    held_elsewhere,
    pings,
    running,
    used,
    used_home,
)

__all__ = ["used", "used_home"]

NOBODY = 65534
SOMEBODY = ("setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups")
# Debian's own interpreter: the one that runs the tests may lie where only root can get to.
PYTHON = "/usr/bin/python3"
# A root who may become others, but may make no further user namespaces: as in many containers.
NO_NAMESPACES = """
import ctypes, os, sys
ready, tell_ready = os.pipe()
mapped, tell_mapped = os.pipe()
us = os.getpid()
if os.fork() == 0:
    os.read(ready, 1)
    for kind in ("uid", "gid"):
        with open(f"/proc/{us}/{kind}_map", "w") as names:
            names.write("0 0 65536")
    os.write(tell_mapped, b"x")
    os._exit(0)
assert ctypes.CDLL(None).unshare(0x10000000) == 0
os.write(tell_ready, b"x")
os.read(mapped, 1)
os.wait()
os.setgid(0)
os.setuid(0)
with open("/proc/sys/user/max_user_namespaces", "w") as limit:
    limit.write("0")
os.execv(sys.argv[1], sys.argv[1:])
"""
CONFINED = (sys.executable, "-c", NO_NAMESPACES)

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")


@pytest.fixture
def open_place() -> Iterator[Path]:
    """A folder that everybody can get to."""
    folder = Path(tempfile.mkdtemp(prefix="samoey-test-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


def _owners(home: Path) -> set[int]:
    return {path.lstat().st_uid for path in (home, *home.rglob("*"))}


def test_everything_in_the_home_belongs_to_whoever_started_it(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)

    with running(closed / "home") as servers:
        assert ask(servers, "SELECT 1") == 1
        assert _owners(closed) == {os.geteuid()}

    assert stat.S_IMODE(closed.stat().st_mode) == 0o700


@as_root
def test_an_ordinary_person_runs_the_servers_as_themselves(open_place: Path) -> None:
    home = open_place / "home"
    home.mkdir()
    os.chown(home, NOBODY, NOBODY)

    with held_elsewhere(home, before=SOMEBODY, python=PYTHON) as (holder, servers):
        processes = family(holder.pid)
        assert {Path(f"/proc/{pid}").stat().st_uid for pid in processes} == {NOBODY}
        assert ask(servers, "SELECT 1") == 1
        assert pings(servers)
        holder.send_signal(SIGKILL)
        assert all_gone(processes)

    assert _owners(home) == {NOBODY}
    with held_elsewhere(home, before=SOMEBODY, python=PYTHON) as (_, servers):
        assert ask(servers, "SELECT 1") == 1


@as_root
def test_a_home_of_somebody_else_is_refused(open_place: Path) -> None:
    home = open_place / "home"
    home.mkdir()
    os.chown(home, NOBODY, NOBODY)

    with pytest.raises(HomeUnusable, match="somebody else"), running(home):
        pass


@as_root
def test_without_namespaces_an_account_runs_it_inside_a_home_that_it_can_reach(
    open_place: Path,
) -> None:
    home = open_place / "home"

    for _ in range(2):
        with held_elsewhere(home, before=CONFINED) as (holder, servers):
            processes = family(holder.pid)
            assert ask(servers, "SELECT 1") == 1
            assert pings(servers)
            uids = {Path(f"/proc/{pid}").stat().st_uid for pid in processes}
            assert len(uids) == 2
            holder.send_signal(SIGKILL)
            assert all_gone(processes)

    assert (home / "account" / "postgres" / "PG_VERSION").exists()
    assert stat.S_IMODE(home.stat().st_mode) == 0o710
    assert stat.S_IMODE((home / "secrets").stat().st_mode) == 0o700


@as_root
def test_without_namespaces_the_data_of_a_closed_home_moves_to_where_the_account_can_reach_it(
    used: Used,
) -> None:
    home = used()
    try:
        with held_elsewhere(home, before=CONFINED) as (_, servers):
            assert ask(servers, "SELECT words FROM notes") == "kept"
        elsewhere = Path((home / "postgres.at").read_text())
        assert not elsewhere.is_relative_to(home)

        # Once moved it stays there, whatever the system allows later.
        with running(home) as servers:
            assert ask(servers, "SELECT words FROM notes") == "kept"
    finally:
        shutil.rmtree((home / "postgres.at").read_text())
    with pytest.raises(HomeUnusable, match="which is gone"), running(home):
        pass


def test_sockets_lie_in_a_private_folder_that_somebody_chose(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    chosen = Path(tempfile.mkdtemp(prefix="s-"))
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(chosen))

    with runtime_folder(tmp_path) as folder:
        assert folder.parent == chosen
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700

    shutil.rmtree(chosen)


@pytest.mark.parametrize("given", ["", "relative", "/has,comma", "/" + "x" * 90, "/does/not/exist"])
def test_sockets_lie_in_a_private_temporary_folder_otherwise(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, given: str
) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", given)

    with runtime_folder(tmp_path) as folder:
        assert folder.parent == Path("/tmp")  # noqa: S108 - that one it is
    assert not folder.exists()


def test_a_folder_that_was_left_is_used_again_and_made_private(tmp_path: Path) -> None:
    with runtime_folder(tmp_path) as folder:
        pass
    folder.mkdir(mode=0o777)

    with runtime_folder(tmp_path) as again:
        assert again == folder
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_a_link_in_place_of_the_folder_is_not_followed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("XDG_RUNTIME_DIR", raising=False)
    with runtime_folder(tmp_path) as folder:
        pass
    folder.symlink_to(tmp_path)

    with pytest.raises(RuntimeFolderUnsafe, match="XDG_RUNTIME_DIR"), runtime_folder(tmp_path):
        pass

    folder.unlink()


@as_root
def test_a_folder_that_another_person_put_there_is_not_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("XDG_RUNTIME_DIR", raising=False)
    with runtime_folder(tmp_path) as folder:
        pass
    folder.mkdir(mode=0o700)
    os.chown(folder, NOBODY, NOBODY)

    with (
        pytest.raises(RuntimeFolderUnsafe, match="somebody else"),
        runtime_folder(tmp_path),
    ):
        pass

    folder.rmdir()
