"""The base of every table, and how a process opens the database."""

import select as readiness
from datetime import UTC, datetime
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import DateTime, Identity, MetaData, Text, event, make_url
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DBAPIError, InvalidatePoolError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnectionFree
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.pool import ConnectionPoolEntry, PoolProxiedConnection

from samoey.kit.ids import new_id
from samoey.kit.problems import DiskFull, Problem, Unavailable

__all__ = ["DatabaseUnavailable", "Identity", "Row", "connect", "libpq_url", "plainly"]

# What PostgreSQL says while it stops, breaks down, starts, or lets nobody more in; its own disk.
_AWAY = frozenset({"57P01", "57P02", "57P03", "53300"})
_DISK_FULL = "53100"

METADATA = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class DatabaseUnavailable(Unavailable):
    """PostgreSQL does not answer, or refuses the credentials."""

    title = "The database does not answer."


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
    engine = create_async_engine(
        make_url(url).set(drivername="postgresql+psycopg"),
        pool_size=pool_size,
        max_overflow=pool_size,
        # What a statement was given may be a secret, and failures are logged.
        hide_parameters=True,
        connect_args={
            "application_name": "samoey",
            # A server that fell silent is noticed while a connection rests, not by who takes it.
            "keepalives_idle": 30,
            "keepalives_interval": 10,
            "keepalives_count": 3,
        },
    )
    event.listen(engine.sync_engine, "checkout", refuse_severed)
    return engine


def refuse_severed(
    connection: DBAPIConnection, _entry: ConnectionPoolEntry, _proxy: PoolProxiedConnection
) -> None:
    """Have the pool replace a connection that the server has ended.

    One at rest has nothing to say, so whatever stands at its socket is its end. That is seen
    without asking the server, which would double what a short unit of work costs.

    Raises:
        InvalidatePoolError: the pool makes new connections and tries again.
    """
    waiting = readiness.poll()
    waiting.register(connection.driver_connection.fileno(), readiness.POLLIN)
    if waiting.poll(0):
        raise InvalidatePoolError


def plainly(error: Exception) -> Problem | None:
    """What a door tells of a failure that is the database's own; None of any other, such as a bug.

    Rooms let such failures through: what they were at is to be tried again as a whole.
    """
    if isinstance(error, NoConnectionFree):
        return DatabaseUnavailable("All connections to it are in use. Try again in a moment.")
    if not isinstance(error, DBAPIError):
        return None
    # A connection that cannot be made, or breaks, has no code of the server's.
    state = getattr(error.orig, "sqlstate", None)
    if state == _DISK_FULL:
        return DiskFull()
    if state in _AWAY or (state is None and isinstance(error, OperationalError)):
        return DatabaseUnavailable("Try again in a moment.")
    return None


def libpq_url(url: str) -> str:
    """The same database as psycopg itself wants to read it."""
    return make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
