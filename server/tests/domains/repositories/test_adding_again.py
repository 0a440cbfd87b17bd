"""A folder that is added again is looked at again, and changes only in what is said of it."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.author import Author
from tests.domains.repositories.door import PLACE, add, added, slug
from tests.make import Make, Somebody

Told = Callable[[], Awaitable[list[str]]]


@pytest.fixture
async def ada(make: Make) -> Somebody:
    return await make.user()


@pytest.fixture
def author(tmp_path: Path) -> Author:
    return Author(tmp_path / "work")


async def test_a_folder_that_is_added_again_keeps_what_others_chose(
    client: httpx.AsyncClient, ada: Somebody, author: Author
) -> None:
    chosen = {"name": "Ours", "include": ["src/"], "exclude": ["*.md"], "sync_minutes": 30}
    first = await added(client, ada, source=str(author.folder), dirty=True, **chosen)

    again = await added(client, ada, source=str(author.folder))

    assert again == first


@pytest.mark.parametrize(
    "said",
    [
        {"name": "Theirs"},
        {"sync_minutes": 5},
        {"sync_minutes": None},
        {"include": ["lib/"]},
        {"exclude": []},
        {"name": "Theirs", "exclude": ["*.txt"]},
    ],
)
async def test_what_is_said_of_a_folder_that_is_added_again_is_a_change_of_just_that(
    client: httpx.AsyncClient, ada: Somebody, author: Author, told: Told, said: dict[str, Any]
) -> None:
    chosen = {"name": "Ours", "include": ["src/"], "exclude": ["*.md"], "sync_minutes": 30}
    first = await added(client, ada, source=str(author.folder), **chosen)

    again = await added(client, ada, source=str(author.folder), **said)

    assert again == first | said
    assert "repositories.repository_changed" in await told()


async def test_uncommitted_changes_are_wanted_until_somebody_says_otherwise(
    client: httpx.AsyncClient, ada: Somebody, author: Author
) -> None:
    wishes: list[dict[str, bool]] = [{}, {"dirty": True}, {}, {"dirty": False}, {}]

    shown = [await added(client, ada, source=str(author.folder), **wish) for wish in wishes]

    assert [one["dirty_wanted"] for one in shown] == [False, True, True, False, False]


async def test_a_folder_that_is_added_again_with_a_bad_pattern_stays_as_it_was(
    client: httpx.AsyncClient, ada: Somebody, author: Author
) -> None:
    first = await added(client, ada, source=str(author.folder), include=["src/"])

    response = await add(client, ada, str(author.folder), include=["["], name="Theirs")

    assert slug(response) == "pattern-refused"
    place = f"{PLACE}/{first['id']}"
    assert (await client.get(place, headers=ada.headers)).json() == first
