"""A file too large to be read is passed by and said to be so, and costs nothing else."""

from pathlib import Path

import httpx

from samoey.domains.knowledge import service
from samoey.domains.knowledge.schemas import Query
from samoey.kit.context import Tools
from tests.domains.knowledge.sources import bring, commit
from tests.make import Make

_SIZE = 200_000_000


async def test_a_file_of_200_mb_is_passed_by_and_said_to_be_large(
    tools: Tools, client: httpx.AsyncClient, make: Make, tmp_path: Path
) -> None:
    ada, folder = await make.user(), tmp_path / "app"
    folder.mkdir()
    with (folder / "dump.sql").open("wb") as dump:
        dump.truncate(_SIZE)
    commit(folder, {"good.py": "def ignite():\n    return 1\n"})

    repository_id = await bring(tools, ada, folder)

    async with tools.work(ada.actor) as ctx:
        (index,) = await service.indexes(ctx)
    assert (index.state, index.files_total, index.skipped) == ("ready", 2, 1)
    hits = (await service.search(tools, ada.actor, Query(text="ignite"))).hits
    assert [hit.path for hit in hits] == ["good.py"]
    place = f"/api/v1/repositories/{repository_id}/file?path=dump.sql"
    shown = (await client.get(place, headers=ada.headers)).json()
    assert (shown["kind"], shown["size"], shown["text"]) == ("large", _SIZE, None)
