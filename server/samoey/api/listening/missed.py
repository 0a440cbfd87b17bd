"""Reads recorded events again, for those who did not hear of them."""

import time
from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select

from samoey.kit.context import Context
from samoey.kit.event_log import RecordedEvent

Message = dict[str, Any]

PAGE = 500


async def after(ctx: Context, audience: str, seq: int) -> list[Message]:
    """A page of an audience's numbered events after one of them, in their order."""
    rows = await ctx.db.scalars(
        select(RecordedEvent)
        .where(RecordedEvent.audience == audience, RecordedEvent.seq > seq)
        .order_by(RecordedEvent.seq)
        .limit(PAGE)
    )
    return [told(row) for row in rows]


async def lately(ctx: Context, audiences: Collection[str], seconds: float) -> Sequence[Message]:
    """What these audiences were told in the last seconds, oldest first."""
    # Ids sort by birth, so the primary key alone narrows this to a few rows.
    begin = UUID(int=max(0, round((time.time() - seconds) * 1000)) << 80)
    rows = await ctx.db.scalars(
        select(RecordedEvent)
        .where(RecordedEvent.id > begin, RecordedEvent.audience.in_(audiences))
        .order_by(RecordedEvent.id)
    )
    return [told(row) for row in rows]


def born(message: Message) -> float:
    """When the event of a message was made, in seconds since 1970, as its id tells."""
    return (UUID(message["id"]).int >> 80) / 1000


def told(row: RecordedEvent) -> Message:
    """A recorded event as it goes over the wire."""
    return {
        "type": "event",
        "id": str(row.id),
        "audience": row.audience,
        "seq": row.seq,
        "name": row.name,
        "data": row.payload,
    }
