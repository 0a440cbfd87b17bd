"""Whoever wants a repository brought up to date, a person or the clock, is heard once."""

from collections.abc import Awaitable, Callable

import httpx
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from samoey.domains.repositories import service
from samoey.kit.context import Tools
from tests.domains.repositories.door import PLACE, added
from tests.make import Make, Somebody

Told = Callable[[], Awaitable[list[str]]]


@pytest.fixture
async def ada(make: Make) -> Somebody:
    return await make.user()


async def test_asking_for_a_sync_again_and_again_asks_once(
    client: httpx.AsyncClient, ada: Somebody, jobs_waiting: Told, db: AsyncConnection
) -> None:
    place = f"{PLACE}/{(await added(client, ada))['id']}/sync"
    await db.execute(text("UPDATE repositories SET asked_at = now() - interval '1 hour'"))

    for _ in range(5):
        assert (await client.post(place, headers=ada.headers)).status_code == 202

    assert (await jobs_waiting()).count("repositories.fetch_again") == 1


async def test_who_asks_while_a_fetch_runs_wants_another_one(
    client: httpx.AsyncClient, ada: Somebody, jobs_waiting: Told, db: AsyncConnection
) -> None:
    place = f"{PLACE}/{(await added(client, ada))['id']}/sync"
    await db.execute(text("UPDATE repositories SET status = 'fetching'"))

    await client.post(place, headers=ada.headers)

    assert (await jobs_waiting()).count("repositories.fetch_again") == 1


async def test_the_clock_asks_for_those_that_are_due(
    client: httpx.AsyncClient, ada: Somebody, tools: Tools, db: AsyncConnection, told: Told
) -> None:
    await added(client, ada, sync_minutes=30)
    await added(client, ada, branch="by-hand")
    await db.execute(text("UPDATE repositories SET asked_at = now() - interval '1 hour'"))
    await db.execute(text("UPDATE repositories SET created_at = asked_at"))

    await service.ask_for_due(tools)
    await service.ask_for_due(tools)

    assert (await told()).count("repositories.sync_requested") == 1
