"""Exact search at the REST door: over repositories that somebody may read, out of their mirrors."""

import shutil
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from samoey.adapters.embedded.servers import Servers
from samoey.domains.knowledge import service
from samoey.domains.knowledge.exact.postings import SUFFIX
from samoey.domains.knowledge.exact.schemas import ExactQuery
from samoey.domains.knowledge.shelves import shelf_of
from samoey.domains.repositories import service as repositories
from samoey.kit.context import Tools
from samoey.kit.knowledge_settings import KnowledgeSettings
from samoey.kit.settings import Settings
from samoey.tools import open_house
from tests.conftest import settings_for
from tests.domains.knowledge.sources import bring, commit
from tests.make import Make, Somebody

EXACT = "/api/v1/knowledge/exact"
SHOP: dict[str, str | bytes] = {
    "shop/basket.py": "def add(item):\r\n    total = price(item)\r\n    return total\r\n",
    "shop/prices.go": "package shop\n\nfunc Price(item Item) int {\n\treturn item.Total\n}\n",
    "README.md": "# Shop\n\nÜber prices: the Total is a total.\n",
    "logo.png": b"\x89PNG\0\0total\0",
}
BANK: dict[str, str | bytes] = {"bank/total.py": "total = 0\n", "bank/empty.py": ""}


@dataclass(frozen=True)
class Street:
    """Two repositories that were indexed once; each test has a copy, and changes none of this."""

    settings: Settings
    ada: Somebody
    commit: str
    shop: UUID
    bank: UUID


@pytest.fixture(scope="session")
async def street(
    clone: Callable[..., Any], servers: Servers, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Street]:
    folder = tmp_path_factory.mktemp("exact")
    head = commit(folder / "shop", SHOP)
    commit(folder / "bank", BANK)
    with clone() as url:
        settings = settings_for(folder / "home", url, servers)
        async with open_house(settings) as house:
            ada = await Make(house.tools).user()
            shop = await bring(house.tools, ada, folder / "shop")
            bank = await bring(house.tools, ada, folder / "bank")
        yield Street(settings, ada, head, shop, bank)


@pytest.fixture(scope="session")
def engine_url(street: Street) -> str:
    assert street.settings.database_url is not None
    return street.settings.database_url.get_secret_value()


@pytest.fixture(autouse=True)
def _home(street: Street, tmp_path: Path) -> None:
    shutil.copytree(street.settings.home, tmp_path / "home")


@dataclass
class Door:
    """The door, and who goes through it."""

    http: httpx.AsyncClient
    ada: Somebody
    tools: Tools

    async def get(self, who: Somebody | None = None, /, **query: Any) -> httpx.Response:
        headers = (who or self.ada).headers
        return await self.http.get(EXACT, params=query, headers=headers)

    async def found(self, who: Somebody | None = None, /, **query: Any) -> dict[str, Any]:
        answer = await self.get(who, **query)
        assert answer.status_code == 200, answer.text
        body: dict[str, Any] = answer.json()
        return body

    async def lines(self, who: Somebody | None = None, /, **query: Any) -> list[tuple[str, int]]:
        return [(hit["path"], hit["line"]) for hit in (await self.found(who, **query))["hits"]]


@pytest.fixture
def door(tools: Tools, client: httpx.AsyncClient, street: Street) -> Door:
    return Door(client, street.ada, tools)


async def test_a_text_is_found_where_it_stands(door: Door, street: Street) -> None:
    body = await door.found(q="price(")

    assert body.pop("took_ms") > 0
    assert body == {
        "note": None,
        "query": "price(",
        "hits": [
            {
                "repository_id": str(street.shop),
                "repository_name": "shop",
                "path": "shop/basket.py",
                "commit": street.commit,
                "language": "python",
                "line": 2,
                "end_line": 2,
                "column": 13,
                "text": "    total = price(item)",
                "cut": False,
                "matches": [[12, 18]],
            }
        ],
        "totals": {"hits": 1, "files": 1, "repositories": 1, "exact": True},
        "searched": 2,
        "repositories": 2,
        "next": None,
        "out_of_time": False,
    }


async def test_hits_come_by_repository_path_and_line(door: Door) -> None:
    assert await door.lines(q="total", case="false") == [
        ("bank/total.py", 1),
        ("README.md", 3),
        ("shop/basket.py", 2),
        ("shop/basket.py", 3),
        ("shop/prices.go", 4),
    ]


async def test_a_search_keeps_to_what_it_is_told(door: Door, street: Street) -> None:
    assert ("shop/prices.go", 4) not in await door.lines(q="total")
    assert await door.lines(q="Price", word="true") == [("shop/prices.go", 3)]
    assert await door.lines(q="price", word="true") == [("shop/basket.py", 2)]
    assert await door.lines(q="^#|^package", regex="true") == [
        ("README.md", 1),
        ("shop/prices.go", 1),
    ]
    assert await door.lines(q="total", path="*.md") == [("README.md", 3)]
    assert await door.lines(q="total", case="false", language="Go") == [("shop/prices.go", 4)]
    assert await door.lines(q="total", repository_id=str(street.bank)) == [("bank/total.py", 1)]
    assert await door.lines(q="total", repository_id=str(uuid4())) == []
    assert await door.lines(q="total", workspace_id=str(uuid4())) == []
    assert await door.lines(q="total", limit=1, path="", language="", after="") == [
        ("bank/total.py", 1)
    ]


async def test_one_page_goes_on_where_the_last_one_ended(door: Door) -> None:
    whole = await door.lines(q="total", case="false")
    read, after = [], ""

    for _ in whole:
        page = await door.found(q="total", case="false", limit=2, after=after)
        read += [(hit["path"], hit["line"]) for hit in page["hits"]]
        if page["next"] is None:
            break
        after = page["next"]

    assert read == whole


async def test_a_pattern_that_is_none_is_refused_with_its_place(door: Door) -> None:
    answer = await door.get(q="total[a-", regex="true")

    assert answer.status_code == 422
    assert answer.json()["type"] == "/problems/search-pattern-refused"
    assert answer.json()["errors"] == [
        {"pointer": "/q", "detail": "Missing ]: [a-.", "position": 5}
    ]


@pytest.mark.parametrize("pattern", ["((a{100}){100}){100}", "x{1001}"])
async def test_a_pattern_that_is_too_large_is_refused(door: Door, pattern: str) -> None:
    answer = await door.get(q=pattern, regex="true")

    assert answer.status_code == 422
    assert answer.json()["type"] == "/problems/search-pattern-too-costly"


@pytest.mark.parametrize(
    "wrong",
    [{"q": ""}, {"q": "a" * 1001}, {"limit": 0}, {"limit": 1001}, {"repository_id": "x"}],
)
async def test_a_search_that_does_not_fit_is_refused(door: Door, wrong: dict[str, Any]) -> None:
    answer = await door.get(**({"q": "total"} | wrong))

    assert answer.status_code == 422
    assert answer.json()["type"] == "/problems/invalid-request"


@pytest.mark.parametrize("after", ["x", "W10=", "WyJhIiwiYiIsImMiLCJkIl0=", "é"])
async def test_a_place_that_nobody_named_is_refused(door: Door, after: str) -> None:
    answer = await door.get(q="total", after=after)

    assert answer.status_code == 422
    assert answer.json()["type"] == "/problems/place-refused"


async def test_a_stranger_sees_nothing(door: Door, street: Street) -> None:
    eve = await Make(door.tools).user("Eve", role=None)

    body = await door.found(eve, q="total", repository_id=str(street.shop))

    assert (body["hits"], body["repositories"], body["totals"]["hits"]) == ([], 0, 0)
    together = await service.exact(
        door.tools, [street.ada.actor, eve.actor], ExactQuery(text="total")
    )
    assert together.hits == []


async def test_nobody_searches_without_signing_in(door: Door) -> None:
    assert (await door.http.get(EXACT, params={"q": "total"})).status_code == 401


async def test_a_part_that_is_lost_is_made_again(door: Door, street: Street) -> None:
    for part in shelf_of(door.tools, street.bank).glob(f"*/*.{SUFFIX}"):
        part.unlink()

    body = await door.found(q="total =")
    await service.index(door.tools, street.bank)
    again = await door.lines(q="total =")

    assert [hit["path"] for hit in body["hits"]] == ["shop/basket.py"]
    assert (body["searched"], body["totals"]["exact"]) == (1, False)
    assert again == [("bank/total.py", 1), ("shop/basket.py", 2)]


async def test_a_mirror_that_is_lost_holds_nothing_and_is_not_said_to_be_searched(
    door: Door, street: Street
) -> None:
    shutil.rmtree(repositories.mirror(door.tools, street.shop))

    body = await door.found(q="total =")

    assert [hit["path"] for hit in body["hits"]] == ["bank/total.py"]
    assert (body["searched"], body["repositories"], body["totals"]["exact"]) == (1, 2, False)


async def test_a_search_whose_time_is_over_says_so_and_where_to_go_on(
    door: Door,
) -> None:
    hurried = KnowledgeSettings(exact_search_s=1e-9)
    settings = door.tools.settings.model_copy(update={"knowledge": hurried})

    found = await service.exact(
        replace(door.tools, settings=settings), door.ada.actor, ExactQuery(text="total")
    )
    rest = await service.exact(
        door.tools, door.ada.actor, ExactQuery(text="total", after=found.next)
    )

    assert (found.hits, found.out_of_time, found.totals.exact) == ([], True, False)
    assert rest.hits[0].path == "bank/total.py"
