"""The base of every table, and how a process opens the database."""

from datetime import UTC, datetime
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import DateTime, Identity, MetaData, Text, make_url
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from samoey.kit.ids import new_id

__all__ = ["Identity", "Row", "connect", "libpq_url"]

METADATA = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class Row(DeclarativeBase):
    """A row with an id and a birth date."""

    metadata = METADATA
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        datetime: DateTime(timezone=True),
        dict[str, Any]: JSONB,
        list[dict[str, Any]]: JSONB,
        list[str]: ARRAY(Text),
        str: Text,
    }

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id, sort_order=-2)
    created_at: Mapped[datetime] = mapped_column(default=lambda: datetime.now(UTC), sort_order=-1)


def connect(url: str, *, pool_size: int) -> AsyncEngine:
    """Open a pool on the PostgreSQL at `url` (a libpq URL, `?host=` for a socket's folder)."""
    return create_async_engine(
        make_url(url).set(drivername="postgresql+psycopg"),
        pool_size=pool_size,
        max_overflow=pool_size,
        pool_pre_ping=True,
        connect_args={"application_name": "samoey"},
    )


def libpq_url(url: str) -> str:
    """The same database as psycopg itself wants to read it."""
    return make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
