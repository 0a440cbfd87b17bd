"""Folders and uncommitted changes become commits of ours, and nothing of theirs changes."""

import hashlib
import os
import socket
from pathlib import Path
from typing import Any

import pytest

from samoey.adapters.git.failures import problem_here
from samoey.adapters.git.system import SystemGit
from samoey.kit.ports.git import (
    EntryKind,
    GitFailed,
    LocalState,
    Progress,
    Remote,
    RepositoryTooLarge,
    SourceUnreachable,
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
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "folder"
    made.mkdir()
    return made


@pytest.fixture
def author(tmp_path: Path) -> Author:
    return Author(tmp_path / "work")


def git_with(home: Path, **changes: Any) -> SystemGit:
    return SystemGit(RepositorySettings(**changes), home)


@pytest.fixture
def git(home: Path) -> SystemGit:
    return git_with(home)


def fingerprint(folder: Path) -> dict[str, tuple[str, int]]:
    """Every file below a folder, its content and when it was written."""
    return {
        str(path): (hashlib.sha256(path.read_bytes()).hexdigest(), path.stat().st_mtime_ns)
        for path in folder.rglob("*")
        if path.is_file() and not path.is_symlink()
    }


async def paths_of(git: SystemGit, mirror: Path, commit: str) -> set[str]:
    return {file.path for file in await git.files(mirror, commit)}


async def state_of(git: SystemGit, mirror: Path | None, folder: Path) -> LocalState:
    state = await git.local_state(mirror, folder)
    assert state is not None
    return state


async def test_a_folder_without_git_becomes_a_commit(
    git: SystemGit, mirror: Path, folder: Path
) -> None:
    (folder / "src").mkdir()
    (folder / "src" / "a.py").write_text("a = 1\n")
    (folder / "b\nc.txt").write_text("b")
    (folder / ".gitignore").write_text("*.log\nnode_modules/\n")
    (folder / "x.log").write_text("noise")
    (folder / "node_modules").mkdir()
    (folder / "node_modules" / "m.js").write_text("noise")
    before = fingerprint(folder)
    told: list[Progress] = []

    snapshot = await git.snapshot(mirror, folder, on_progress=told.append)

    assert await paths_of(git, mirror, snapshot.commit) == {".gitignore", "src/a.py", "b\nc.txt"}
    assert snapshot.files == 3
    assert told[-1] == Progress("fetching", 3, 3)
    assert await git.resolve(mirror, "HEAD") == snapshot.commit
    assert fingerprint(folder) == before
    assert not (await state_of(git, None, folder)).is_git


async def test_taking_a_folder_again_makes_the_next_commit_only_if_it_changed(
    git: SystemGit, mirror: Path, folder: Path
) -> None:
    (folder / "a.py").write_text("1")
    (folder / "b.py").write_text("1")
    first = await git.snapshot(mirror, folder)

    same = await git.snapshot(mirror, folder)
    (folder / "a.py").unlink()
    (folder / "b.py").write_text("2")
    (folder / "c.py").mkdir()
    (folder / "c.py" / "d").write_text("3")
    second = await git.snapshot(mirror, folder)

    assert same.commit == first.commit
    assert await paths_of(git, mirror, second.commit) == {"b.py", "c.py/d"}
    changes = {one.path: one.blob for one in await git.changed(mirror, first.commit, second.commit)}
    assert set(changes) == {"a.py", "b.py", "c.py/d"}
    assert changes["a.py"] is None


async def test_what_is_no_file_is_passed_by_and_what_is_too_large_is_counted(
    git: SystemGit, mirror: Path, folder: Path
) -> None:
    (folder / "a.py").write_text("1")
    with (folder / "dump.bin").open("wb") as large:
        large.truncate(200_000_000)
    (folder / "loop").symlink_to("loop")
    (folder / "up").symlink_to("..", target_is_directory=True)
    os.mkfifo(folder / "pipe")
    with socket.socket(socket.AF_UNIX) as listening:
        here = Path.cwd()
        os.chdir(folder)
        listening.bind("socket")
        os.chdir(here)

    snapshot = await git.snapshot(mirror, folder)

    assert snapshot.too_large == 1
    entries = {one.name: one.kind for one in await git.entries(mirror, snapshot.commit)}
    assert entries == {
        "a.py": EntryKind.FILE,
        "loop": EntryKind.LINK,
        "up": EntryKind.LINK,
    }


async def test_an_empty_folder_and_one_with_no_text_are_fine(
    git: SystemGit, mirror: Path, folder: Path
) -> None:
    empty = await git.snapshot(mirror, folder)
    (folder / "picture.png").write_bytes(b"\x89PNG\0\0")
    (folder / b"caf\xe9.bin".decode("utf-8", "surrogateescape")).write_bytes(b"\xff\xfe\0")
    second = await git.snapshot(mirror, folder)

    assert await paths_of(git, mirror, empty.commit) == set()
    assert await paths_of(git, mirror, second.commit) == {"picture.png", "caf\\xe9.bin"}


async def test_a_folder_over_the_limit_is_refused(home: Path, mirror: Path, folder: Path) -> None:
    (folder / "a.bin").write_bytes(os.urandom(1_500_000))

    with pytest.raises(RepositoryTooLarge):
        await git_with(home, max_mb=1).snapshot(mirror, folder)
    assert not any(path.suffix == ".git" for path in mirror.parent.iterdir())


async def test_a_folder_that_is_gone_is_said_to_be_gone(
    git: SystemGit, mirror: Path, tmp_path: Path
) -> None:
    with pytest.raises(SourceUnreachable):
        await git.snapshot(mirror, tmp_path / "nowhere")
    assert await git.local_state(None, tmp_path / "nowhere") is None


async def test_nothing_of_our_own_home_is_ever_taken(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("1")
    home = tmp_path / "data" / "samoey"
    home.mkdir(parents=True)
    (home / "sealing.key").write_bytes(b"secret")
    git = git_with(home)

    snapshot = await git.snapshot(home / "mirrors" / "one.git", tmp_path)

    assert await paths_of(git, home / "mirrors" / "one.git", snapshot.commit) == {"a.py"}


async def test_a_clean_work_tree_is_clean_and_a_changed_one_is_not(
    git: SystemGit, mirror: Path, author: Author
) -> None:
    author.write(".gitignore", "*.log\n")
    author.commit("a.py")
    author.write("x.log")
    (author.folder / ".git" / "info" / "exclude").write_text("mine\n")
    author.write("mine")
    await git.fetch(mirror, Remote(str(author.folder)))

    async def dirty() -> bool:
        return (await state_of(git, mirror, author.folder)).dirty

    assert not await dirty()
    # Touched, but the same.
    os.utime(author.folder / "a.py", (1, 1))
    assert not await dirty()
    author.write("a.py", "changed\n")
    assert await dirty()
    author.git("checkout", "--quiet", "a.py")
    assert not await dirty()
    author.write("new.py")
    assert await dirty()
    author.git("add", "new.py")
    assert await dirty()
    author.git("rm", "--quiet", "--force", "new.py")
    assert not await dirty()


async def test_changes_become_a_commit_here_and_the_work_tree_stays_as_it_is(
    git: SystemGit, mirror: Path, author: Author
) -> None:
    author.write("keep.py", "same\n")
    author.write("gone.py")
    author.write("folder/file.py")
    author.commit("a.py")
    author.write("a.py", "changed\n")
    author.write("staged.py", "staged only\n")
    author.git("add", "staged.py")
    author.write("staged.py", "and then more\n")
    author.write("new.py", "new\n")
    (author.folder / "gone.py").unlink()
    (author.folder / "folder" / "file.py").unlink()
    (author.folder / "folder").rmdir()
    (author.folder / "folder").symlink_to("/etc", target_is_directory=True)
    before = fingerprint(author.folder)
    fetched = await git.fetch(mirror, Remote(str(author.folder)))
    assert fetched.head is not None
    assert (await state_of(git, mirror, author.folder)).dirty

    snapshot = await git.snapshot(mirror, author.folder, parent=fetched.head)

    assert fingerprint(author.folder) == before
    files = {one.path: one for one in await git.files(mirror, snapshot.commit)}
    assert set(files) == {"a.py", "keep.py", "staged.py", "new.py", "folder"}
    assert files["folder"].kind is EntryKind.LINK
    assert await git.blob(mirror, files["staged.py"].blob) == b"and then more\n"
    assert await git.blob(mirror, files["a.py"].blob) == b"changed\n"
    again = await git.snapshot(mirror, author.folder, parent=fetched.head)
    assert again.commit == snapshot.commit
    assert await git.resolve(mirror, "HEAD") == fetched.head


async def test_a_file_behind_a_link_to_a_folder_is_not_taken(
    git: SystemGit, mirror: Path, author: Author, tmp_path: Path
) -> None:
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "secret.py").write_text("secret")
    author.commit("inside/secret.py", text="own\n")
    (author.folder / "inside" / "secret.py").unlink()
    (author.folder / "inside").rmdir()
    (author.folder / "inside").symlink_to(tmp_path / "outside", target_is_directory=True)
    fetched = await git.fetch(mirror, Remote(str(author.folder)))

    snapshot = await git.snapshot(mirror, author.folder, parent=fetched.head)

    (only,) = await git.files(mirror, snapshot.commit)
    assert (only.path, only.kind) == ("inside", EntryKind.LINK)


async def test_no_filter_of_a_work_tree_runs(
    git: SystemGit, mirror: Path, author: Author, tmp_path: Path
) -> None:
    author.write(".gitattributes", "*.py filter=evil\n")
    author.commit("a.py")
    trace = tmp_path / "trace"
    author.git("config", "filter.evil.clean", f"touch {trace}; cat")
    author.git("config", "core.fsmonitor", f"touch {trace}")
    author.write("a.py", "changed\n")
    fetched = await git.fetch(mirror, Remote(str(author.folder)))

    assert (await state_of(git, mirror, author.folder)).dirty
    await git.snapshot(mirror, author.folder, parent=fetched.head)

    assert not trace.exists()


async def test_a_linked_work_tree_a_split_index_and_a_sparse_one_are_read(
    git: SystemGit, mirror: Path, author: Author, tmp_path: Path
) -> None:
    commit = author.commit("a.py", "deep/b.py")
    author.git("worktree", "add", "--quiet", str(tmp_path / "linked"), "-b", "topic")
    author.git("update-index", "--split-index")

    for folder in (author.folder, tmp_path / "linked"):
        fetched = await git.fetch(mirror, Remote(str(folder)))
        assert fetched.head == commit
        assert not (await state_of(git, mirror, folder)).dirty
    author.git("update-index", "--no-split-index")
    author.git("sparse-checkout", "set", "--no-cone", "/a.py")
    await git.fetch(mirror, Remote(str(author.folder)))
    assert not (author.folder / "deep").exists()
    assert not (await state_of(git, mirror, author.folder)).dirty
    author.write("a.py", "changed")
    snapshot = await git.snapshot(mirror, author.folder, parent=commit)
    assert await paths_of(git, mirror, snapshot.commit) == {"a.py", "deep/b.py"}


async def test_a_bare_repository_is_never_dirty(
    git: SystemGit, mirror: Path, author: Author, tmp_path: Path
) -> None:
    author.commit("a.py")
    bare = Author(tmp_path / "bare.git", bare=True)
    author.git("push", "--quiet", str(bare.folder), "main")
    await git.fetch(mirror, Remote(str(bare.folder)))

    state = await state_of(git, mirror, bare.folder)

    assert state.is_git
    assert not state.dirty


async def test_a_folder_that_begins_to_use_git_is_followed(
    git: SystemGit, mirror: Path, folder: Path
) -> None:
    (folder / "a.py").write_text("1")
    first = await git.snapshot(mirror, folder)
    author = Author(folder)
    commit = author.commit()

    fetched = await git.fetch(mirror, Remote(str(folder)))

    assert fetched.head == commit
    assert [one.name for one in await git.branches(mirror)] == ["main"]
    assert await git.changed(mirror, first.commit, commit) == []


@pytest.mark.parametrize(
    ("words", "kind", "advice"),
    [
        ('error: open("a"): Permission denied', GitFailed, "Let the server read the whole folder"),
        ("fatal: write error: No space left on device", DiskFull, "Make room on the disk"),
        ("fatal: not a git repository", GitFailed, "not a git repository"),
    ],
)
def test_a_folder_that_git_cannot_read_is_no_matter_of_credentials(
    words: str, kind: type[Problem], advice: str
) -> None:
    told = problem_here(words)

    assert type(told) is kind
    assert advice in str(told.detail)
