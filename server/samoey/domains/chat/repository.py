"""Every SQL statement about conversations and messages."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, delete, func, or_, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from samoey.domains.chat.tables import Conversation, Message

OPEN = ("waiting", "writing")


def visible(user_id: UUID | None, workspaces: Select[UUID]) -> Select[Conversation]:
    """The conversations that a person may know about; all reads made for them narrow this."""
    mine_or_shared = or_(Conversation.owner_id == user_id, Conversation.shared)
    return select(Conversation).where(Conversation.workspace_id.in_(workspaces), mine_or_shared)


async def find(
    db: AsyncSession, seen: Select[Conversation], conversation_id: UUID
) -> Conversation | None:
    """One of the conversations in `seen`."""
    return await db.scalar(seen.where(Conversation.id == conversation_id))


async def latest(
    db: AsyncSession,
    seen: Select[Conversation],
    *,
    workspace_id: UUID | None,
    before: UUID | None,
    limit: int,
) -> Sequence[Conversation]:
    """A page of the conversations in `seen`, those spoken in last first."""
    if workspace_id is not None:
        seen = seen.where(Conversation.workspace_id == workspace_id)
    place = tuple_(Conversation.updated_at, Conversation.id)
    if before is not None:
        mark = aliased(Conversation)
        seen = seen.where(
            place < select(mark.updated_at, mark.id).where(mark.id == before).scalar_subquery()
        )
    ordered = seen.order_by(Conversation.updated_at.desc(), Conversation.id.desc()).limit(limit)
    return (await db.scalars(ordered)).all()


async def which(
    db: AsyncSession, seen: Select[Conversation], conversation_ids: Iterable[UUID]
) -> set[UUID]:
    """Those of the given conversations that are in `seen`."""
    narrowed = seen.with_only_columns(Conversation.id).where(Conversation.id.in_(conversation_ids))
    return set((await db.scalars(narrowed)).all())


async def lock(db: AsyncSession, conversation_id: UUID) -> None:
    """Hold the conversation until the end of this work: who posts next waits."""
    await db.execute(
        select(Conversation.id).where(Conversation.id == conversation_id).with_for_update()
    )


async def advance(db: AsyncSession, conversation_id: UUID, *, messages: int = 0) -> tuple[int, int]:
    """Take the next event number, and room for so many messages: `(seq, last_number)`.

    The row stays locked until the commit, so the order of numbers is the order of commits.
    """
    taken = await db.execute(
        update(Conversation)
        .where(Conversation.id == conversation_id)
        .values(seq=Conversation.seq + 1, last_number=Conversation.last_number + messages)
        .returning(Conversation.seq, Conversation.last_number)
        .execution_options(synchronize_session=False)
    )
    seq, last_number = taken.one()
    return seq, last_number


async def change(db: AsyncSession, conversation_id: UUID, **values: Any) -> None:
    """Write the given columns of one conversation."""
    await db.execute(
        update(Conversation)
        .where(Conversation.id == conversation_id)
        .values(**values)
        .execution_options(synchronize_session="fetch")
    )


async def remove(db: AsyncSession, conversation_id: UUID) -> None:
    """Delete a conversation with its messages."""
    await db.execute(delete(Conversation).where(Conversation.id == conversation_id))


async def touch(db: AsyncSession, conversation_id: UUID) -> None:
    """Say that it was spoken in now."""
    await change(db, conversation_id, updated_at=datetime.now(UTC))


async def page(
    db: AsyncSession,
    conversation_id: UUID,
    *,
    before: int | None,
    after: int | None,
    limit: int,
) -> Sequence[Message]:
    """A page of messages, oldest first: the ones right after `after`, else the last ones."""
    of = select(Message).where(Message.conversation_id == conversation_id)
    if before is not None:
        of = of.where(Message.number < before)
    if after is not None:
        of = of.where(Message.number > after)
        return (await db.scalars(of.order_by(Message.number).limit(limit))).all()
    found = (await db.scalars(of.order_by(Message.number.desc()).limit(limit))).all()
    return list(reversed(found))


async def by_key(
    db: AsyncSession, conversation_id: UUID, author_id: UUID | None, key: str
) -> Message | None:
    """What a person posted under a key before."""
    return await db.scalar(
        select(Message).where(
            Message.conversation_id == conversation_id,
            Message.author_id == author_id,
            Message.key == key,
        )
    )


async def message(
    db: AsyncSession, conversation_id: UUID, message_id: UUID, *, held: bool = False
) -> Message | None:
    """One message of a conversation; `held` keeps others from changing it meanwhile."""
    found = select(Message).where(
        Message.conversation_id == conversation_id, Message.id == message_id
    )
    return await db.scalar(found.with_for_update() if held else found)


async def context_of(
    db: AsyncSession, conversation_id: UUID, message_id: UUID
) -> dict[str, Any] | None:
    """What an answer that is complete was made from, if that was kept."""
    return await db.scalar(
        select(Message.context).where(
            Message.conversation_id == conversation_id,
            Message.id == message_id,
            Message.status.not_in(OPEN),
        )
    )


async def answer_for_writing(
    db: AsyncSession, answer_id: UUID
) -> tuple[Message, Message, Conversation] | None:
    """An answer (held), its question and their conversation, as the system needs them."""
    answer = await db.scalar(select(Message).where(Message.id == answer_id).with_for_update())
    if answer is None or answer.answers_message_id is None:
        return None
    question = await db.get_one(Message, answer.answers_message_id)
    conversation = await db.get_one(Conversation, answer.conversation_id)
    return answer, question, conversation


async def standing(db: AsyncSession, answer_id: UUID) -> tuple[int, bool] | None:
    """The attempt that is being made at an answer, and whether somebody wants it to stop."""
    found = await db.execute(
        select(Message.attempt, Message.stop_asked).where(
            Message.id == answer_id, Message.status == "writing"
        )
    )
    row = found.one_or_none()
    return None if row is None else (row.attempt, row.stop_asked)


async def said_before(
    db: AsyncSession, conversation_id: UUID, number: int, *, limit: int
) -> Sequence[Message]:
    """What was said before a number, oldest first; answers that are open or failed left out."""
    rows = await db.scalars(
        select(Message)
        .where(
            Message.conversation_id == conversation_id,
            Message.number < number,
            Message.status.in_(("done", "stopped")),
        )
        .order_by(Message.number.desc())
        .limit(limit)
    )
    return list(reversed(rows.all()))


async def answer_of(db: AsyncSession, question_id: UUID) -> Message | None:
    """The answer to a question."""
    return await db.scalar(select(Message).where(Message.answers_message_id == question_id))


async def running(db: AsyncSession, conversation_ids: Iterable[UUID]) -> Sequence[Message]:
    """The answers that are waiting or being written in these conversations, as they come."""
    of: ColumnElement[bool] = Message.conversation_id.in_(conversation_ids)
    rows = await db.scalars(
        select(Message).where(of, Message.status.in_(OPEN)).order_by(Message.number)
    )
    return rows.all()


async def tally(db: AsyncSession) -> Sequence[tuple[str, int, int]]:
    """How many answers there are of each status, and the citations dropped from them."""
    rows = await db.execute(
        select(Message.status, func.count(), func.sum(Message.dropped_citations))
        .where(Message.role == "assistant")
        .group_by(Message.status)
        .order_by(Message.status)
    )
    return [(status, count, int(dropped)) for status, count, dropped in rows]
