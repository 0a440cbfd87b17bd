"""Repositories are brought here and kept in step, whatever happens on the way."""

import asyncio
from pathlib import Path

import pytest
from sqlalchemy import text

from samoey.domains.repositories import service
from samoey.domains.repositories.fetching import service as fetching
from samoey.domains.repositories.schemas import (
    RepositoryChange,
)
from samoey.kit.context import SYSTEM
from tests.author import Author
from tests.domains.repositories.steps import connect, fetch, look, mirrors, slug
from tests.house.processes import RunningHouse
from tests.make import Somebody

FETCHED = "repositories.commit_fetched"


@pytest.fixture
def author(tmp_path: Path) -> Author:
    return Author(tmp_path / "work")


@pytest.fixture
async def ada(house: RunningHouse) -> Somebody:
    return await house.make.user()


async def commits_told(house: RunningHouse) -> list[tuple[str, str | None]]:
    """What `CommitFetched` said so far: the commit, and the one before."""
    async with house.tools.work(SYSTEM) as ctx:
        rows = await ctx.db.execute(
            text("SELECT payload FROM events WHERE name = :name ORDER BY id"), {"name": FETCHED}
        )
        return [(payload["commit"], payload["previous"]) for (payload,) in rows]


async def test_a_connected_repository_is_fetched_by_itself(
    house: RunningHouse, ada: Somebody, author: Author
) -> None:
    commit = author.commit("a.py")
    shown = await connect(house, ada, author.folder)

    await house.drain()

    ready = await look(house, shown.id)
    assert (ready.status, ready.commit, ready.kind) == ("ready", commit, "local")
    assert (ready.default_branch, ready.dirty, ready.problem) == ("main", False, None)
    assert ready.synced_at is not None
    assert await commits_told(house) == [(commit, None)]


async def test_a_wish_right_after_a_fetch_is_not_taken_for_the_one_before(
    house: RunningHouse, ada: Somebody, author: Author
) -> None:
    author.commit("a.py")
    shown = await connect(house, ada, author.folder)
    await house.drain()
    second = author.commit("b.py")

    async with house.tools.work(ada.actor) as ctx:
        await service.sync_repository(ctx, shown.id)
    await house.drain()

    assert (await look(house, shown.id)).commit == second


async def test_a_second_fetch_tells_only_what_is_new(
    house: RunningHouse, ada: Somebody, author: Author
) -> None:
    first = author.commit("a.py")
    shown = await connect(house, ada, author.folder)
    await fetch(house, shown.id)

    await fetch(house, shown.id)
    second = author.commit("b.py")
    again = await fetch(house, shown.id)

    assert await commits_told(house) == [(first, None), (second, first)]
    assert again.commit == second


async def test_other_paths_are_told_though_the_commit_is_the_same(
    house: RunningHouse, ada: Somebody, author: Author
) -> None:
    commit = author.commit("a.py")
    shown = await connect(house, ada, author.folder)
    await fetch(house, shown.id)

    change = RepositoryChange(include=["src/"])
    await service.change_repository(house.tools, ada.actor, shown.id, change)
    await fetch(house, shown.id)
    await fetch(house, shown.id)

    assert await commits_told(house) == [(commit, None), (commit, commit)]


async def test_a_chosen_branch_answers_and_its_end_is_said(
    house: RunningHouse, ada: Somebody, author: Author
) -> None:
    author.commit("a.py")
    author.git("checkout", "--quiet", "-b", "topic")
    topic = author.commit("b.py")
    author.git("checkout", "--quiet", "main")
    shown = await connect(house, ada, author.folder, branch="topic")
    assert (await fetch(house, shown.id)).commit == topic

    author.git("branch", "-D", "topic")
    failed = await fetch(house, shown.id)

    assert slug(failed) == "branch-not-found"
    assert failed.problem is not None
    assert failed.problem["branches"] == ["main"]
    assert failed.commit == topic
    # What answered goes on answering: its files are still there.
    assert len(await house.tools.git.files(service.mirror(house.tools, shown.id), topic)) == 2


async def test_a_force_push_and_a_moved_default_branch_are_followed(
    house: RunningHouse, ada: Somebody, author: Author
) -> None:
    author.commit("a.py")
    old = author.commit("b.py")
    shown = await connect(house, ada, author.folder)
    await fetch(house, shown.id)

    author.git("reset", "--quiet", "--hard", "HEAD~1")
    author.git("branch", "--move", "main", "trunk")
    new = author.commit("c.py")
    now = await fetch(house, shown.id)

    assert (now.commit, now.default_branch) == (new, "trunk")
    assert (await commits_told(house))[-1] == (new, old)


async def test_an_empty_repository_fails_until_something_is_committed(
    house: RunningHouse, ada: Somebody, author: Author
) -> None:
    shown = await connect(house, ada, author.folder)
    assert slug(await fetch(house, shown.id)) == "source-empty"

    author.commit("a.py")
    ready = await fetch(house, shown.id)

    assert (ready.status, ready.problem) == ("ready", None)


async def test_a_default_branch_that_does_not_exist_asks_for_a_choice(
    house: RunningHouse, ada: Somebody, author: Author
) -> None:
    author.commit("a.py")
    author.git("symbolic-ref", "HEAD", "refs/heads/never")
    shown = await connect(house, ada, author.folder)

    failed = await fetch(house, shown.id)

    assert slug(failed) == "branch-not-found"
    assert failed.problem is not None
    assert failed.problem["branches"] == ["main"]


async def test_a_folder_without_git_grows_commit_by_commit(
    house: RunningHouse, ada: Somebody, tmp_path: Path
) -> None:
    folder = tmp_path / "notes"
    folder.mkdir()
    (folder / "a.md").write_text("one")
    with (folder / "dump").open("wb") as dump:
        dump.truncate(200_000_000)
    shown = await connect(house, ada, folder)
    first = await fetch(house, shown.id)

    (folder / "a.md").write_text("two")
    await connect(house, ada, folder)
    second = await fetch(house, shown.id)

    assert (first.kind, first.notes) == (
        "folder",
        ["1 of its files are over 20 MB and were left out."],
    )
    assert await commits_told(house) == [(first.commit, None), (second.commit, first.commit)]


async def test_uncommitted_changes_are_said_and_taken_only_when_wanted(
    house: RunningHouse, ada: Somebody, author: Author
) -> None:
    commit = author.commit("a.py")
    author.write("a.py", "changed\n")
    shown = await connect(house, ada, author.folder)

    head = await fetch(house, shown.id)
    await connect(house, ada, author.folder, dirty=True)
    taken = await fetch(house, shown.id)
    author.git("checkout", "--quiet", "a.py")
    clean = await fetch(house, shown.id)

    assert (head.commit, head.dirty) == (commit, True)
    assert taken.commit not in {None, commit}
    assert (taken.dirty, taken.dirty_wanted) == (True, True)
    assert (clean.commit, clean.dirty) == (commit, False)


async def test_a_folder_that_is_gone_is_said_to_be_gone(
    house: RunningHouse, ada: Somebody, tmp_path: Path
) -> None:
    (tmp_path / "notes").mkdir()
    shown = await connect(house, ada, tmp_path / "notes")
    (tmp_path / "notes").rmdir()

    assert slug(await fetch(house, shown.id)) == "folder-not-found"


async def test_a_disconnected_repository_leaves_no_mirror(
    house: RunningHouse, ada: Somebody, author: Author
) -> None:
    author.commit("a.py")
    shown = await connect(house, ada, author.folder)
    await fetch(house, shown.id)
    assert mirrors(house) != []

    async with house.tools.work(ada.actor) as ctx:
        await service.delete_repository(ctx, shown.id)
    await house.drain()

    assert mirrors(house) == []


async def test_a_repository_deleted_while_it_is_fetched_leaves_no_mirror(
    house: RunningHouse, ada: Somebody, author: Author
) -> None:
    for number in range(500):
        author.write(f"f{number}", f"{number}" * 500)
    author.commit()
    shown = await connect(house, ada, author.folder)
    running = asyncio.create_task(fetching.fetch(house.tools, shown.id))
    await asyncio.sleep(0.05)

    async with house.tools.work(ada.actor) as ctx:
        await service.delete_repository(ctx, shown.id)
    await service.remove_mirror(house.tools, shown.id)
    await running

    assert mirrors(house) == []
    assert await commits_told(house) == []


async def test_a_bug_does_not_leave_a_repository_fetching_for_ever(
    house: RunningHouse, ada: Somebody, author: Author
) -> None:
    author.commit("a.py")
    shown = await connect(house, ada, author.folder)
    # A file where the folder of mirrors should be: nobody has foreseen this.
    (house.tools.settings.home / "mirrors").write_text("in the way")

    with pytest.raises(OSError, match="mirrors"):
        await fetching.fetch(house.tools, shown.id)

    assert slug(await look(house, shown.id)) == "server-error"


async def test_a_fetch_of_what_was_deleted_does_nothing(house: RunningHouse, ada: Somebody) -> None:
    await fetching.fetch(house.tools, ada.id)

    assert await commits_told(house) == []
