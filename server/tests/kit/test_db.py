"""What a process keeps of connections to PostgreSQL, and what it tells when there are none."""

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from sqlalchemy import make_url, text
from sqlalchemy.exc import DBAPIError, ProgrammingError

from samoey.kit.context import SYSTEM
from samoey.kit.db import DatabaseUnavailable, connect, plainly
from samoey.kit.problems import DiskFull
from tests.house.processes import RunningHouse

SET_UP = "/api/v1/workspaces/setup"


@asynccontextmanager
async def closed(house: RunningHouse) -> AsyncIterator[None]:
    """Nobody reaches the database of a house meanwhile."""
    url = make_url(_url(house))
    name = url.database
    admin = connect(url.set(database="postgres").render_as_string(hide_password=False), pool_size=1)
    async with admin.connect() as db:
        await db.execution_options(isolation_level="AUTOCOMMIT")
        await db.execute(text(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false"))
        ended = "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = :name"
        await db.execute(text(ended), {"name": name})
        yield
        await db.execute(text(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true"))
    await admin.dispose()


async def test_work_goes_on_after_the_server_ended_a_connection(house: RunningHouse) -> None:
    mine = text("SELECT pg_backend_pid()")
    async with house.tools.work(SYSTEM) as ctx:
        await ctx.db.scalar(mine)
        async with house.tools.work(SYSTEM) as other:
            ended = await other.db.scalar(mine)
        await ctx.db.execute(text("SELECT pg_terminate_backend(:pid, 5000)"), {"pid": ended})

    async with house.tools.work(SYSTEM) as ctx, house.tools.work(SYSTEM) as other:
        fresh = {await each.db.scalar(mine) for each in (ctx, other)}

    assert ended not in fresh


async def test_a_database_that_is_away_is_told_plainly_and_work_goes_on_after(
    house: RunningHouse, caplog: pytest.LogCaptureFixture
) -> None:
    async with house.client() as http:
        before = await http.get(SET_UP)
        async with closed(house):
            away = await http.get(SET_UP)
        after = await http.get(SET_UP)

    assert (before.status_code, away.status_code, after.status_code) == (200, 503, 200)
    assert away.json()["type"] == "/problems/database-unavailable"
    assert "SELECT" not in away.text
    told = [record for record in caplog.records if record.name == "samoey.kit.http"]
    assert [(each.levelno, each.exc_info) for each in told] == [(logging.WARNING, None)]


@pytest.mark.parametrize(
    ("state", "told"),
    [
        ("53100", DiskFull),
        ("53300", DatabaseUnavailable),
        ("57P03", DatabaseUnavailable),
        ("40P01", type(None)),
    ],
)
async def test_what_the_server_says_of_itself_is_told_and_nothing_else(
    house: RunningHouse, state: str, told: type
) -> None:
    async with house.tools.work(SYSTEM) as ctx:
        with pytest.raises(DBAPIError) as said:
            await ctx.db.execute(text(f"DO $$ BEGIN RAISE SQLSTATE '{state}'; END $$"))
        await ctx.db.rollback()

    assert type(plainly(said.value)) is told


async def test_what_a_failed_statement_was_given_is_not_told(house: RunningHouse) -> None:
    async with house.tools.work(SYSTEM) as ctx:
        with pytest.raises(ProgrammingError) as bug:
            await ctx.db.execute(text("SELECT :secret FROM nowhere"), {"secret": "hunter2"})
        await ctx.db.rollback()

    assert "nowhere" in str(bug.value)
    assert "hunter2" not in str(bug.value)
    assert plainly(bug.value) is None


def _url(house: RunningHouse) -> str:
    assert house.tools.settings.database_url is not None
    return house.tools.settings.database_url.get_secret_value()
