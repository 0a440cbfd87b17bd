"""Symbols at the REST door: of repositories that somebody may read, and of no other."""

from pathlib import Path
from typing import Any

import httpx
import pytest

from samoey.domains.knowledge.shelves import shelf_of
from samoey.domains.knowledge.symbols.opening import open_indexes
from samoey.domains.knowledge.symbols.table import SUFFIX
from samoey.kit.context import Tools
from tests.domains.knowledge.sources import bring, commit
from tests.make import Make

DOOR = "/api/v1/knowledge"
SHOP = {
    "shop/basket.py": (
        "from .prices import price as cost\n\n\nclass Basket:\n    def add(self, item):\n"
        "        return cost(item)\n"
    ),
    "shop/prices.py": "def price(item):\n    return item.total\n",
}


async def test_symbols_are_told_to_who_may_read_them_and_to_nobody_else(
    tools: Tools, client: httpx.AsyncClient, make: Make, tmp_path: Path
) -> None:
    ada, mallory = await make.user(), await make.user("Mallory", role=None)
    head = commit(tmp_path / "shop", SHOP)
    repository_id = str(await bring(tools, ada, tmp_path / "shop"))

    async def get(door: str, who: Any = ada, /, **query: Any) -> httpx.Response:
        query = {"repository_id": repository_id, **query}
        return await client.get(f"{DOOR}/{door}", params=query, headers=who.headers)

    at = {"path": "shop/basket.py", "line": 6, "column": 16}
    defined = (await get("definition", **at)).json()["definitions"]
    assert [(each["path"], each["start"], each["end"], each["commit"]) for each in defined] == [
        ("shop/prices.py", 1, 2, head)
    ]
    referred = (await get("references", name="price")).json()
    assert [(each["path"], each["line"]) for each in referred["references"]] == [
        ("shop/basket.py", 1)
    ]
    around = (await get("neighbours", name="Basket.add")).json()
    assert [each["place"]["name"] for each in around["calls"]] == ["price"]
    drawn = (await get("map")).json()
    assert drawn["files"][0]["path"] == "shop/prices.py"
    found = (await get("symbols", q="bask")).json()
    assert [each["name"] for each in found["symbols"]] == ["Basket"]

    for door, query in (("definition", at), ("references", at), ("neighbours", at), ("map", {})):
        assert (await get(door, mallory, **query)).status_code == 404
    assert (await get("symbols", mallory, q="bask")).json()["symbols"] == []
    assert (await get("definition", name="nothing")).json()["type"] == "/problems/symbol-not-found"
    assert (await get("definition")).status_code == 404


@pytest.mark.parametrize("damage", [b"", b"nonsense"])
async def test_a_damaged_table_is_told_and_made_again(
    tools: Tools, client: httpx.AsyncClient, make: Make, tmp_path: Path, damage: bytes
) -> None:
    ada = await make.user()
    commit(tmp_path / "shop", SHOP)
    repository_id = await bring(tools, ada, tmp_path / "shop")
    open_indexes.cache_clear()
    for file in shelf_of(tools, repository_id).glob(f"*/*.{SUFFIX}"):
        file.unlink()
        file.write_bytes(damage)

    asked = {"repository_id": str(repository_id), "name": "price"}
    answer = await client.get(f"{DOOR}/definition", params=asked, headers=ada.headers)

    assert answer.status_code == 503
    assert answer.json()["type"] == "/problems/symbols-away"
    wanted = await client.get(f"{DOOR}/indexes", headers=ada.headers)
    assert [each["state"] for each in wanted.json()] == ["waiting"]
