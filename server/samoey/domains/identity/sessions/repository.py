"""Every SQL statement about sessions."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, DateTime, Select, bindparam, delete, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from samoey.domains.identity.sessions.tables import RefreshToken, Session
from samoey.domains.identity.tables import User
from samoey.kit.context import Actor


def visible(actor: Actor, now: datetime) -> Select[Session]:
    """The sessions that `actor` may know about: their own, while they last."""
    return select(Session).where(Session.user_id == actor.user_id, *_lasting(now))


async def open_ones(db: AsyncSession, actor: Actor, now: datetime) -> Sequence[Session]:
    """The actor's sessions, the latest seen first."""
    latest_first = visible(actor, now).order_by(Session.last_seen_at.desc(), Session.id)
    return (await db.scalars(latest_first)).all()


async def lasts(db: AsyncSession, session_id: UUID, user_id: UUID, now: datetime) -> bool:
    """Whether that session still opens doors for that person: read to authenticate."""
    asked = {"session": session_id, "user": user_id, "now": now}
    return (await (await db.connection()).execute(_SHOWN, asked)).first() is not None


async def lasting(
    db: AsyncSession, session_ids: Iterable[UUID], now: datetime
) -> set[tuple[UUID, UUID]]:
    """Those of the sessions that still open doors, each with its person: for open sockets."""
    rows = await db.execute(
        select(Session.id, Session.user_id)
        .join(User, User.id == Session.user_id)
        .where(Session.id.in_(session_ids), User.disabled_at.is_(None), *_lasting(now))
    )
    return {(session_id, user_id) for session_id, user_id in rows.all()}


async def add(db: AsyncSession, session: Session) -> Session:
    """Keep a new session."""
    db.add(session)
    await db.flush()
    return session


async def add_token(db: AsyncSession, session_id: UUID, fingerprint: bytes) -> None:
    """Keep the next refresh token of a session."""
    db.add(RefreshToken(session_id=session_id, hash=fingerprint))
    await db.flush()


async def lock_by_token(
    db: AsyncSession, fingerprint: bytes, now: datetime
) -> tuple[Session, RefreshToken] | None:
    """The lasting session of a refresh token, held until this work ends: read to authenticate."""
    of_token = select(RefreshToken.session_id).where(RefreshToken.hash == fingerprint)
    session = await db.scalar(
        select(Session)
        .join(User, User.id == Session.user_id)
        .where(Session.id == of_token.scalar_subquery(), User.disabled_at.is_(None), *_lasting(now))
        .with_for_update(of=Session)
    )
    if session is None:
        return None
    # Only now: whoever held the session before may have used the token up.
    token = await db.scalar(select(RefreshToken).where(RefreshToken.hash == fingerprint))
    return None if token is None else (session, token)


async def session_of(db: AsyncSession, fingerprint: bytes) -> Session | None:
    """The session of a refresh token, used or not: read to sign it out."""
    return await db.scalar(
        select(Session)
        .join(RefreshToken, RefreshToken.session_id == Session.id)
        .where(RefreshToken.hash == fingerprint)
    )


async def retire_tokens(db: AsyncSession, session_id: UUID, now: datetime) -> None:
    """Mark every unused refresh token of a session as used."""
    await db.execute(
        update(RefreshToken)
        .where(RefreshToken.session_id == session_id, RefreshToken.used_at.is_(None))
        .values(used_at=now)
    )


async def end(
    db: AsyncSession, user_id: UUID, *which: ColumnElement[bool], now: datetime
) -> Sequence[UUID]:
    """End the person's lasting sessions, or `which` of them; their ids."""
    ended = await db.scalars(
        update(Session)
        .where(Session.user_id == user_id, Session.revoked_at.is_(None), *which)
        .values(revoked_at=now)
        .returning(Session.id)
    )
    return ended.all()


async def forget_ended(db: AsyncSession, before: datetime) -> None:
    """Delete sessions that ended before then, with their tokens."""
    await db.execute(
        delete(Session).where(or_(Session.expires_at < before, Session.revoked_at < before))
    )


def _lasting(now: datetime | ColumnElement[datetime]) -> tuple[ColumnElement[bool], ...]:
    return Session.revoked_at.is_(None), Session.expires_at > now


# What each request asks: built once, for that takes longer than to ask it.
_SHOWN = (
    select(Session.id)
    .join(User, User.id == Session.user_id)
    .where(
        Session.id == bindparam("session"),
        Session.user_id == bindparam("user"),
        User.disabled_at.is_(None),
        *_lasting(bindparam("now", type_=DateTime(timezone=True))),
    )
)
