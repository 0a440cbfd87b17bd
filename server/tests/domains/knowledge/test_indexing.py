import asyncio
import contextlib
import os
from collections.abc import Awaitable, Callable
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import text

from samoey.domains.knowledge import service
from samoey.domains.knowledge.errors import IndexingFailed
from samoey.domains.knowledge.indexing import builder
from samoey.domains.knowledge.schemas import IndexOut, Query
from samoey.domains.knowledge.shelves import shelf_of
from samoey.domains.repositories import service as repositories
from samoey.domains.repositories.fetching import service as fetching
from samoey.kit.context import Tools
from tests.domains.knowledge.gits import die, hang, no_space, vanish, with_git
from tests.domains.knowledge.sources import GREETING, bring, commit, connect
from tests.house.processes import RunningHouse
from tests.make import Make, Somebody

Told = Callable[[], Awaitable[list[str]]]


@pytest.fixture
async def ada(make: Make) -> Somebody:
    return await make.user()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    commit(tmp_path / "greetings", GREETING)
    return tmp_path / "greetings"


async def only_index(tools: Tools, somebody: Somebody) -> IndexOut:
    async with tools.work(somebody.actor) as ctx:
        (found,) = await service.indexes(ctx)
    return found


async def fetched(tools: Tools, ada: Somebody, folder: Path) -> UUID:
    """Connect and fetch, but do not index yet."""
    repository_id = await connect(tools, ada, folder)
    await fetching.fetch(tools, repository_id)
    return repository_id


async def delete(tools: Tools, ada: Somebody, repository_id: UUID) -> None:
    async with tools.work(ada.actor) as ctx:
        await repositories.delete_repository(ctx, repository_id)


async def found(tools: Tools, ada: Somebody, asked: str) -> set[str]:
    return {hit.path for hit in (await service.search(tools, ada.actor, Query(text=asked))).hits}


async def until(there: Callable[[], bool]) -> None:
    async with asyncio.timeout(30):
        while not there():  # noqa: ASYNC110 - a folder tells nobody that it was made
            await asyncio.sleep(0.02)


def builders(parent: int) -> list[Path]:
    """The indexing processes that a process started, as folders of /proc."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            is_builder = builder.__name__.encode() in (process / "cmdline").read_bytes()
            if is_builder and f"PPid:\t{parent}\n" in (process / "status").read_text():
                found.append(process)
    return found


def gone(process: Path) -> bool:
    """Whether a process has ended, also when nobody has asked how."""
    try:
        return "State:\tZ" in (process / "status").read_text()
    except OSError:
        return True


async def test_what_is_connected_is_indexed_by_itself_and_cleared_away_by_itself(
    house: RunningHouse, tmp_path: Path
) -> None:
    ada = await house.make.user()
    head = commit(tmp_path / "greetings", GREETING)
    repository_id = await connect(house.tools, ada, tmp_path / "greetings")

    await house.drain()

    index = await only_index(house.tools, ada)
    assert (index.state, index.commit, index.files_done) == ("ready", head, 3)
    asked = Query(text="how is a greeting parsed?")
    hits = (await service.search(house.tools, ada.actor, asked)).hits
    assert (hits[0].symbol, hits[0].commit) == ("parse_greeting", head)

    await delete(house.tools, ada, repository_id)
    await house.drain()

    assert not shelf_of(house.tools, repository_id).exists()
    assert await found(house.tools, ada, "greeting") == set()


async def test_progress_is_told_with_real_counts(house: RunningHouse, tmp_path: Path) -> None:
    ada = await house.make.user()
    commit(tmp_path / "greetings", GREETING)
    repository_id = await fetched(house.tools, ada, tmp_path / "greetings")

    async with house.tools.bus.listen(f"workspace:{ada.workspace_id}") as listener:
        await service.index(house.tools, repository_id)
        heard = []
        while (message := await listener.get(0.5)) is not None:
            heard.append(message[1])

    steps = [each for each in heard if each["type"] == "progress"]
    assert {each["stage"] for each in steps} == {"indexing"}
    assert (steps[0]["done"], steps[0]["total"]) == (0, 3)
    assert (steps[-1]["done"], steps[-1]["total"]) == (3, 3)
    names = [each["name"] for each in heard if each["type"] == "event"]
    assert names == ["knowledge.index_started", "knowledge.index_finished"]


async def test_an_index_that_stands_is_not_made_again_and_nobody_is_told(
    tools: Tools, ada: Somebody, folder: Path, told: Told
) -> None:
    repository_id = await bring(tools, ada, folder)
    before = await told()

    await service.index(tools, repository_id)

    assert await told() == before


async def test_only_what_is_included_and_not_excluded_is_indexed(
    tools: Tools, ada: Somebody, folder: Path
) -> None:
    await bring(tools, ada, folder, include=["*.py"], exclude=["tests/"])

    assert await found(tools, ada, "greeting") == {"src/greeting.py"}
    assert (await only_index(tools, ada)).files_total == 1


async def test_other_filters_make_another_index_of_the_same_commit(
    tools: Tools, ada: Somebody, folder: Path
) -> None:
    await bring(tools, ada, folder)

    await bring(tools, ada, folder, exclude=["*.md"])

    assert await found(tools, ada, "greeting") == {"src/greeting.py", "tests/test_greeting.py"}


async def test_files_that_cannot_be_read_are_counted(
    tools: Tools, ada: Somebody, tmp_path: Path
) -> None:
    files: dict[str, str | bytes] = {
        "good.py": "def good():\n    return 1\n",
        "latin.py": b"# gr\xfc\xdfe\nx = 1\n",
        "picture.png": b"\x89PNG\0\0",
        "huge.txt": "word\n" * 300_000,
        'od"d\nname.py': "def oddly_named():\n    pass\n",
    }
    commit(tmp_path / "mixed", files)
    (tmp_path / "mixed" / "loop").symlink_to("loop")

    await bring(tools, ada, tmp_path / "mixed")

    index = await only_index(tools, ada)
    assert (index.state, index.files_total, index.windowed, index.skipped) == ("ready", 5, 1, 2)
    assert await found(tools, ada, "oddly named") == {'od"d\nname.py'}


@pytest.mark.parametrize(
    ("files", "wishes", "says"),
    [
        ({"picture.png": b"\x89PNG\0\0"}, {}, "holds text"),
        ({"a.py": "x = 1\n"}, {"exclude": ["*"]}, "to be indexed"),
    ],
)
async def test_a_repository_without_text_has_an_index_that_says_so(
    tools: Tools,
    ada: Somebody,
    tmp_path: Path,
    files: dict[str, str | bytes],
    wishes: dict[str, list[str]],
    says: str,
) -> None:
    commit(tmp_path / "none", files)

    await bring(tools, ada, tmp_path / "none", **wishes)

    index = await only_index(tools, ada)
    assert (index.state, index.chunks, index.problem) == ("ready", 0, None)
    assert says in (index.note or "")
    assert await found(tools, ada, "anything") == set()


async def test_a_shelf_holds_the_present_snapshot_and_the_one_before(
    tools: Tools, ada: Somebody, folder: Path
) -> None:
    heads = [commit(folder, {"n.py": f"def number{n}():\n    pass\n"}) for n in range(1)]
    repository_id = await bring(tools, ada, folder)
    for n in (1, 2):
        heads.append(commit(folder, {"n.py": f"def number{n}():\n    pass\n"}))
        await bring(tools, ada, folder)

    standing = {each.name[:40] for each in shelf_of(tools, repository_id).iterdir()}

    assert standing == set(heads[1:])


async def test_a_commit_that_vanished_is_a_clear_problem_and_the_old_index_answers_on(
    tools: Tools, ada: Somebody, folder: Path, told: Told
) -> None:
    repository_id = await bring(tools, ada, folder)

    await service.index(with_git(tools, blobs_sync=vanish), repository_id, afresh=True)

    index = await only_index(tools, ada)
    assert index.state == "failed"
    assert index.problem is not None
    assert index.problem["type"] == "/problems/source-vanished"
    assert (await told())[-1] == "knowledge.index_failed"
    assert await found(tools, ada, "greeting")


async def test_a_commit_that_vanished_because_another_came_waits_for_that_one(
    tools: Tools, ada: Somebody, folder: Path, told: Told
) -> None:
    repository_id = await fetched(tools, ada, folder)

    async def another_comes() -> None:
        commit(folder, {"new.py": "def newcomer():\n    pass\n"})
        await connect(tools, ada, folder)
        await fetching.fetch(tools, repository_id)

    await service.index(with_git(tools, first=another_comes, blobs_sync=vanish), repository_id)

    assert (await only_index(tools, ada)).state == "waiting"
    assert "knowledge.index_failed" not in await told()
    await service.index(tools, repository_id)
    assert await found(tools, ada, "newcomer") == {"new.py"}


async def test_a_repository_deleted_while_it_is_indexed_leaves_nothing(
    tools: Tools, ada: Somebody, folder: Path, told: Told
) -> None:
    repository_id = await fetched(tools, ada, folder)

    async def deleted() -> None:
        await delete(tools, ada, repository_id)

    await service.index(with_git(tools, first=deleted), repository_id)

    assert not shelf_of(tools, repository_id).exists()
    assert "knowledge.index_finished" not in await told()


async def test_an_index_of_a_repository_that_is_gone_is_only_cleared_away(
    tools: Tools, ada: Somebody, folder: Path
) -> None:
    repository_id = await bring(tools, ada, folder)
    await delete(tools, ada, repository_id)
    assert shelf_of(tools, repository_id).exists()

    await service.index(tools, repository_id)

    assert not shelf_of(tools, repository_id).exists()


async def test_a_full_disk_is_a_clear_problem_and_leaves_nothing_half_made(
    tools: Tools, ada: Somebody, folder: Path
) -> None:
    repository_id = await fetched(tools, ada, folder)

    await service.index(with_git(tools, blobs_sync=no_space), repository_id)

    index = await only_index(tools, ada)
    assert index.problem is not None
    assert index.problem["type"] == "/problems/disk-full"
    assert list(shelf_of(tools, repository_id).iterdir()) == []


async def test_an_indexing_process_that_dies_is_tried_again_later(
    tools: Tools, ada: Somebody, folder: Path
) -> None:
    repository_id = await fetched(tools, ada, folder)

    with pytest.raises(IndexingFailed, match="ended early"):
        await service.index(with_git(tools, blobs_sync=die), repository_id)

    assert IndexingFailed.transient
    assert (await only_index(tools, ada)).state == "failed"
    assert list(shelf_of(tools, repository_id).iterdir()) == []
    await service.index(tools, repository_id)
    assert (await only_index(tools, ada)).state == "ready"


async def test_indexing_that_is_cancelled_leaves_no_process_and_no_folder(
    house: RunningHouse, tmp_path: Path
) -> None:
    ada = await house.make.user()
    commit(tmp_path / "greetings", GREETING)
    repository_id = await fetched(house.tools, ada, tmp_path / "greetings")
    shelf = shelf_of(house.tools, repository_id)
    running = asyncio.create_task(
        service.index(with_git(house.tools, blobs_sync=hang), repository_id)
    )
    await until(lambda: bool(list(shelf.glob(".building-*"))))

    running.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await running

    assert builders(os.getpid()) == []
    assert list(shelf.iterdir()) == []


@pytest.mark.slow
async def test_a_worker_killed_in_mid_index_is_followed_by_one_that_finishes(
    house: RunningHouse, tmp_path: Path
) -> None:
    ada = await house.make.user()
    many = {f"m{n}.py": f"def function_{n}():\n    return {n}\n" * 60 for n in range(1500)}
    commit(tmp_path / "many", many)
    repository_id = await connect(house.tools, ada, tmp_path / "many")
    worker = house.start("worker")
    shelf = shelf_of(house.tools, repository_id)
    await until(lambda: bool(list(shelf.glob(".building-*"))))
    orphans = builders(worker.pid)

    worker.kill()

    assert orphans
    await until(lambda: all(map(gone, orphans)))
    async with house.tools.bus.listen(f"workspace:{ada.workspace_id}") as listener:
        house.start("worker")
        async with asyncio.timeout(60):
            while (await only_index(house.tools, ada)).state != "ready":
                await listener.get(0.5)
    assert [each.name[:1] for each in shelf.iterdir()] != ["."]
    assert len(list(shelf.iterdir())) == 1
    assert await found(house.tools, ada, "function 1234") >= {"m1234.py"}
    async with house.tools.sessions() as db:
        names = (await db.scalars(text("SELECT name FROM events"))).all()
    assert list(names).count("knowledge.index_finished") == 1
