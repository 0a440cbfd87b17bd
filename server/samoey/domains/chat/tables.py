"""Conversations and what was said in them."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Index, UniqueConstraint, Uuid
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from samoey.kit.db import Row


class Conversation(Row):
    """A talk about code; `seq` numbers its lasting events, `last_number` its messages."""

    __tablename__ = "conversations"
    __table_args__ = (
        Index("ix_conversations_workspace_id_updated_at", "workspace_id", "updated_at", "id"),
    )

    workspace_id: Mapped[UUID] = mapped_column(ForeignKey("workspaces.id", ondelete="CASCADE"))
    owner_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    title: Mapped[str] = mapped_column(default="")
    shared: Mapped[bool] = mapped_column(default=False)
    repository_ids: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid), default=list)
    seq: Mapped[int] = mapped_column(default=0)
    last_number: Mapped[int] = mapped_column(default=0)
    updated_at: Mapped[datetime] = mapped_column(default=lambda: datetime.now(UTC))


class Message(Row):
    """A question of a person or an answer of the copilot; an answer waits from the first moment."""

    __tablename__ = "messages"
    __table_args__ = (
        UniqueConstraint("conversation_id", "number"),
        UniqueConstraint("conversation_id", "author_id", "key"),
        UniqueConstraint("answers_message_id"),
    )

    conversation_id: Mapped[UUID] = mapped_column(
        ForeignKey("conversations.id", ondelete="CASCADE")
    )
    number: Mapped[int]
    role: Mapped[str]
    author_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("users.id", ondelete="SET NULL"), index=True
    )
    key: Mapped[str | None]
    text: Mapped[str] = mapped_column(default="")
    citations: Mapped[list[dict[str, Any]]] = mapped_column(default=list)
    outline: Mapped[list[dict[str, Any]]] = mapped_column(default=list)
    # What it was made from, which is read only when somebody asks for it; and how much that was.
    context: Mapped[dict[str, Any] | None] = mapped_column(deferred=True)
    context_tokens: Mapped[int | None]
    dropped_citations: Mapped[int] = mapped_column(default=0)
    wanted_model: Mapped[str | None]
    model: Mapped[str | None]
    notes: Mapped[list[str]] = mapped_column(default=list)
    status: Mapped[str] = mapped_column(default="done")
    problem: Mapped[str | None]
    answers_message_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("messages.id", ondelete="CASCADE")
    )
    # Each beginning of an answer is an attempt; the pieces of a higher one replace what is shown.
    attempt: Mapped[int] = mapped_column(default=0)
    # How often this was begun since a person last asked for it; bounds what a crash can repeat.
    tries: Mapped[int] = mapped_column(default=0)
    stop_asked: Mapped[bool] = mapped_column(default=False)
    # By which version of the assistant's instructions a model wrote it, what that cost and took.
    arm_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("prompt_arms.id", ondelete="SET NULL"), index=True
    )
    cost_micro: Mapped[int | None] = mapped_column(BigInteger)
    ms: Mapped[int | None]
    first_ms: Mapped[int | None]
