"""Usage: narrow rows, written once, summed up by the hour, shown to those who may see it."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import httpx
from sqlalchemy import text

from samoey.domains.identity import service as identity
from samoey.domains.identity.keys.schemas import NewKey
from samoey.domains.models.gateway.usage import Usage
from samoey.domains.models.usage import reactions, repository, service
from samoey.kit.context import SYSTEM, Tools
from samoey.kit.settings import ModelSettings
from tests.conftest import OpenHouse
from tests.domains.models.gateway.noter import row
from tests.house.processes import RunningHouse
from tests.make import Make, Somebody

OLD_DAY = """CREATE TABLE usage_20200101 PARTITION OF usage
    FOR VALUES FROM ('2020-01-01 00:00+00') TO ('2020-01-02 00:00+00')"""
WAITS = """SELECT count(*) FROM pg_locks
    WHERE NOT granted AND pg_backend_pid() = ANY (pg_blocking_pids(pid))"""
NOW = datetime.now(UTC).replace(minute=30, second=0, microsecond=0)


def used(who: Somebody, hours_ago: float = 0, **changes: object) -> Usage:
    told = {
        "id": str(uuid4()),
        "at": (NOW - timedelta(hours=hours_ago)).timestamp(),
        "user_id": str(who.id),
        "workspace_id": str(who.workspace_id),
        "key_id": None,
        "prompt_tokens": 10,
        "completion_tokens": 5,
        "cost_micro": 100,
        "ms": 800,
    } | changes
    return row(0, **told)


async def keep(tools: Tools, *rows: Usage) -> None:
    assert await service.UsageBooks(tools).write(uuid4(), 16, 999, list(rows))


async def asked(http: httpx.AsyncClient, who: Somebody, **params: str) -> list[dict[str, object]]:
    answer = await http.get("/api/v1/models/usage", params=params, headers=who.headers)
    assert answer.status_code == 200, answer.text
    told: list[dict[str, object]] = answer.json()
    return told


async def test_usage_is_summed_up_by_day_model_key_and_person(
    client: httpx.AsyncClient, tools: Tools, make: Make
) -> None:
    ada = await make.user()
    async with tools.work(ada.actor) as ctx:
        key = await identity.make_key_for(ctx, ada.id, NewKey(name="editor"))
    await keep(
        tools,
        used(ada, 0, key_id=str(key.id), first_ms=100),
        used(ada, 0, first_ms=300, ms=1600, cached_tokens=4),
        used(ada, 24, model="smart", status=502),
    )

    today, yesterday = f"{NOW:%Y-%m-%d}", f"{NOW - timedelta(days=1):%Y-%m-%d}"
    by_day = await asked(client, ada, by="day")
    by_model = await asked(client, ada, by="model")
    by_key = await asked(client, ada, by="key")
    [person] = await asked(client, ada, by="person")

    assert [(one["bucket"], one["requests"]) for one in by_day] == [(yesterday, 1), (today, 2)]
    assert [(one["label"], one["errors"]) for one in by_model] == [("fast", 0), ("smart", 1)]
    assert [(one["label"], one["bucket"]) for one in by_key] == [
        (None, None),
        ("editor", str(key.id)),
    ]
    assert person == {
        "bucket": str(ada.id),
        "label": "Ada",
        "requests": 3,
        "errors": 1,
        "prompt_tokens": 30,
        "completion_tokens": 15,
        "cached_tokens": 4,
        "cost_micro": 300,
        "p50_ms": person["p50_ms"],
        "p95_ms": person["p95_ms"],
        "first_ms": 200,
    }
    assert 700 <= int(str(person["p50_ms"])) <= 900
    assert 1400 <= int(str(person["p95_ms"])) <= 1800


async def test_a_member_sees_their_own_usage_and_a_stranger_none(
    client: httpx.AsyncClient, tools: Tools, make: Make
) -> None:
    ada = await make.user()
    bob = await make.user("Bob", role="member")
    eve = await make.user("Eve", role=None)
    await keep(tools, used(ada), used(bob))

    assert len(await asked(client, ada, by="person")) == 2
    assert [one["label"] for one in await asked(client, bob, by="person")] == ["Bob"]
    assert await asked(client, eve) == []
    assert (await client.get("/api/v1/models/usage")).status_code == 401


async def test_a_time_that_ends_before_it_begins_is_refused(
    client: httpx.AsyncClient, make: Make
) -> None:
    ada = await make.user()
    answer = await client.get(
        "/api/v1/models/usage",
        params={"from": NOW.isoformat(), "to": (NOW - timedelta(days=1)).isoformat()},
        headers=ada.headers,
    )

    assert answer.status_code == 422


async def test_sums_by_the_hour_say_the_same_as_the_rows_and_late_rows_are_added(
    client: httpx.AsyncClient, tools: Tools, make: Make
) -> None:
    ada = await make.user()
    await keep(tools, *(used(ada, hours, first_ms=50) for hours in (1, 1, 2, 30)))
    fresh = await asked(client, ada, by="model")
    await service.roll_up(tools, NOW)
    summed = await asked(client, ada, by="model")
    async with tools.work(SYSTEM) as ctx:
        hours = await ctx.db.scalar(text("SELECT count(*) FROM usage_hours"))
    await keep(tools, used(ada, 2), used(ada, 0))
    before = await asked(client, ada, by="model")
    for _ in range(2):
        await service.roll_up(tools, NOW)
    after = await asked(client, ada, by="model")

    assert hours == 3
    assert fresh == summed
    assert [one["requests"] for one in before] == [one["requests"] for one in after] == [6]
    assert before == after


async def test_what_a_key_spent_is_known_from_sums_and_rows_until_a_moment(
    tools: Tools, make: Make
) -> None:
    ada = await make.user()
    async with tools.work(ada.actor) as ctx:
        key = await identity.make_key_for(ctx, ada.id, NewKey(name="editor"))
    month = datetime(NOW.year, NOW.month, 1, tzinfo=UTC)
    moments = [NOW - timedelta(minutes=1), NOW + timedelta(seconds=5), month - timedelta(seconds=1)]
    rows = [used(ada, at=one.timestamp(), key_id=str(key.id)) for one in moments]
    await keep(tools, *rows, used(ada, key_id=str(uuid4())))
    spent = service.SpentBefore(tools)
    until = round(NOW.timestamp() * 1000)

    fresh = await spent(str(key.id), until)
    await service.roll_up(tools, NOW + timedelta(hours=2))
    summed = await spent(str(key.id), until)

    assert (fresh.day, fresh.month) == (100, 100)
    assert fresh == summed
    assert (await spent(str(uuid4()), until)).month == 0


async def test_a_batch_is_written_once_however_often_it_is_brought(
    tools: Tools, make: Make
) -> None:
    ada = await make.user()
    books, segment = service.UsageBooks(tools), uuid4()
    first = await books.write(segment, 16, 200, [used(ada)])
    again = await service.UsageBooks(tools).write(segment, 16, 200, [used(ada)])
    more = await books.write(segment, 200, 300, [used(ada)])

    assert [first, again, more] == [True, False, True]
    assert await books.written(segment) == 300
    assert await books.written(uuid4()) == 0
    async with tools.work(SYSTEM) as ctx:
        assert await ctx.db.scalar(text("SELECT count(*) FROM usage")) == 2


async def test_names_that_callers_make_up_stop_nobody(tools: Tools, make: Make) -> None:
    ada = await make.user()
    await keep(tools, used(ada, model="a\0b"), used(ada, model="x" * 10_000), used(ada))

    async with tools.work(SYSTEM) as ctx:
        names = set(await ctx.db.scalars(text("SELECT name FROM usage_names")))

    assert {"a\ufffdb", "x" * 200} <= names


async def test_writers_and_whoever_sums_up_lose_nothing_to_one_another(
    house: RunningHouse,
) -> None:
    ada = await house.make.user()

    async def write(hours_ago: int) -> None:
        books, segment, start = service.UsageBooks(house.tools), uuid4(), 16
        while start < 16 + 8:
            try:
                await books.write(segment, start, start + 1, [used(ada, hours_ago), used(ada)])
            except service.RolledMeanwhile:
                continue
            start += 1

    async def sum_up() -> None:
        for minutes in range(10):
            await service.roll_up(house.tools, NOW + timedelta(minutes=minutes))

    await asyncio.gather(write(1), write(3), write(30), sum_up())
    async with house.client() as http:
        before = await asked(http, ada, by="person")
        await service.roll_up(house.tools, NOW + timedelta(hours=2))
        after = await asked(http, ada, by="person")

    assert before == after
    assert [one["requests"] for one in after] == [48]


async def test_of_two_who_write_old_rows_none_closes_the_hours_that_the_other_opened(
    house: RunningHouse,
) -> None:
    ada = await house.make.user()
    await service.roll_up(house.tools, NOW)
    async with house.tools.work(SYSTEM) as ctx:
        # As whoever writes the oldest rows does, and is not done yet.
        await repository.rolled(ctx.db, lock="update")
        writing = asyncio.create_task(keep(house.tools, used(ada, 3)))
        async with asyncio.timeout(60):
            while not await ctx.db.scalar(text(WAITS)):  # noqa: ASYNC110 - nobody tells who waits
                await asyncio.sleep(0.01)
        oldest = NOW.replace(minute=0) - timedelta(hours=30)
        await repository.set_rolled(ctx.db, oldest)
    await writing

    async with house.tools.work(SYSTEM) as ctx:
        assert await repository.rolled(ctx.db) == oldest


async def days(house: RunningHouse) -> Sequence[str]:
    async with house.tools.work(SYSTEM) as ctx:
        names = await ctx.db.scalars(
            text(
                "SELECT relname FROM pg_class WHERE relispartition AND relkind = 'r' "
                "AND relname LIKE 'usage_%' ORDER BY 1"
            )
        )
        return list(names)


async def test_days_are_made_ahead_and_dropped_when_they_are_old_but_their_sums_stay(
    open_test_house: OpenHouse,
) -> None:
    kept = ModelSettings(local_only=True, usage_days=3)
    async with open_test_house(models=kept) as house:
        ada = await house.make.user()
        await keep(house.tools, used(ada, 48), used(ada, 24 * 3), used(ada, 24 * 30))
        async with house.tools.work(SYSTEM) as ctx:
            await ctx.db.execute(text(OLD_DAY))
        await reactions.keep_in_order.work(house.tools)
        await reactions.keep_in_order.work(house.tools)
        there = await days(house)
        async with house.client() as http:
            told = await asked(http, ada, by="person")

    today = datetime.now(UTC)
    assert "usage_20200101" not in there
    assert f"usage_{today + timedelta(days=7):%Y%m%d}" in there
    assert [one["requests"] for one in told] == [2]


async def test_a_row_takes_less_than_200_bytes_with_everything_around_it(
    house: RunningHouse,
) -> None:
    ada = await house.make.user()
    many = [
        used(ada, key_id=str(UUID(int=1)), first_ms=100, model="a" * 60, deployment=str(uuid4()))
        for _ in range(20_000)
    ]
    await keep(house.tools, *many)
    async with house.tools.work(SYSTEM) as ctx:
        row_bytes = await ctx.db.scalar(text("SELECT max(pg_column_size(usage.*)) FROM usage"))
        whole = await ctx.db.scalar(text(f"SELECT pg_total_relation_size('usage_{NOW:%Y%m%d}')"))

    assert row_bytes is not None
    assert row_bytes + 4 <= 200
    assert (whole or 0) / len(many) <= 200
