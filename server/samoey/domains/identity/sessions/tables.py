"""Sessions and the refresh tokens they went through."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from samoey.kit.db import Row


class Session(Row):
    """A place where somebody is signed in."""

    __tablename__ = "sessions"

    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str]
    address: Mapped[str]
    agent: Mapped[str]
    last_seen_at: Mapped[datetime]
    # Moves on with each refresh, up to `ends_at`.
    expires_at: Mapped[datetime] = mapped_column(index=True)
    ends_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]


class RefreshToken(Row):
    """One refresh token: all of them are kept as long as the session, to know a used one again."""

    __tablename__ = "refresh_tokens"

    session_id: Mapped[UUID] = mapped_column(
        ForeignKey("sessions.id", ondelete="CASCADE"), index=True
    )
    hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    used_at: Mapped[datetime | None]
