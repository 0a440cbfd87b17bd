"""Vectors behind the words: made, kept, answering with them, and going on after what goes wrong."""

from collections.abc import AsyncIterator
from pathlib import Path
from uuid import UUID

import pytest

from samoey.domains.knowledge import service
from samoey.domains.knowledge.schemas import HitOut, IndexOut, Query
from samoey.kit.knowledge_settings import KnowledgeSettings
from tests.conftest import OpenHouse
from tests.domains.knowledge.sources import commit, connect
from tests.house.processes import RunningHouse
from tests.make import Somebody

CODE = {
    "src/mail.py": (
        "def deliver(letter, mailbox):\n    mailbox.append(letter)\n\n\n"
        "def forward(letter, other):\n    deliver(letter, other.mailbox)\n"
    ),
    "src/money.py": (
        "def convert(amount, rate):\n    return amount * rate\n\n\n"
        "def vat(price):\n    return price * 0.19\n"
    ),
    "tests/test_mail.py": "def test_deliver():\n    box = []\n    deliver('x', box)\n",
    "README.md": "# Post\n\nSends letters.\n",
}
ON = KnowledgeSettings(question_s=60)


@pytest.fixture
async def house(open_test_house: OpenHouse) -> AsyncIterator[RunningHouse]:
    async with open_test_house(knowledge=ON) as opened:
        yield opened


async def index_of(house: RunningHouse, ada: Somebody) -> IndexOut:
    async with house.tools.work(ada.actor) as ctx:
        (found,) = await service.indexes(ctx)
    return found


async def search(house: RunningHouse, ada: Somebody, asked: str, **wishes: object) -> list[HitOut]:
    return (await service.search(house.tools, ada.actor, Query(text=asked, **wishes))).hits


async def brought(house: RunningHouse, folder: Path) -> tuple[Somebody, UUID]:
    ada = await house.make.user()
    commit(folder, CODE)
    repository_id = await connect(house.tools, ada, folder)
    await house.drain()
    return ada, repository_id


async def test_what_is_connected_is_found_by_its_meaning_too(
    house: RunningHouse, tmp_path: Path
) -> None:
    ada, _ = await brought(house, tmp_path / "post")

    index = await index_of(house, ada)
    assert index.vectors is not None
    assert index.vectors.state == "ready", index.vectors.problem
    assert (index.vectors.done, index.vectors.total) == (index.chunks, index.chunks)
    hits = await search(house, ada, "hand a message over to its recipient", explain=True)
    assert hits[0].symbol in {"deliver", "forward"}
    assert hits[0].why is not None
    assert hits[0].why.meaning is not None
    assert sum(hits[0].why.parts.values()) == pytest.approx(hits[0].score, abs=0.01)
