"""Why jobs failed: Procrastinate keeps that they did, and when, but not the reason."""

import logging
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import BigInteger, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker
from sqlalchemy.orm import Mapped, mapped_column

from samoey.kit.db import Row, plainly
from samoey.kit.ids import new_id
from samoey.kit.problems import Problem, ServerError
from samoey.kit.telemetry import request_id

log = logging.getLogger(__name__)

Sessions = async_sessionmaker[AsyncSession]

# Procrastinate's tables are its own: they have no rows of ours.
_FAILED = text("""
    SELECT job.id, job.task_name AS reaction, job.attempts, job.args -> 'event' AS event,
        (SELECT max(at) FROM procrastinate_events WHERE job_id = job.id) AS failed_at,
        failure.title, failure.detail
    FROM procrastinate_jobs AS job LEFT JOIN job_failures AS failure ON failure.job_id = job.id
    WHERE job.status = 'failed' ORDER BY job.id
""")
_FORGET = text("""
    DELETE FROM job_failures AS failure
    WHERE NOT EXISTS (SELECT FROM procrastinate_jobs WHERE id = failure.job_id)
""")


class JobFailure(Row):
    """What was wrong when a job was last tried in vain."""

    __tablename__ = "job_failures"

    job_id: Mapped[int] = mapped_column(BigInteger, unique=True)
    title: Mapped[str]
    detail: Mapped[str | None]


@dataclass(frozen=True, slots=True)
class FailedJob:
    """A job that failed for good; without a title where no reason was kept."""

    id: int
    reaction: str
    attempts: int
    event: dict[str, Any] | None
    failed_at: datetime
    title: str | None
    detail: str | None


async def note(sessions: Sessions, job_id: int, error: Exception) -> None:
    """Keep why a job could not be done this time: best effort, never raises."""
    title, detail = _reason(error)
    reason = {"created_at": datetime.now(UTC), "title": title, "detail": detail}
    new = insert(JobFailure).values(id=new_id(), job_id=job_id, **reason)
    try:
        async with sessions.begin() as db:
            await db.execute(new.on_conflict_do_update(index_elements=["job_id"], set_=reason))
    except (SQLAlchemyError, OSError):
        log.warning("could not keep why a job failed", exc_info=True)


def _reason(error: Exception) -> tuple[str, str | None]:
    error = plainly(error) or error
    if isinstance(error, Problem):
        # As PostgreSQL can keep it: without NUL and halves of surrogate pairs.
        detail = (error.detail or "").replace("\x00", "").encode("utf-8", "replace").decode()
        return error.title, detail or None
    # What a bug says is for the log: it may hold what nobody else should see.
    where = f"{type(error).__name__}; the worker's log says more under {request_id.get()}."
    return ServerError.title, where


async def failed(sessions: Sessions) -> list[FailedJob]:
    """The jobs that failed for good, oldest first."""
    async with sessions() as db:
        rows = await db.execute(_FAILED)
        return [FailedJob(**row) for row in rows.mappings()]


async def forget(sessions: Sessions) -> None:
    """Keep no reason longer than its job."""
    async with sessions.begin() as db:
        await db.execute(_FORGET)
