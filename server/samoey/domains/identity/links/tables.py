"""One-time links."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from samoey.kit.db import Row


class Purpose(StrEnum):
    """What a link lets its holder do."""

    SETUP = "setup"
    RESET = "reset"


class Link(Row):
    """A link that somebody holds; only a hash of its token is kept."""

    __tablename__ = "links"

    purpose: Mapped[str]
    # Whose password it resets; a set-up link is nobody's yet.
    user_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), index=True
    )
    hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
