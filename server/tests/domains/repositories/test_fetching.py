"""Repositories are brought here and kept in step, whatever happens on the way."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from pydantic import SecretStr
from sqlalchemy import text

from samoey.domains.repositories import service
from samoey.domains.repositories.fetching import service as fetching
from samoey.domains.repositories.schemas import (
    NewCredential,
    NewRepository,
    RepositoryChange,
    RepositoryOut,
)
from samoey.kit.context import SYSTEM
from samoey.kit.ports.git import SourceUnreachable
from tests.author import Author
from tests.conftest import OpenHouse
from tests.doubles.git_host import GitHost, git_host
from tests.house.processes import RunningHouse
from tests.make import Somebody

TOKEN = "glpat-4vErYs3cret"
FETCHED = "repositories.commit_fetched"
OPEN = {"private_addresses": True, "plain_http": True}


@pytest.fixture
def author(tmp_path: Path) -> Author:
    return Author(tmp_path / "work")


@pytest.fixture
def host(tmp_path: Path) -> Iterator[GitHost]:
    with git_host(tmp_path / "served") as running:
        yield running


@pytest.fixture
async def ada(house: RunningHouse) -> Somebody:
    return await house.make.user()


async def connect(house: RunningHouse, who: Somebody, source: object, **more: Any) -> RepositoryOut:
    new = NewRepository(workspace_id=who.workspace_id, source=str(source), **more)
    return await service.add_repository(house.tools, who.actor, new)


async def fetch(house: RunningHouse, repository_id: UUID) -> RepositoryOut:
    await fetching.fetch(house.tools, repository_id)
    return await look(house, repository_id)


async def look(house: RunningHouse, repository_id: UUID) -> RepositoryOut:
    async with house.tools.work(SYSTEM) as ctx:
        found = await service.find_for_system(ctx, repository_id)
    assert found is not None
    return found


async def commits_told(house: RunningHouse) -> list[tuple[str, str | None]]:
    """What `CommitFetched` said so far: the commit, and the one before."""
    async with house.tools.work(SYSTEM) as ctx:
        rows = await ctx.db.execute(
            text("SELECT payload FROM events WHERE name = :name ORDER BY id"), {"name": FETCHED}
        )
        return [(payload["commit"], payload["previous"]) for (payload,) in rows]


def slug(shown: RepositoryOut) -> str:
    assert shown.status == "failed"
    assert shown.problem is not None
    return str(shown.problem["type"]).removeprefix("/problems/")


def mirrors(house: RunningHouse) -> list[str]:
    folder = house.tools.settings.home / "mirrors"
    return [path.name for path in folder.iterdir()] if folder.exists() else []


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


async def test_a_token_fetches_and_stands_in_no_row_event_log_or_file(
    open_test_house: OpenHouse, host: GitHost, caplog: pytest.LogCaptureFixture
) -> None:
    author = host.repository()
    commit = author.commit("a.py")
    author.git("push", "--quiet", "origin", "main")
    host.token = TOKEN
    async with open_test_house(repositories=OPEN) as house:
        ada = await house.make.user()
        address = host.url.replace("://", f"://deployer:{TOKEN}@")
        shown = await connect(house, ada, f"{address}/app.git")

        await house.drain()

        assert (await look(house, shown.id)).commit == commit
        assert ("/app.git/git-upload-pack", "deployer") in host.asked
        async with house.tools.work(SYSTEM) as ctx:
            tables = ("repositories", "events", "procrastinate_jobs", "procrastinate_events")
            kept = [list(await ctx.db.execute(text(f"SELECT * FROM {one}"))) for one in tables]  # noqa: S608 - our own names
        home = house.tools.settings.home
        files = b"".join(path.read_bytes() for path in home.rglob("*") if path.is_file())
    assert TOKEN not in str(kept)
    assert TOKEN.encode() not in files
    assert TOKEN not in caplog.text


async def test_a_wrong_token_is_not_tried_again_and_a_new_one_mends_it(
    open_test_house: OpenHouse, host: GitHost
) -> None:
    author = host.repository()
    commit = author.commit("a.py")
    author.git("push", "--quiet", "origin", "main")
    host.token = TOKEN
    async with open_test_house(repositories=OPEN) as house:
        ada = await house.make.user()
        wrong = NewCredential(kind="token", secret=SecretStr("wrong-token"))
        shown = await connect(house, ada, f"{host.url}/app.git", credential=wrong)

        await house.drain()
        failed = await look(house, shown.id)
        asked = len(host.asked)
        right = NewCredential(kind="token", secret=SecretStr(TOKEN))
        change = RepositoryChange(credential=right)
        await service.change_repository(house.tools, ada.actor, shown.id, change)
        await house.drain()

        assert slug(failed) == "credential-refused"
        assert "wrong-token" not in str(failed.problem)
        assert asked <= 3
        assert (await look(house, shown.id)).commit == commit


async def test_a_server_that_is_away_is_tried_again(
    open_test_house: OpenHouse, host: GitHost
) -> None:
    author = host.repository()
    commit = author.commit("a.py")
    author.git("push", "--quiet", "origin", "main")
    host.cut_after = 100
    async with open_test_house(repositories=OPEN) as house:
        ada = await house.make.user()
        shown = await connect(house, ada, f"{host.url}/app.git")
        with pytest.raises(SourceUnreachable):
            await fetching.fetch(house.tools, shown.id)
        failed = await look(house, shown.id)

        async with house.working():
            host.cut_after = None
            for _ in range(100):
                ready = await look(house, shown.id)
                if ready.status == "ready":
                    break
                await asyncio.sleep(0.1)

        assert slug(failed) == "source-unreachable"
        assert ready.commit == commit
        assert not [name for name in mirrors(house) if "draft" in name]


async def test_a_private_address_is_refused_and_said_so(house: RunningHouse, ada: Somebody) -> None:
    shown = await connect(house, ada, "https://127.0.0.1/app.git")

    assert slug(await fetch(house, shown.id)) == "private-address"


async def test_a_deploy_key_without_a_host_key_says_what_to_give(
    open_test_house: OpenHouse,
) -> None:
    async with open_test_house(repositories=OPEN) as house:
        ada = await house.make.user()
        key = NewCredential(kind="ssh_key", secret=SecretStr("key"))
        shown = await connect(house, ada, "git@127.0.0.1:app.git", credential=key)

        assert slug(await fetch(house, shown.id)) == "host-key-needed"


async def test_progress_is_told_to_the_workspace_and_kept_for_those_who_come_later(
    open_test_house: OpenHouse, host: GitHost
) -> None:
    author = host.repository()
    for number in range(3000):
        author.write(f"f{number}", f"{number}\n" * 20)
    author.commit()
    author.git("push", "--quiet", "origin", "main")
    async with open_test_house(repositories=OPEN) as house:
        ada = await house.make.user()
        shown = await connect(house, ada, f"{host.url}/app.git")
        told: list[dict[str, Any]] = []
        async with house.tools.bus.listen(f"workspace:{ada.workspace_id}") as listener:
            running = asyncio.create_task(fetching.fetch(house.tools, shown.id))
            while (got := await listener.get(0.5)) is not None or not running.done():
                told += [got[1]] if got else []
            await running

        ready = await look(house, shown.id)
        counts = [one for one in told if one["type"] == "progress"]
        assert {one["repository_id"] for one in counts} == {str(shown.id)}
        assert all(0 <= one["done"] <= one["total"] for one in counts)
        assert counts[-1]["total"] >= 3000
        names = {one["name"] for one in told if one["type"] == "event"}
        assert "repositories.repository_changed" in names
        assert (ready.status, ready.progress) == ("ready", None)


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
