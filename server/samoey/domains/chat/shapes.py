"""Rows with the names that belong to them, as people read them; constant in queries."""

from collections.abc import Sequence
from uuid import UUID

from samoey.domains.chat.ratings import repository as ratings
from samoey.domains.chat.repository import OPEN
from samoey.domains.chat.schemas import Author, ConversationOut, MessageOut, Thumb
from samoey.domains.chat.tables import Conversation, Message
from samoey.domains.identity import service as identity
from samoey.kit.context import Context

# What is shown for somebody whose account is gone.
NOBODY = "Somebody who left"
_LONGEST_TITLE = 72


async def conversations_out(ctx: Context, rows: Sequence[Conversation]) -> list[ConversationOut]:
    """Headings with their owners' names, by one further query."""
    owners = await identity.people(ctx, {row.owner_id for row in rows})
    return [
        ConversationOut(
            id=row.id,
            workspace_id=row.workspace_id,
            title=row.title,
            owner_id=row.owner_id,
            owner_name=owners[row.owner_id].name if row.owner_id in owners else NOBODY,
            shared=row.shared,
            repository_ids=row.repository_ids,
            seq=row.seq,
            created_at=row.created_at,
            updated_at=row.updated_at,
        )
        for row in rows
    ]


async def messages_out(ctx: Context, rows: Sequence[Message]) -> list[MessageOut]:
    """Messages with their authors' names and the reader's ratings, by two further queries."""
    authors = await identity.people(ctx, {row.author_id for row in rows if row.author_id})
    names = {user_id: person.name for user_id, person in authors.items()}
    answers = [row.id for row in rows if row.answers_message_id]
    rated = await ratings.of_person(ctx.db, ctx.actor.user_id, answers)
    return [_message_out(row, names, rated.get(row.id)) for row in rows]


def _message_out(row: Message, names: dict[UUID, str], rating: Thumb | None) -> MessageOut:
    # While an answer is written anew, the earlier one is kept in its place and not shown.
    empty = row.status == "writing"
    return MessageOut.model_validate(
        {
            "id": row.id,
            "conversation_id": row.conversation_id,
            "number": row.number,
            "role": row.role,
            "author": row.author_id
            and Author(id=row.author_id, name=names.get(row.author_id, NOBODY)),
            "text": "" if empty else row.text,
            "citations": [] if empty else row.citations,
            "outline": [] if empty else row.outline,
            "context_tokens": None if empty else row.context_tokens,
            "dropped_citations": 0 if empty else row.dropped_citations,
            "model": row.model,
            "notes": [] if empty else row.notes,
            "status": row.status,
            "problem": None if row.status in OPEN else row.problem,
            "answers": row.answers_message_id,
            "attempt": row.attempt,
            "rating": None if empty else rating,
            "created_at": row.created_at,
        }
    )


def title_of(question: str) -> str:
    """The first words of a question, cut between two of them."""
    words = " ".join(question.split())
    if len(words) <= _LONGEST_TITLE:
        return words
    cut = words[: _LONGEST_TITLE - 1]
    return (cut.rpartition(" ")[0] or cut).rstrip(",.;:-") + "…"
