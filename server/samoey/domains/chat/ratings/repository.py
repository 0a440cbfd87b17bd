"""Every SQL statement about ratings and figures."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from samoey.domains.chat.ratings.tables import AnswerRating
from samoey.domains.chat.schemas import Thumb
from samoey.domains.chat.tables import Conversation, Message
from samoey.kit.ids import new_id


async def put(db: AsyncSession, message_id: UUID, user_id: UUID, *, up: bool) -> None:
    """Keep what a person says of an answer now, instead of what they said before."""
    said = insert(AnswerRating).values(id=new_id(), message_id=message_id, user_id=user_id, up=up)
    await db.execute(
        said.on_conflict_do_update(index_elements=["message_id", "user_id"], set_={"up": up})
    )


async def take_back(db: AsyncSession, message_id: UUID, user_id: UUID) -> bool:
    """Forget what a person said of an answer; whether they had said anything."""
    gone = await db.scalar(
        delete(AnswerRating)
        .where(AnswerRating.message_id == message_id, AnswerRating.user_id == user_id)
        .returning(AnswerRating.id)
    )
    return gone is not None


async def forget(db: AsyncSession, message_id: UUID) -> None:
    """Forget what everybody said of an answer."""
    await db.execute(delete(AnswerRating).where(AnswerRating.message_id == message_id))


async def of_person(
    db: AsyncSession, user_id: UUID | None, message_ids: Sequence[UUID]
) -> dict[UUID, Thumb]:
    """What a person said of some answers."""
    if user_id is None or not message_ids:
        return {}
    rows = await db.execute(
        select(AnswerRating.message_id, AnswerRating.up).where(
            AnswerRating.user_id == user_id, AnswerRating.message_id.in_(message_ids)
        )
    )
    return {message_id: "up" if up else "down" for message_id, up in rows}


async def figures(
    db: AsyncSession, workspace_id: UUID, arm_ids: Iterable[UUID]
) -> Sequence[Row[Any]]:
    """How the answers of some arms went, in all conversations of a workspace."""
    thumbs = (
        select(
            AnswerRating.message_id,
            func.count().filter(AnswerRating.up).label("up"),
            func.count().filter(~AnswerRating.up).label("down"),
        )
        .join(Message, Message.id == AnswerRating.message_id)
        .where(Message.arm_id.in_(list(arm_ids)))
        .group_by(AnswerRating.message_id)
        .subquery()
    )
    written = Message.status.in_(("done", "stopped"))
    done = Message.status == "done"

    def middle(of: Any, part: float) -> Any:
        return func.percentile_disc(part).within_group(of.asc()).filter(done)

    found = await db.execute(
        select(
            Message.arm_id,
            func.count().filter(written).label("answers"),
            func.count().filter(Message.status == "failed").label("failed"),
            func.coalesce(func.sum(thumbs.c.up), 0).label("up"),
            func.coalesce(func.sum(thumbs.c.down), 0).label("down"),
            func.coalesce(func.sum(Message.cost_micro), 0).label("cost_micro"),
            middle(Message.ms, 0.5).label("p50_ms"),
            middle(Message.ms, 0.95).label("p95_ms"),
            middle(Message.first_ms, 0.5).label("first_ms"),
        )
        .join(Conversation, Conversation.id == Message.conversation_id)
        .outerjoin(thumbs, thumbs.c.message_id == Message.id)
        .where(Conversation.workspace_id == workspace_id, Message.arm_id.in_(list(arm_ids)))
        .group_by(Message.arm_id)
    )
    return found.all()
