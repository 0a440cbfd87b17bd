"""What a look at the recorded events tells: whether something was decided anew."""

from collections.abc import Sequence
from uuid import UUID

import sqlalchemy as sa
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


# Ids sort by birth, so the primary key alone narrows this to a few rows: those born after so many
# milliseconds before now, by the database's own clock. Put together once, as it is asked for ever.
_NOW_MS = sa.extract("epoch", sa.func.statement_timestamp()) * 1000
_BORN_MS = sa.cast(_NOW_MS - sa.bindparam("back_ms", type_=sa.BigInteger), sa.BigInteger)
_BORN = sa.func.lpad(sa.func.to_hex(_BORN_MS), 12, "0", type_=sa.Text)
_DECIDED = sa.select(RecordedEvent.id).where(
    RecordedEvent.id > sa.cast(_BORN + "0" * 20, sa.Uuid),
    sa.or_(RecordedEvent.name.startswith("models."), RecordedEvent.name.in_(_OTHERS)),
)


async def decided_lately(db: AsyncSession, seconds: float) -> Sequence[UUID]:
    """The ids of what was decided in the last seconds, by the database's own clock."""
    return (await db.scalars(_DECIDED, {"back_ms": round(seconds * 1000)})).all()
