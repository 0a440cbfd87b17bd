"""Thumbs up and down: one of a person for an answer."""

from uuid import UUID

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from samoey.kit.db import Row


class AnswerRating(Row):
    """Whether somebody found an answer good."""

    __tablename__ = "answer_ratings"
    __table_args__ = (UniqueConstraint("message_id", "user_id"),)

    message_id: Mapped[UUID] = mapped_column(ForeignKey("messages.id", ondelete="CASCADE"))
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    up: Mapped[bool]
