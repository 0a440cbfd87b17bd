"""Mirrors follow whatever happens to the repository that they mirror."""

import asyncio
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from samoey.adapters.git.system import SystemGit
from samoey.kit.ports.git import (
    FetchTimedOut,
    Progress,
    Remote,
    RepositoryTooLarge,
    RevisionNotFound,
    SourceEmpty,
    SourceNotFound,
)
from samoey.kit.problems import DiskFull, Problem
from samoey.kit.settings import RepositorySettings
from tests.author import Author


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.fixture
def mirror(home: Path) -> Path:
    return home / "mirrors" / "one.git"


@pytest.fixture
def author(tmp_path: Path) -> Author:
    return Author(tmp_path / "work")


@pytest.fixture
def remote(author: Author) -> Remote:
    return Remote(str(author.folder))


def git_with(home: Path, **changes: Any) -> SystemGit:
    return SystemGit(RepositorySettings(**changes), home)


@pytest.fixture
def git(home: Path) -> SystemGit:
    return git_with(home)


def system(command: str) -> int:
    """Run a command of the machine; its exit status."""
    return subprocess.run(command.split(), check=False, capture_output=True).returncode


def below(mirror: Path, pattern: str) -> list[Path]:
    return list(mirror.rglob(pattern))


def left_in(mirror: Path) -> list[str]:
    """What lies beside the mirrors, but for the file that locks."""
    return sorted(p.name for p in mirror.parent.iterdir() if not p.name.endswith(".lock"))


async def test_a_first_fetch_brings_everything_and_tells_its_counts(
    git: SystemGit, mirror: Path, author: Author, remote: Remote
) -> None:
    for number in range(300):
        author.write(f"f{number}.py", f"n = {number}\n")
    commit = author.commit()
    told: list[Progress] = []

    fetched = await git.fetch(mirror, remote, on_progress=told.append)

    assert (fetched.head, fetched.default_branch) == (commit, "main")
    assert len(await git.files(mirror, commit)) == 300
    assert told[-1].done == told[-1].total > 300
    assert {one.stage for one in told} <= {"fetching", "resolving"}
    assert left_in(mirror) == ["one.git"]


async def test_new_commits_branches_and_tags_follow(
    git: SystemGit, mirror: Path, author: Author, remote: Remote
) -> None:
    author.commit("a.py")
    await git.fetch(mirror, remote)

    new = author.commit("b.py")
    author.git("branch", "topic")
    author.git("tag", "v1")
    fetched = await git.fetch(mirror, remote)

    assert fetched.head == new
    assert [one.name for one in await git.branches(mirror)] == ["main", "topic"]
    assert await git.resolve(mirror, "v1") == new


async def test_a_force_push_moves_the_branch_and_keeps_what_answers_cite(
    git: SystemGit, mirror: Path, author: Author, remote: Remote
) -> None:
    first = author.commit("a.py")
    second = author.commit("b.py")
    await git.fetch(mirror, remote)
    await git.keep(mirror, second)

    author.git("reset", "--quiet", "--hard", first)
    other = author.commit("c.py")
    await git.fetch(mirror, remote)

    assert await git.resolve(mirror, "main") == other
    system(f"git --git-dir={mirror} gc --quiet --prune=now")
    assert {file.path for file in await git.files(mirror, second)} == {"a.py", "b.py"}


async def test_a_branch_that_vanishes_is_gone_here_too(
    git: SystemGit, mirror: Path, author: Author, remote: Remote
) -> None:
    commit = author.commit("a.py")
    author.git("branch", "topic")
    await git.fetch(mirror, remote)

    author.git("branch", "-D", "topic")
    # A folder of branches where a branch was: one has to go before the other can come.
    author.git("branch", "topic/one")
    await git.fetch(mirror, remote)

    assert [one.name for one in await git.branches(mirror)] == ["main", "topic/one"]
    with pytest.raises(RevisionNotFound):
        await git.resolve(mirror, "topic")
    assert len(await git.files(mirror, commit)) == 1


async def test_a_default_branch_that_moves_is_followed(
    git: SystemGit, mirror: Path, author: Author, remote: Remote
) -> None:
    author.commit("a.py")
    await git.fetch(mirror, remote)

    author.git("branch", "--move", "main", "trunk")
    fetched = await git.fetch(mirror, remote)

    assert fetched.default_branch == "trunk"
    assert [(one.name, one.is_default) for one in await git.branches(mirror)] == [("trunk", True)]


async def test_a_head_on_no_branch_answers(
    git: SystemGit, mirror: Path, author: Author, remote: Remote
) -> None:
    first = author.commit("a.py")
    author.commit("b.py")
    author.git("checkout", "--quiet", first)

    fetched = await git.fetch(mirror, remote)

    assert (fetched.head, fetched.default_branch) == (first, None)
    assert await git.resolve(mirror, "HEAD") == first


async def test_a_head_on_a_branch_that_does_not_exist_is_no_head(
    git: SystemGit, mirror: Path, author: Author, remote: Remote
) -> None:
    author.commit("a.py")
    author.git("symbolic-ref", "HEAD", "refs/heads/never")

    fetched = await git.fetch(mirror, remote)

    assert (fetched.head, fetched.default_branch) == (None, None)
    assert [one.name for one in await git.branches(mirror)] == ["main"]


async def test_an_empty_repository_is_said_to_be_empty(
    git: SystemGit, mirror: Path, author: Author, remote: Remote
) -> None:
    with pytest.raises(SourceEmpty):
        await git.fetch(mirror, remote)

    assert left_in(mirror) == []
    author.commit("a.py")
    assert (await git.fetch(mirror, remote)).default_branch == "main"


async def test_a_shallow_work_tree_is_fetched_as_it_is(
    git: SystemGit, mirror: Path, author: Author, tmp_path: Path
) -> None:
    author.commit("a.py")
    commit = author.commit("b.py")
    shallow = Author(tmp_path / "shallow")
    shallow.git("fetch", "--quiet", "--depth=1", f"file://{author.folder}", "main:refs/heads/main2")
    shallow.git("checkout", "--quiet", "main2")

    assert (await git.fetch(mirror, Remote(str(shallow.folder)))).head == commit
    assert (await git.fetch(mirror, Remote(str(shallow.folder)))).head == commit


async def test_a_folder_that_is_gone_is_said_to_be_gone(git: SystemGit, mirror: Path) -> None:
    with pytest.raises(SourceNotFound):
        await git.fetch(mirror, Remote("/nowhere/at/all"))


async def test_no_hook_runs_and_no_configuration_is_obeyed(
    git: SystemGit, mirror: Path, author: Author, remote: Remote, tmp_path: Path
) -> None:
    trace = tmp_path / "trace"
    commit = author.commit("a.py")
    await git.fetch(mirror, remote)
    for hook in ("reference-transaction", "post-update", "pre-auto-gc"):
        for folder in (mirror / "hooks", author.folder / ".git" / "hooks"):
            folder.mkdir(exist_ok=True)
            (folder / hook).write_text(f"#!/bin/sh\necho {hook} >> {trace}\n")
            (folder / hook).chmod(0o755)
    author.git("config", "uploadpack.packObjectsHook", f"touch {trace}; exec")
    author.git("config", "core.fsmonitor", f"touch {trace}")
    author.git("commit", "--quiet", "--allow-empty", "-m", "x", "--no-verify")
    trace.unlink(missing_ok=True)

    await git.fetch(mirror, remote)
    await git.local_state(mirror, author.folder)
    await git.keep(mirror, commit)

    assert not trace.exists()


@pytest.mark.skipif(os.getuid() != 0, reason="only root can give a folder to somebody else")
async def test_a_repository_of_another_user_is_read(
    git: SystemGit, mirror: Path, author: Author, remote: Remote
) -> None:
    commit = author.commit("a.py")
    for path in (author.folder, *author.folder.rglob("*")):
        os.chown(path, 4321, 4321)

    assert (await git.fetch(mirror, remote)).head == commit
    state = await git.local_state(mirror, author.folder)
    assert state is not None
    assert state.is_git


async def test_a_repository_over_the_limit_is_refused_and_leaves_nothing(
    home: Path, mirror: Path, author: Author, remote: Remote
) -> None:
    author.write("big.bin", os.urandom(3_000_000))
    author.commit()

    with pytest.raises(RepositoryTooLarge, match="max_mb"):
        await git_with(home, max_mb=2).fetch(mirror, remote)

    assert left_in(mirror) == []
    assert (await git_with(home).fetch(mirror, remote)).head is not None


async def test_a_fetch_that_takes_too_long_is_ended_and_leaves_nothing(
    home: Path, mirror: Path, author: Author, remote: Remote
) -> None:
    author.commit("a.py")

    with pytest.raises(FetchTimedOut):
        await git_with(home, fetch_timeout_s=0.001).fetch(mirror, remote)

    assert left_in(mirror) == []


async def test_a_fetch_that_nobody_waits_for_leaves_no_process_and_nothing_half(
    git: SystemGit, mirror: Path, author: Author, remote: Remote
) -> None:
    for number in range(200):
        author.write(f"f{number}", os.urandom(20_000))
    author.commit()
    begun = asyncio.Event()
    fetching = asyncio.create_task(git.fetch(mirror, remote, on_progress=lambda _: begun.set()))
    await begun.wait()

    fetching.cancel()
    with pytest.raises(asyncio.CancelledError):
        await fetching

    assert left_in(mirror) == []
    assert running_with(str(mirror.parent)) == []
    assert (await git.fetch(mirror, remote)).head is not None


async def test_what_a_killed_process_left_is_cleared_away(
    git: SystemGit, mirror: Path, author: Author, remote: Remote
) -> None:
    author.commit("a.py")
    await git.fetch(mirror, remote)
    author.commit("b.py")
    (mirror.parent / ".one.git.draft-dead").mkdir()
    (mirror.parent / ".one.git.draft-dead" / "secret").write_text("x")
    (mirror / "HEAD.lock").touch()
    (mirror / "refs" / "heads" / "main.lock").touch()
    (mirror / "packed-refs.lock").touch()
    (mirror / "objects" / "pack" / "tmp_pack_dead").write_bytes(b"half")

    await git.fetch(mirror, remote)

    assert left_in(mirror) == ["one.git"]
    assert below(mirror, "*.lock") + below(mirror, "tmp_*") == []


async def test_two_fetches_of_one_repository_take_turns(
    git: SystemGit, home: Path, mirror: Path, author: Author, remote: Remote
) -> None:
    commit = author.commit("a.py")

    both = await asyncio.gather(*(one.fetch(mirror, remote) for one in (git, git_with(home))))

    assert [one.head for one in both] == [commit, commit]
    assert left_in(mirror) == ["one.git"]


@pytest.mark.slow
async def test_a_full_disk_loses_nothing(
    git: SystemGit, author: Author, remote: Remote, tmp_path: Path
) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    if system(f"mount -t tmpfs -o size=1m tmpfs {disk}") != 0:
        pytest.skip("this machine lets nobody mount a small disk")
    try:
        mirror = disk / "one.git"
        old = author.commit("a.py")
        await git.fetch(mirror, remote)
        author.write("big", os.urandom(3_000_000))
        author.commit()

        with pytest.raises(DiskFull):
            await git.fetch(mirror, remote)

        assert await git.resolve(mirror, "main") == old
        author.git("reset", "--quiet", "--hard", old)
        small = author.commit("b.py")
        assert (await git.fetch(mirror, remote)).head == small
    finally:
        system(f"umount --lazy {disk}")


async def test_a_broken_repository_is_told_in_gits_words(
    git: SystemGit, mirror: Path, author: Author, remote: Remote
) -> None:
    author.commit("a.py")
    for path in (author.folder / ".git" / "objects").rglob("*"):
        if path.is_file():
            path.chmod(0o644)
            path.write_bytes(b"nonsense")

    with pytest.raises(Problem, match="fatal"):
        await git.fetch(mirror, remote)
    assert left_in(mirror) == []


async def test_a_removed_mirror_leaves_nothing(
    git: SystemGit, mirror: Path, author: Author, remote: Remote
) -> None:
    author.commit("a.py")
    await git.fetch(mirror, remote)

    await git.remove(mirror)
    await git.remove(mirror)

    assert list(mirror.parent.iterdir()) == []
    assert (await git.fetch(mirror, remote)).head is not None


def running_with(text: str) -> list[str]:
    """The command lines of this machine's processes that name `text`."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            line = (folder / "cmdline").read_bytes().decode(errors="replace")
        except OSError:
            continue
        if text in line:
            found.append(line)
    return found
