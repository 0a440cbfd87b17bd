from pathlib import Path

from samoey.domains.knowledge import service
from samoey.domains.knowledge.schemas import IndexOut, Query
from samoey.kit.context import Actor
from tests.domains.knowledge.sources import GREETING, commit, connect
from tests.house.processes import RunningHouse


async def only_index(house: RunningHouse, actor: Actor) -> IndexOut:
    async with house.tools.work(actor) as ctx:
        (found,) = await service.indexes(ctx)
    return found


async def test_a_connected_folder_is_indexed_and_found(house: RunningHouse, tmp_path: Path) -> None:
    ada = await house.make.user()
    head = commit(tmp_path / "greetings", GREETING)
    await connect(house.tools, ada, tmp_path / "greetings")

    await house.drain()

    index = await only_index(house, ada.actor)
    assert (index.state, index.commit, index.files_done) == ("ready", head, 3)
    hits = await service.search(house.tools, ada.actor, Query(text="how is a greeting parsed?"))
    assert (hits[0].path, hits[0].symbol, hits[0].commit) == (
        "src/greeting.py",
        "parse_greeting",
        head,
    )
