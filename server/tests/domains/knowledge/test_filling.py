"""Vectors fill in behind the words, go on after what goes wrong, and are never made twice."""

import asyncio
import os
import shutil
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from uuid import UUID

import httpx
import pytest

from samoey.domains.knowledge import looking, service
from samoey.domains.knowledge.errors import VectorsFailed
from samoey.domains.knowledge.schemas import HitOut, Query
from samoey.domains.knowledge.shelves import shelf_of
from samoey.domains.knowledge.vectors import service as vectors
from samoey.domains.knowledge.vectors.schemas import VectorsOut
from samoey.domains.repositories.fetching import service as fetching
from samoey.kit.context import Tools
from samoey.kit.ports.vectors import VectorStoreAway
from tests.domains.knowledge.sources import bring, commit
from tests.doubles.embedders import Wordy
from tests.make import Make, Somebody

Told = Callable[[], Awaitable[list[str]]]


def functions(count: int, of: str = "work") -> str:
    return "\n\n".join(f"def {of}_{n}(a):\n    return a + {n} * {n + 7}\n" for n in range(count))


CODE = {
    "src/post.py": "def deliver(letter, mailbox):\n    mailbox.append(letter)\n",
    "src/money.py": functions(150),
    "tests/test_post.py": "def test_deliver():\n    deliver('x', [])\n",
}
PASSAGES = 152


@pytest.fixture
async def ada(make: Make) -> Somebody:
    return await make.user()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    commit(tmp_path / "post", CODE)
    return tmp_path / "post"


@pytest.fixture
def wordy(tmp_path: Path) -> Wordy:
    return Wordy(tmp_path / "wordy.log")


def by(tools: Tools, wordy: Wordy) -> Tools:
    return replace(tools, embedder=wordy)


async def made(tools: Tools, ada: Somebody, repository_id: UUID) -> VectorsOut:
    """Do at once what the reactions to an index would."""
    await vectors.want(tools, repository_id, ada.workspace_id)
    await vectors.embed(tools, repository_id)
    return await standing(tools, ada)


async def standing(tools: Tools, ada: Somebody) -> VectorsOut:
    async with tools.work(ada.actor) as ctx:
        (index,) = await service.indexes(ctx)
    assert index.vectors is not None
    return index.vectors


async def search(tools: Tools, ada: Somebody, asked: str) -> list[HitOut]:
    query = Query(text=asked, explain=True)
    return (await service.search(tools, ada.actor, query, patience_s=30)).hits


async def anew(tools: Tools, repository_id: UUID, folder: Path, files: dict[str, str]) -> None:
    """Another commit, fetched and indexed."""
    commit(folder, files)
    await fetching.fetch(tools, repository_id)
    await service.index(tools, repository_id)


async def test_vectors_are_made_once_for_each_text_and_then_they_answer(
    tools: Tools, ada: Somebody, folder: Path, wordy: Wordy, told: Told
) -> None:
    tools = by(tools, wordy)
    repository_id = await bring(tools, ada, folder)
    before = await search(tools, ada, "deliver a letter")

    first = await made(tools, ada, repository_id)
    await made(tools, ada, repository_id)

    assert (first.state, first.done, first.total) == ("ready", PASSAGES, PASSAGES)
    # Each passage as it is and by its name; nothing was left for the second time.
    assert wordy.given() == 2 * PASSAGES
    assert os.getpid() not in wordy.processes()
    assert before[0].why is not None
    assert before[0].why.meaning is None
    after = await search(tools, ada, "deliver a letter")
    assert after[0].symbol == "deliver"
    assert after[0].why is not None
    assert after[0].why.meaning is not None
    assert (await told()).count("knowledge.vectors_made") == 1


async def test_what_changed_is_made_and_nothing_else(
    tools: Tools, ada: Somebody, folder: Path, wordy: Wordy
) -> None:
    tools = by(tools, wordy)
    repository_id = await bring(tools, ada, folder)
    await made(tools, ada, repository_id)
    before = wordy.given()

    await anew(tools, repository_id, folder, {"src/new.py": "def collect():\n    return 1\n"})
    now = await made(tools, ada, repository_id)

    assert (now.done, now.total) == (PASSAGES + 1, PASSAGES + 1)
    assert wordy.given() == before + 2
    [first, *_] = await search(tools, ada, "collect")
    assert first.why is not None
    assert first.why.meaning is not None


async def test_the_same_text_in_another_repository_is_not_made_again(
    tools: Tools, ada: Somebody, folder: Path, wordy: Wordy, tmp_path: Path
) -> None:
    tools = by(tools, wordy)
    await made(tools, ada, await bring(tools, ada, folder))
    before = wordy.given()
    commit(tmp_path / "copy", CODE)

    second = await bring(tools, ada, tmp_path / "copy")
    await vectors.want(tools, second, ada.workspace_id)
    await vectors.embed(tools, second)

    assert wordy.given() == before


async def test_code_comes_before_tests(
    tools: Tools, ada: Somebody, folder: Path, wordy: Wordy
) -> None:
    tools = by(tools, wordy)
    await made(tools, ada, await bring(tools, ada, folder))

    lines = [line for line in wordy.log.read_text().splitlines() if "\\n" in line]
    assert [number for number, line in enumerate(lines) if "test post" in line] == [PASSAGES - 1]


async def test_a_run_that_is_killed_goes_on_where_it_stopped(
    tools: Tools, ada: Somebody, folder: Path, wordy: Wordy
) -> None:
    repository_id = await bring(tools, ada, folder)
    # In the middle of the second portion.
    dying = by(tools, replace(wordy, dies_after=250))

    with pytest.raises(VectorsFailed):
        await made(dying, ada, repository_id)
    half = await standing(tools, ada)
    assert await search(dying, ada, "deliver a letter")
    kept = wordy.given()
    now = await made(by(tools, wordy), ada, repository_id)

    assert half.state == "failed"
    assert (now.state, now.done) == ("ready", PASSAGES)
    # The first portion of 96 was kept, with both of its texts.
    assert wordy.given() == kept + 2 * (PASSAGES - 96)


async def test_words_answer_while_the_store_is_gone_and_it_is_filled_from_what_stands(
    tools: Tools, ada: Somebody, folder: Path, wordy: Wordy
) -> None:
    tools = by(tools, wordy)
    repository_id = await bring(tools, ada, folder)
    await made(tools, ada, repository_id)
    shutil.rmtree(tools.settings.home / "vectors" / "chroma")

    assert (await search(tools, ada, "deliver a letter"))[0].symbol == "deliver"
    # What was asked may be among it.
    before = wordy.given()
    await anew(tools, repository_id, folder, {"src/new.py": "def collect():\n    return 1\n"})
    now = await made(tools, ada, repository_id)

    assert (now.state, now.done) == ("ready", PASSAGES + 1)
    assert wordy.given() == before + 2


async def test_a_store_that_cannot_be_read_is_begun_anew_without_embedding_again(
    tools: Tools, ada: Somebody, folder: Path, wordy: Wordy
) -> None:
    tools = by(tools, wordy)
    repository_id = await bring(tools, ada, folder)
    await made(tools, ada, repository_id)
    before = wordy.given()
    for file in (tools.settings.home / "vectors" / "chroma").rglob("*"):
        if file.is_file():
            file.write_bytes(os.urandom(3_000))

    await anew(tools, repository_id, folder, {"src/new.py": "def collect():\n    return 1\n"})
    now = await made(tools, ada, repository_id)

    assert now.state == "ready"
    assert wordy.given() == before + 2


async def test_a_server_that_is_away_is_noted_and_words_go_on_answering(
    tools: Tools, ada: Somebody, folder: Path, wordy: Wordy, told: Told
) -> None:
    away = replace(tools.vectors, url="http://127.0.0.1:9")  # type: ignore[type-var] # a dataclass behind its port
    tools = replace(by(tools, wordy), vectors=away)
    repository_id = await bring(tools, ada, folder)

    with pytest.raises(VectorStoreAway):
        await made(tools, ada, repository_id)

    assert (await standing(tools, ada)).state == "failed"
    assert (await search(tools, ada, "deliver a letter"))[0].symbol == "deliver"
    assert "knowledge.vectors_not_made" in await told()


async def test_another_model_never_answers_with_the_vectors_of_the_one_before(
    tools: Tools, ada: Somebody, folder: Path, wordy: Wordy
) -> None:
    repository_id = await bring(tools, ada, folder)
    await made(by(tools, wordy), ada, repository_id)
    other = by(tools, replace(wordy, version="2"))

    between = await search(other, ada, "deliver a letter")
    before = wordy.given()
    await vectors.want_what_is_behind(other)
    await made(other, ada, repository_id)

    assert between[0].symbol == "deliver"
    assert between[0].why is not None
    assert between[0].why.meaning is None
    assert wordy.given() == before + 2 * PASSAGES + 0
    [first, *_] = await search(other, ada, "deliver a letter")
    assert first.why is not None
    assert first.why.meaning is not None


async def test_two_workers_on_one_commit_make_each_vector_once(
    tools: Tools, ada: Somebody, folder: Path, wordy: Wordy
) -> None:
    from samoey.domains.knowledge.vectors.child import filling
    from samoey.domains.knowledge.vectors.orders import Job, Order, Told

    tools = by(tools, wordy)
    repository_id = await bring(tools, ada, folder)
    shelf = shelf_of(tools, repository_id)
    (snapshot,) = (it.name for it in shelf.iterdir())
    order = Order(shelf, snapshot, tools.settings.home / "vectors" / "desk", "wordy")
    job = Job(order, tools.vectors, wordy.elsewhere())

    async def one() -> list[Told]:
        async with filling(job, wordy) as said:
            return [told async for told in said]

    first, second = await asyncio.gather(one(), one())

    assert wordy.given() == 2 * PASSAGES
    assert first[-1].folder == second[-1].folder
    assert (shelf / str(first[-1].folder)).is_dir()


async def test_a_model_that_only_this_process_reaches_is_asked_through_it(
    tools: Tools, ada: Somebody, folder: Path, wordy: Wordy
) -> None:
    tools = by(tools, replace(wordy, only_here=True))

    now = await made(tools, ada, await bring(tools, ada, folder))

    assert now.state == "ready"
    assert wordy.processes() == {os.getpid()}


async def test_an_admin_pauses_it_and_has_it_go_on(
    tools: Tools, ada: Somebody, folder: Path, wordy: Wordy, client: httpx.AsyncClient, make: Make
) -> None:
    tools = by(tools, wordy)
    repository_id = await bring(tools, ada, folder)
    await vectors.want(tools, repository_id, ada.workspace_id)
    url = f"/api/v1/knowledge/indexes/{repository_id}/vectors"
    ben = await make.user("Ben", role=None)

    paused = await client.patch(url, json={"paused": True}, headers=ada.headers)
    await vectors.embed(tools, repository_id)
    stranger = await client.patch(url, json={"paused": False}, headers=ben.headers)
    still, given = await standing(tools, ada), wordy.given()
    await client.patch(url, json={"paused": False}, headers=ada.headers)
    now = await made(tools, ada, repository_id)

    assert paused.json()["state"] == "paused"
    assert stranger.status_code == 404
    assert (still.state, still.paused, given) == ("paused", True, 0)
    assert (now.state, now.paused) == ("ready", False)


async def test_a_repository_whose_vectors_folder_is_lost_is_searched_by_words(
    tools: Tools, ada: Somebody, folder: Path, wordy: Wordy
) -> None:
    tools = by(tools, wordy)
    repository_id = await bring(tools, ada, folder)
    await made(tools, ada, repository_id)
    looking.opened_vectors.cache_clear()
    for place in shelf_of(tools, repository_id).glob("*.v-*"):
        shutil.rmtree(place)

    assert (await search(tools, ada, "deliver a letter"))[0].symbol == "deliver"
