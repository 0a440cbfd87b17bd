"""Keeping what was used, and telling it to those who may know."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from msgspec.structs import replace

from samoey.domains.identity import service as identity
from samoey.domains.models.gateway.usage import Usage
from samoey.domains.models.usage import repository
from samoey.domains.models.usage.schemas import By, UsageOut
from samoey.domains.workspaces import service as workspaces
from samoey.domains.workspaces.service import Role
from samoey.kit.context import SYSTEM, Context, Tools
from samoey.kit.ports.ledger import Sums
from samoey.kit.problems import Conflict, InvalidRequest

_DAYS_AHEAD = 7
_DAY_S = 86_400
_LONGEST_NAME = 200
_LONGEST = timedelta(days=400)
# The file of a segment is removed soon after it was written; this is long after that.
_SEGMENTS_KEPT = timedelta(days=90)
# An hour is summed up when those who write have surely written it; what comes later is added.
_SETTLED = timedelta(minutes=2)


class RolledMeanwhile(Conflict):
    """Hours were summed up while rows of them were being written; it is tried again."""

    title = "These hours were just summed up."
    transient = True


class UsageBooks:
    """Where the gateway's accounts keep rows for good: a `Sink`."""

    def __init__(self, tools: Tools) -> None:
        self._tools = tools
        self._days: set[date] = set()

    async def written(self, segment: UUID) -> int:
        """How far a segment was written."""
        async with self._tools.work(SYSTEM) as ctx:
            return await repository.written(ctx.db, segment)

    async def write(self, segment: UUID, start: int, end: int, rows: list[Usage]) -> bool:
        """Keep the rows that stand between two places of a segment, unless somebody did already.

        Raises:
            RolledMeanwhile: old rows, and whoever sums up was faster; try again.
        """
        oldest = _oldest(self._tools, datetime.now(UTC)).timestamp()
        rows = [_fitting(row) for row in rows if row.at >= oldest]
        # A day of POSIX time has so many seconds, always.
        numbers = {int(row.at // _DAY_S) for row in rows}
        days = {datetime.fromtimestamp(it * _DAY_S, UTC).date() for it in numbers}
        if not days <= self._days:
            async with self._tools.work(SYSTEM) as ctx:
                await repository.make_days(ctx.db, days)
        async with self._tools.work(SYSTEM) as ctx:
            if not await repository.advance(ctx.db, segment, start, end):
                return False
            if not rows:
                return True
            first = datetime.fromtimestamp(min(row.at for row in rows), UTC)
            await _open_hours(ctx, first)
            names = {name for row in rows for name in (row.model, row.deployment)}
            await repository.copy(ctx.db, rows, await repository.numbers_of(ctx.db, names))
        self._days |= days
        return True


def _fitting(row: Usage) -> Usage:
    """The row with names that PostgreSQL takes: callers choose them."""
    model = row.model.replace("\0", "\N{REPLACEMENT CHARACTER}")[:_LONGEST_NAME]
    return row if model == row.model else replace(row, model=model)


async def _open_hours(ctx: Context, first: datetime) -> None:
    """Have the hours from `first` on summed up again, and keep them from it until this is done."""
    hour = first.replace(minute=0, second=0, microsecond=0)
    if await repository.rolled(ctx.db) > hour:
        # Who held the lock before may have gone back further: what they opened stays open.
        if await repository.rolled(ctx.db, lock="update") > hour:
            await repository.set_rolled(ctx.db, hour)
    elif await repository.rolled(ctx.db, lock="share") > hour:
        raise RolledMeanwhile


class SpentBefore:
    """Sums up what a key had spent until a moment: a `History` for the gateway's purse."""

    def __init__(self, tools: Tools) -> None:
        self._tools = tools

    async def __call__(self, owner: str, until_ms: int) -> Sums:
        """The sums of the day and the month (UTC) of that moment."""
        until = datetime.fromtimestamp(until_ms / 1000, UTC)
        day = until.replace(hour=0, minute=0, second=0, microsecond=0)
        async with self._tools.work(SYSTEM) as ctx:
            of_day = await repository.spent(ctx.db, UUID(owner), day, until)
            before = await repository.spent(ctx.db, UUID(owner), day.replace(day=1), day)
        return Sums(of_day, before + of_day)


async def list_usage(
    ctx: Context, *, by: By, start: datetime | None = None, end: datetime | None = None
) -> list[UsageOut]:
    """What was used in some time (the last 30 days): one's own, or a workspace's for its admins.

    Raises:
        InvalidRequest: the time ends before it begins, or is longer than a year.
    """
    end = _hour(end or datetime.now(UTC), up=True)
    start = _hour(start or end - timedelta(days=30), up=False)
    if not timedelta(0) < end - start <= _LONGEST:
        raise InvalidRequest("`from` lies before `to`, by 400 days at most.")
    mine = [
        workspace.id
        for workspace in await workspaces.list_workspaces(ctx)
        if workspace.role.rank >= Role.ADMIN.rank
    ]
    found = await repository.sums(ctx.db, ctx.actor, mine, by=by, start=start, end=end)
    buckets: dict[str | None, list[Any]] = {}
    for row in found:
        buckets.setdefault(row.bucket, []).append(row)
    labels = await _labels(ctx, by, [bucket for bucket in buckets if bucket is not None])
    told = [_told(bucket, labels.get(bucket or ""), rows) for bucket, rows in buckets.items()]
    return told if by == By.DAY else sorted(told, key=lambda it: (-it.cost_micro, -it.requests))


async def _labels(ctx: Context, by: By, buckets: list[str]) -> dict[str, str]:
    if by == By.PERSON:
        people = await identity.people(ctx, [UUID(bucket) for bucket in buckets])
        return {str(person_id): person.name for person_id, person in people.items()}
    if by == By.KEY:
        return await identity.key_names(ctx, [UUID(bucket) for bucket in buckets])
    return {bucket: bucket for bucket in buckets}


def _told(bucket: str | None, label: str | None, rows: Sequence[Any]) -> UsageOut:
    def whole(name: str) -> int:
        return int(sum(getattr(row, name) for row in rows))

    slots = [(row.slot, int(row.requests)) for row in rows if row.slot >= 0]
    firsts = whole("first_count")
    return UsageOut(
        bucket=bucket,
        label=label,
        requests=whole("requests"),
        errors=whole("errors"),
        prompt_tokens=whole("prompt_tokens"),
        completion_tokens=whole("completion_tokens"),
        cached_tokens=whole("cached_tokens"),
        cost_micro=whole("cost_micro"),
        p50_ms=_percentile(slots, 0.5),
        p95_ms=_percentile(slots, 0.95),
        first_ms=round(whole("first_ms") / firsts) if firsts else None,
    )


def _percentile(slots: list[tuple[int, int]], share: float) -> int | None:
    """The middle of the slot in which that share of the answers has come."""
    wanted = share * sum(count for _, count in slots)
    for slot, count in sorted(slots):
        wanted -= count
        if wanted <= 0:
            return round(float(repository.STEP ** (slot + 0.5)))
    return None


def _hour(moment: datetime, *, up: bool) -> datetime:
    moment = moment.astimezone(UTC)
    hour = moment.replace(minute=0, second=0, microsecond=0)
    return hour + timedelta(hours=1) if up and hour < moment else hour


async def keep_in_order(tools: Tools) -> None:
    """Sum up the hours that are over, make days ahead, and drop what is older than is kept."""
    now = datetime.now(UTC)
    today = now.date()
    async with tools.work(SYSTEM) as ctx:
        ahead = (today + timedelta(days=number) for number in range(_DAYS_AHEAD + 1))
        await repository.make_days(ctx.db, ahead)
    await roll_up(tools, now)
    async with tools.work(SYSTEM) as ctx:
        await repository.drop_days(ctx.db, _oldest(tools, now).date())
        await repository.forget_segments(ctx.db, now - _SEGMENTS_KEPT)


async def roll_up(tools: Tools, now: datetime) -> None:
    """Sum up the hours that are over, day by day, as far as their rows are still there."""
    until = _hour(now - _SETTLED, up=False)
    while True:
        async with tools.work(SYSTEM) as ctx:
            start = await repository.rolled(ctx.db, lock="update")
            if start >= until:
                return
            # What was dropped stays as it was summed up.
            start = max(start, _oldest(tools, now))
            end = min(until, start + timedelta(days=1))
            await repository.roll_up(ctx.db, start, end)
            await repository.set_rolled(ctx.db, end)


def _oldest(tools: Tools, now: datetime) -> datetime:
    """The begin of the oldest day of which single requests are kept."""
    today = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return today - timedelta(days=tools.settings.models.usage_days)
