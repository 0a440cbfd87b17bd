"""What people notice when machines come and go and the object store has its bad days."""

import shutil
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from uuid import UUID

import pytest

from samoey.domains.knowledge import service
from samoey.domains.knowledge.exact.schemas import ExactQuery
from samoey.domains.knowledge.opening import open_snapshots
from samoey.domains.knowledge.schemas import Query, Searched
from samoey.domains.knowledge.shelves import shelf_of, stored
from samoey.kit.context import Tools
from samoey.kit.ports.objects import ObjectStoreAway
from samoey.kit.problems import DiskFull
from tests.domains.knowledge.sources import GREETING, bring, commit, git, write
from tests.domains.knowledge.stores import Breaking
from tests.make import Make, Somebody

LATER = {"src/farewell.py": "def say_farewell():\n    return 'bye'\n"}
PATIENT_S = 60


class Worker:
    """A machine, its object store, and a person who asks it."""

    def __init__(self, tools: Tools, ada: Somebody) -> None:
        self.objects = Breaking(tools.objects)
        self.tools = replace(tools, objects=self.objects)
        self.ada = ada

    async def ask(self, text: str, patience_s: float = PATIENT_S) -> Searched:
        query = Query(text=text)
        return await service.search(self.tools, self.ada.actor, query, patience_s=patience_s)

    async def paths(self, text: str) -> set[str]:
        return {hit.path for hit in (await self.ask(text)).hits}

    async def state(self) -> str:
        async with self.tools.work(self.ada.actor) as ctx:
            (index,) = await service.indexes(ctx)
        return index.state

    def another(self, home: Path) -> "Worker":
        """A second machine with the same database, mirrors and object store."""
        home.mkdir()
        (home / "mirrors").symlink_to(self.tools.settings.home / "mirrors")
        settings = self.tools.settings.model_copy(update={"home": home})
        return Worker(replace(self.tools, settings=settings), self.ada)

    def lose(self, repository_id: UUID) -> None:
        open_snapshots.cache_clear()
        shutil.rmtree(shelf_of(self.tools, repository_id))


@pytest.fixture
async def worker(tools: Tools, make: Make) -> Worker:
    return Worker(tools, await make.user("Ada", role="owner"))


@pytest.fixture
async def repository_id(worker: Worker, tmp_path: Path) -> UUID:
    commit(tmp_path / "greetings", GREETING)
    return await bring(worker.tools, worker.ada, tmp_path / "greetings")


async def test_another_machine_answers_from_what_one_has_indexed(
    worker: Worker, repository_id: UUID, tmp_path: Path
) -> None:
    other = worker.another(tmp_path / "other")

    assert await other.paths("parse greeting") == await worker.paths("parse greeting") != set()
    assert shelf_of(other.tools, repository_id).is_dir()


async def test_another_machine_goes_on_with_what_one_has_indexed(
    worker: Worker, repository_id: UUID, tmp_path: Path
) -> None:
    other = worker.another(tmp_path / "other")
    commit(tmp_path / "greetings", LATER)
    await bring(other.tools, other.ada, tmp_path / "greetings")

    assert "src/farewell.py" in await worker.paths("say farewell")
    assert len(list(shelf_of(other.tools, repository_id).iterdir())) == 2


@pytest.mark.parametrize("method", ["list", "keep", "put"])
async def test_while_the_store_is_away_the_old_snapshot_answers_and_the_job_is_tried_again(
    worker: Worker, repository_id: UUID, tmp_path: Path, method: str
) -> None:
    commit(tmp_path / "greetings", LATER)
    worker.objects.broken = {method}

    with pytest.raises(ObjectStoreAway):
        await bring(worker.tools, worker.ada, tmp_path / "greetings")
    meanwhile = await worker.paths("parse greeting"), await worker.paths("say farewell")
    state = await worker.state()
    worker.objects.broken = set()
    await service.index(worker.tools, repository_id)

    assert "src/greeting.py" in meanwhile[0]
    assert "src/farewell.py" not in meanwhile[1]
    assert (state, await worker.state()) == ("failed", "ready")
    assert "src/farewell.py" in await worker.paths("say farewell")


@pytest.mark.usefixtures("repository_id")
async def test_what_the_store_kept_back_is_indexed_when_it_is_back(
    worker: Worker, tmp_path: Path, jobs_waiting: Callable[[], Awaitable[list[str]]]
) -> None:
    commit(tmp_path / "greetings", LATER)
    worker.objects.broken = {"list", "get"}
    with pytest.raises(ObjectStoreAway):
        await bring(worker.tools, worker.ada, tmp_path / "greetings")

    await service.index_when_store_is_back(worker.tools)
    away = (await jobs_waiting()).count("knowledge.index_afresh")
    worker.objects.broken = set()
    await service.index_when_store_is_back(worker.tools)
    await service.index_when_store_is_back(worker.tools)

    assert away == 0
    assert (await jobs_waiting()).count("knowledge.index_afresh") == 1
    assert await worker.state() == "waiting"


async def test_a_store_that_is_full_is_told_and_the_old_snapshot_answers(
    worker: Worker, repository_id: UUID, tmp_path: Path
) -> None:
    commit(tmp_path / "greetings", LATER)
    worker.objects.broken, worker.objects.problem = {"keep"}, DiskFull

    await bring(worker.tools, worker.ada, tmp_path / "greetings")

    async with worker.tools.work(worker.ada.actor) as ctx:
        (index,) = await service.indexes(ctx)
    assert (index.state, index.repository_id) == ("failed", repository_id)
    assert index.problem is not None
    assert index.problem["type"] == "/problems/disk-full"
    assert "src/greeting.py" in await worker.paths("parse greeting")


async def test_a_slow_store_delays_no_answer(
    worker: Worker, repository_id: UUID, tmp_path: Path
) -> None:
    commit(tmp_path / "quick", LATER)
    await bring(worker.tools, worker.ada, tmp_path / "quick")
    await worker.ask("farewell")
    shutil.rmtree(shelf_of(worker.tools, repository_id))
    desk = open_snapshots(worker.tools.settings.knowledge.open_mib)
    desk.forget([each for each in desk.open if str(repository_id) in str(each)])
    worker.objects.awake.clear()

    soon = await worker.ask("greeting farewell", patience_s=0)
    worker.objects.awake.set()
    later = await worker.ask("greeting farewell")

    assert (soon.answered, soon.repositories) == (1, 2)
    assert soon.note == "Answered from 1 of 2 repositories; the rest is being opened."
    assert {hit.path for hit in soon.hits} == {"src/farewell.py"}
    assert (later.answered, later.note) == (2, None)


async def test_exact_search_brings_what_does_not_stand_here(
    worker: Worker, repository_id: UUID, tmp_path: Path
) -> None:
    other = worker.another(tmp_path / "other")
    query = ExactQuery(text="parse_greeting(text)")
    await worker.ask("greeting")

    here = await service.exact(other.tools, other.ada.actor, query)
    shutil.rmtree(shelf_of(other.tools, repository_id))
    again = await service.exact(other.tools, other.ada.actor, query)
    shutil.rmtree(shelf_of(other.tools, repository_id))
    other.objects.broken = {"get"}
    away = await service.exact(other.tools, other.ada.actor, query)

    assert (
        [hit.path for hit in here.hits] == ["src/greeting.py"] == [hit.path for hit in again.hits]
    )
    assert (away.hits, away.repositories, away.totals.exact) == ([], 1, False)
    assert away.note == "Answered from 0 of 1 repositories: 1 cannot be read now."


async def test_a_store_that_is_away_when_a_snapshot_is_needed_is_told_and_nothing_is_made_again(
    worker: Worker, repository_id: UUID, jobs_waiting: Callable[[], Awaitable[list[str]]]
) -> None:
    worker.lose(repository_id)
    worker.objects.broken = {"get"}

    told = await worker.ask("parse greeting")

    assert told.note == "Answered from 0 of 1 repositories: 1 cannot be read now."
    assert "knowledge.index_afresh" not in await jobs_waiting()
    worker.objects.broken = set()
    assert await worker.paths("parse greeting")


async def test_a_repository_that_is_gone_leaves_nothing_in_the_store(
    worker: Worker, repository_id: UUID
) -> None:
    worker.objects.broken = {"delete"}
    with pytest.raises(ObjectStoreAway):
        await service.remove_index(worker.tools, repository_id)
    worker.objects.broken = set()

    await service.remove_index(worker.tools, repository_id)

    assert worker.objects.list("indexes") == []


async def test_the_clock_sweeps_old_snapshots_and_what_belongs_to_no_repository(
    tools: Tools, make: Make, tmp_path: Path
) -> None:
    hasty = tools.settings.objects.model_copy(update={"grace_minutes": 0})
    tools = replace(tools, settings=tools.settings.model_copy(update={"objects": hasty}))
    worker = Worker(tools, await make.user("Ada", role="owner"))
    commit(tmp_path / "greetings", GREETING)
    repository_id = await bring(worker.tools, worker.ada, tmp_path / "greetings")
    mine = stored(worker.tools, repository_id)
    before = {each.key for each in worker.objects.list("indexes")}
    mine.objects.put(f"{mine.files}/{'0' * 64}", b"left behind")
    stray = stored(worker.tools, UUID(int=7))
    stray.objects.put(f"{stray.files}/{'0' * 64}", b"of nobody")

    await service.sweep_snapshots(worker.tools)

    assert {each.key for each in worker.objects.list("indexes")} == before


async def test_a_commit_that_deletes_everything_is_searched_in_vain_and_says_why(
    worker: Worker, repository_id: UUID, tmp_path: Path
) -> None:
    git(tmp_path / "greetings", "rm", "-rq", ".")
    commit(tmp_path / "greetings", {})
    await bring(worker.tools, worker.ada, tmp_path / "greetings")
    empty = await worker.ask("greeting")
    async with worker.tools.work(worker.ada.actor) as ctx:
        (index,) = await service.indexes(ctx)

    write(tmp_path / "greetings", {"only.py": "def greeting():\n    pass\n"})
    commit(tmp_path / "greetings", {})
    await bring(worker.tools, worker.ada, tmp_path / "greetings")

    assert (empty.hits, empty.answered, empty.note) == ([], 1, None)
    assert (index.state, index.chunks, index.repository_id) == ("ready", 0, repository_id)
    assert index.note
    assert await worker.paths("greeting") == {"only.py"}
