"""Every SQL statement about usage."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from samoey.domains.models.gateway.usage import Usage
from samoey.domains.models.usage.tables import HOURS, NAMES, ROLLED, SEGMENTS, USAGE
from samoey.kit.context import Actor

_COPY = "COPY usage ({}) FROM STDIN".format(", ".join(column.name for column in USAGE.columns))
_WITHOUT_PAUSE = 250
_GROUPS = ("workspace_id", "user_id", "key_id", "model_id")
_SUMS = ("requests", "errors", "prompt_tokens", "completion_tokens", "cached_tokens", "cost_micro")
_FIRST_ERROR = 400
# Any number will do, as long as every version of the program takes the same.
_DAYS_LOCK = 0x5A_4D_44_59
# Each slot is a quarter longer than the one before.
STEP = 1.25


async def written(db: AsyncSession, segment: UUID) -> int:
    """How far a segment of a journal was written."""
    return await db.scalar(sa.select(SEGMENTS.c.written).where(SEGMENTS.c.id == segment)) or 0


async def advance(db: AsyncSession, segment: UUID, start: int, end: int) -> bool:
    """Say that a segment is written up to `end`; whether nobody was faster."""
    now = sa.func.now()
    kept = insert(SEGMENTS).values(id=segment, written=end, at=now)
    kept = kept.on_conflict_do_update(
        index_elements=[SEGMENTS.c.id],
        set_={"written": end, "at": now},
        where=SEGMENTS.c.written <= start,
    )
    return await db.scalar(kept.returning(SEGMENTS.c.id)) is not None


async def forget_segments(db: AsyncSession, before: datetime) -> None:
    """Forget segments whose files are gone for long."""
    await db.execute(sa.delete(SEGMENTS).where(SEGMENTS.c.at < before))


async def copy(db: AsyncSession, rows: Sequence[Usage], numbers: Mapping[str, int]) -> None:
    """Write rows in one go."""
    raw = await (await db.connection()).get_raw_connection()
    connection: Any = raw.driver_connection
    async with connection.cursor() as cursor, cursor.copy(_COPY) as copying:
        for number, row in enumerate(rows):
            if number % _WITHOUT_PAUSE == 0:
                # Who asks models meanwhile goes first.
                await asyncio.sleep(0)
            await copying.write_row(
                (
                    datetime.fromtimestamp(row.at, UTC),
                    row.cost_micro,
                    row.prompt_tokens,
                    row.completion_tokens,
                    row.cached_tokens,
                    row.ms,
                    row.first_ms,
                    numbers[row.model],
                    numbers[row.deployment],
                    row.status,
                    row.attempts,
                    row.id,
                    row.key_id,
                    row.user_id,
                    row.workspace_id,
                )
            )


async def numbers_of(db: AsyncSession, names: Iterable[str]) -> dict[str, int]:
    """The numbers that stand for names; those that are new are given one."""
    wanted = sorted(set(names))
    known = await _numbers(db, wanted)
    if missing := [name for name in wanted if name not in known]:
        new = insert(NAMES).values([{"name": name} for name in missing])
        await db.execute(new.on_conflict_do_nothing())
        known |= await _numbers(db, missing)
    return known


async def _numbers(db: AsyncSession, names: Sequence[str]) -> dict[str, int]:
    rows = await db.execute(sa.select(NAMES.c.name, NAMES.c.id).where(NAMES.c.name.in_(names)))
    return dict(rows.all())


# ---- days -----------------------------------------------------------------------------------


async def partitioned(db: AsyncSession) -> bool:
    """Whether days are partitions of ours; where TimescaleDB is there it makes its own chunks."""
    kind = sa.text("SELECT relkind = 'p' FROM pg_class WHERE oid = 'usage'::regclass")
    return bool(await db.scalar(kind))


async def make_days(db: AsyncSession, wanted: Iterable[date]) -> None:
    """Make the partitions of some days, as far as they are not there.

    It takes the whole table for itself, so it stands in a unit of work of its own.
    """
    if not await partitioned(db):
        return
    await db.execute(sa.text("SELECT pg_advisory_xact_lock(:key)"), {"key": _DAYS_LOCK})
    there = set(await days(db))
    for day in sorted(set(wanted) - there):
        after = day + timedelta(days=1)
        await db.execute(
            sa.text(
                f"CREATE TABLE {_name(day)} PARTITION OF usage "
                f"FOR VALUES FROM ('{day} 00:00+00') TO ('{after} 00:00+00')"
            )
        )


async def days(db: AsyncSession) -> list[date]:
    """The days that there are partitions of, the oldest first."""
    names = await db.scalars(
        sa.text(
            "SELECT relname FROM pg_inherits JOIN pg_class ON pg_class.oid = inhrelid "
            "WHERE inhparent = 'usage'::regclass ORDER BY 1"
        )
    )
    return [date.fromisoformat(name.removeprefix("usage_")) for name in names]


async def drop_days(db: AsyncSession, before: date) -> None:
    """Drop everything that is older than a day."""
    if not await partitioned(db):
        await db.execute(sa.text("SELECT drop_chunks('usage', :before)"), {"before": before})
        return
    await db.execute(sa.text("SELECT pg_advisory_xact_lock(:key)"), {"key": _DAYS_LOCK})
    for day in await days(db):
        if day < before:
            await db.execute(sa.text(f"DROP TABLE {_name(day)}"))


def _name(day: date) -> str:
    return f"usage_{day:%Y%m%d}"


# ---- sums by the hour -----------------------------------------------------------------------


async def rolled(db: AsyncSession, *, lock: str = "") -> datetime:
    """Until when everything is summed up; `share` keeps it so until the end of this work."""
    wanted = sa.select(ROLLED.c.until)
    if lock:
        wanted = wanted.with_for_update(read=lock == "share")
    until: datetime | None = await db.scalar(wanted)
    assert until is not None
    return until


async def set_rolled(db: AsyncSession, until: datetime) -> None:
    """Say until when everything is summed up."""
    await db.execute(sa.update(ROLLED).values(until=until))


async def roll_up(db: AsyncSession, start: datetime, end: datetime) -> None:
    """Sum up the hours from `start` to `end`, anew if they were summed up before."""
    await db.execute(sa.delete(HOURS).where(HOURS.c.hour >= start, HOURS.c.hour < end))
    fresh = _fresh(start, end)
    names = [column.name for column in fresh.selected_columns]
    await db.execute(sa.insert(HOURS).from_select(names, fresh))


def _fresh(start: datetime, end: datetime) -> sa.Select[Any]:
    """The rows of some time as sums of hours."""
    of = USAGE.c
    answered = of.status < _FIRST_ERROR
    length = sa.func.ln(sa.func.greatest(of.ms, 1)) / sa.func.ln(STEP)
    slot = sa.case((answered, sa.cast(sa.func.floor(length), sa.SmallInteger)), else_=-1)
    hour = sa.func.date_trunc("hour", of.at, "UTC")
    groups = [hour.label("hour"), slot.label("slot"), *(of[name] for name in _GROUPS)]
    return (
        sa.select(
            *groups,
            sa.func.count().label("requests"),
            sa.func.count().filter(~answered).label("errors"),
            *(sa.func.sum(of[name]).label(name) for name in _SUMS[2:]),
            sa.func.coalesce(sa.func.sum(of.first_ms), 0).label("first_ms"),
            sa.func.count(of.first_ms).label("first_count"),
        )
        .where(of.at >= start, of.at < end)
        .group_by(*(sa.literal_column(str(n + 1)) for n in range(len(groups))))
    )


async def spent(db: AsyncSession, key_id: UUID, start: datetime, end: datetime) -> int:
    """What a key spent in some time that begins with an hour."""
    until = min(await rolled(db), end).replace(minute=0, second=0, microsecond=0)
    middle = max(start, until)
    hours = sa.select(sa.func.coalesce(sa.func.sum(HOURS.c.cost_micro), 0)).where(
        HOURS.c.key_id == key_id, HOURS.c.hour >= start, HOURS.c.hour < middle
    )
    rest = sa.select(sa.func.coalesce(sa.func.sum(USAGE.c.cost_micro), 0)).where(
        USAGE.c.key_id == key_id, USAGE.c.at >= middle, USAGE.c.at < end
    )
    return int(await db.scalar(hours) or 0) + int(await db.scalar(rest) or 0)


def visible(
    used: sa.Subquery | sa.CTE, actor: Actor, workspaces: Iterable[UUID]
) -> sa.ColumnElement[bool]:
    """What `actor` may see of it: their own, and everybody's in the workspaces they look after."""
    return sa.or_(used.c.user_id == actor.user_id, used.c.workspace_id.in_(list(workspaces)))


async def sums(
    db: AsyncSession,
    actor: Actor,
    workspaces: Iterable[UUID],
    *,
    by: str,
    start: datetime,
    end: datetime,
) -> Sequence[sa.Row[Any]]:
    """The sums of some time in buckets, and within them by how long answers took."""
    middle = min(max(start, await rolled(db)), end)
    kept = sa.select(HOURS).where(HOURS.c.hour >= start, HOURS.c.hour < middle).subquery()
    fresh = _fresh(middle, end).subquery()
    names = [column.name for column in fresh.columns]
    both = sa.union_all(
        sa.select(*(kept.c[name] for name in names)), sa.select(*(fresh.c[name] for name in names))
    ).subquery("used")
    day = sa.func.to_char(sa.func.timezone("UTC", both.c.hour), "YYYY-MM-DD")
    bucket = {
        "day": day,
        "model": NAMES.c.name,
        "key": sa.cast(both.c.key_id, sa.Text),
        "person": sa.cast(both.c.user_id, sa.Text),
    }[by]
    found = await db.execute(
        sa.select(
            bucket.label("bucket"),
            both.c.slot,
            *(
                sa.func.sum(both.c[name]).label(name)
                for name in (*_SUMS, "first_ms", "first_count")
            ),
        )
        .select_from(both.join(NAMES, NAMES.c.id == both.c.model_id))
        .where(visible(both, actor, workspaces))
        .group_by(bucket, both.c.slot)
        .order_by(bucket, both.c.slot)
    )
    return found.all()
