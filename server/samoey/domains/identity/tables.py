"""People."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Index, text
from sqlalchemy.orm import Mapped, mapped_column

from samoey.kit.db import Row


class UserKind(StrEnum):
    """What sort of somebody."""

    PERSON = "person"
    # Whoever can read the home folder and types commands there; has no password.
    OPERATOR = "operator"


class User(Row):
    """Somebody who can act."""

    __tablename__ = "users"
    __table_args__ = (
        Index("ix_users_operator", "kind", unique=True, postgresql_where=text("kind = 'operator'")),
    )

    # Lower case, as `schemas.plain_email` leaves it.
    email: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    kind: Mapped[str] = mapped_column(default=UserKind.PERSON)
    password_hash: Mapped[str | None]
    disabled_at: Mapped[datetime | None]
