"""What a look at the recorded events tells: whether something was decided anew."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from samoey.kit.event_log import RecordedEvent

# What changes who may ask for which model, beside everything that models themselves tell.
_OTHERS = (
    "identity.key_made",
    "identity.key_revoked",
    "identity.user_disabled",
    "identity.user_enabled",
    "workspaces.member_joined",
    "workspaces.member_left",
    "workspaces.member_changed",
)


async def decided_lately(db: AsyncSession, seconds: float) -> Sequence[UUID]:
    """The ids of what was decided in the last seconds, by the database's own clock."""
    now_ms = await db.scalar(select(func.extract("epoch", func.clock_timestamp()) * 1000))
    # Ids sort by birth, so the primary key alone narrows this to a few rows.
    begin = UUID(int=max(0, int(now_ms or 0) - round(seconds * 1000)) << 80)
    wanted = select(RecordedEvent.id).where(
        RecordedEvent.id > begin,
        or_(RecordedEvent.name.startswith("models."), RecordedEvent.name.in_(_OTHERS)),
    )
    return (await db.scalars(wanted)).all()
