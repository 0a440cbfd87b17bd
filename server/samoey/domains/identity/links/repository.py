"""Every SQL statement about one-time links. Their only reader is whoever holds the token."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from samoey.domains.identity.links.tables import Link, Purpose


async def add(db: AsyncSession, link: Link) -> None:
    """Keep a new link."""
    db.add(link)
    await db.flush()


async def find(
    db: AsyncSession, purpose: Purpose, fingerprint: bytes, now: datetime
) -> Link | None:
    """The link, while it is good."""
    return await db.scalar(select(Link).where(*_good(purpose, fingerprint, now)))


async def use(db: AsyncSession, purpose: Purpose, fingerprint: bytes, now: datetime) -> Link | None:
    """Use the link up: of two that come at once, the second waits here and then gets nothing."""
    return await db.scalar(
        update(Link).where(*_good(purpose, fingerprint, now)).values(used_at=now).returning(Link)
    )


async def cancel(db: AsyncSession, purpose: Purpose, user_id: UUID, now: datetime) -> None:
    """Make somebody's other links for the same purpose useless."""
    await db.execute(
        update(Link)
        .where(Link.purpose == purpose, Link.user_id == user_id, Link.used_at.is_(None))
        .values(used_at=now)
    )


async def forget(db: AsyncSession, before: datetime) -> None:
    """Delete links that expired before then."""
    await db.execute(delete(Link).where(Link.expires_at < before))


def _good(purpose: Purpose, fingerprint: bytes, now: datetime) -> tuple[ColumnElement[bool], ...]:
    return (
        Link.hash == fingerprint,
        Link.purpose == purpose,
        Link.used_at.is_(None),
        Link.expires_at > now,
    )
