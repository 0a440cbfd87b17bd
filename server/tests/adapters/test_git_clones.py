"""Clones, and repositories with refs that only look like others, are read for what they are."""

from pathlib import Path

import pytest

from samoey.adapters.git.system import SystemGit
from samoey.kit.ports.git import Remote
from samoey.kit.settings import RepositorySettings
from tests.author import Author


@pytest.fixture
def mirror(tmp_path: Path) -> Path:
    return tmp_path / "home" / "mirrors" / "one.git"


@pytest.fixture
def author(tmp_path: Path) -> Author:
    return Author(tmp_path / "work")


@pytest.fixture
def git(tmp_path: Path) -> SystemGit:
    return SystemGit(RepositorySettings(), tmp_path / "home")


@pytest.mark.parametrize("options", [(), ("--depth=1",), ("--branch=topic",), ("--bare",)])
async def test_an_ordinary_clone_is_read_though_it_remembers_its_origins_head(
    git: SystemGit, mirror: Path, author: Author, tmp_path: Path, options: tuple[str, ...]
) -> None:
    author.commit("a.py")
    commit = author.commit("b.py")
    author.git("branch", "topic")
    author.git("clone", "--quiet", *options, f"file://{author.folder}", str(tmp_path / "clone"))

    fetched = await git.fetch(mirror, Remote(str(tmp_path / "clone")))

    branch = "topic" if options == ("--branch=topic",) else "main"
    assert (fetched.head, fetched.default_branch) == (commit, branch)
    assert len(await git.files(mirror, commit)) == 2
    assert await git.resolve(mirror, "HEAD") == commit


async def test_a_clone_whose_head_stands_on_no_branch_answers(
    git: SystemGit, mirror: Path, author: Author, tmp_path: Path
) -> None:
    first = author.commit("a.py")
    author.commit("b.py")
    author.git("clone", "--quiet", str(author.folder), str(tmp_path / "clone"))
    clone = Author(tmp_path / "clone")
    clone.git("checkout", "--quiet", "--detach", first)

    fetched = await git.fetch(mirror, Remote(str(clone.folder)))

    assert (fetched.head, fetched.default_branch) == (first, None)
    assert await git.resolve(mirror, "HEAD") == first


async def test_names_that_only_end_like_a_head_or_a_branch_are_neither(
    git: SystemGit, mirror: Path, author: Author
) -> None:
    commit = author.commit("a.py")
    author.git("update-ref", "refs/x/refs/heads/y", commit)
    author.git("update-ref", "refs/heads/z/HEAD", commit)
    author.git("symbolic-ref", "refs/heads/alias", "refs/heads/main")
    author.git("symbolic-ref", "refs/zz/HEAD", "refs/heads/alias")

    fetched = await git.fetch(mirror, Remote(str(author.folder)))

    assert (fetched.head, fetched.default_branch) == (commit, "main")
    assert [one.name for one in await git.branches(mirror)] == ["alias", "main", "z/HEAD"]


async def test_a_head_that_points_outside_the_branches_answers_by_its_commit(
    git: SystemGit, mirror: Path, author: Author
) -> None:
    commit = author.commit("a.py")
    author.git("update-ref", "refs/remotes/origin/main", commit)
    author.git("symbolic-ref", "HEAD", "refs/remotes/origin/main")

    fetched = await git.fetch(mirror, Remote(str(author.folder)))

    assert (fetched.head, fetched.default_branch) == (commit, None)
    assert await git.resolve(mirror, "HEAD") == commit
