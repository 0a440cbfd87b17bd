"""Every SQL statement about API keys."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, DateTime, Row, Select, bindparam, exists, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from samoey.domains.identity.keys.tables import ApiKey
from samoey.domains.identity.tables import User, UserKind
from samoey.kit.context import Actor


@dataclass(frozen=True, slots=True)
class GoodKey:
    """What is to be known of a key that opens doors."""

    id: UUID
    user_id: UUID
    expires_at: datetime | None
    last_used_at: datetime | None


def visible(actor: Actor) -> Select[ApiKey]:
    """The keys that `actor` may know about: their own; the local operator's are all of them."""
    operates = exists().where(User.id == actor.user_id, User.kind == UserKind.OPERATOR)
    return select(ApiKey).where(
        ApiKey.revoked_at.is_(None), or_(ApiKey.user_id == actor.user_id, operates)
    )


async def add(db: AsyncSession, key: ApiKey) -> ApiKey:
    """Keep a new key."""
    db.add(key)
    await db.flush()
    return key


async def owned(db: AsyncSession, actor: Actor) -> Sequence[ApiKey]:
    """The actor's own keys, the newest first."""
    newest_first = visible(actor).where(ApiKey.user_id == actor.user_id).order_by(ApiKey.id.desc())
    return (await db.scalars(newest_first)).all()


async def with_owners(db: AsyncSession, actor: Actor) -> Sequence[tuple[ApiKey, str]]:
    """The keys that the actor sees, each with its owner's e-mail, the newest first."""
    rows = await db.execute(
        visible(actor)
        .join(User, User.id == ApiKey.user_id)
        .add_columns(User.email)
        .order_by(ApiKey.id.desc())
    )
    return [(key, email) for key, email in rows.all()]


async def revoke(db: AsyncSession, actor: Actor, key_id: UUID, now: datetime) -> UUID | None:
    """Revoke a key that the actor sees; its owner, or None when there is no such key."""
    seen = visible(actor).with_only_columns(ApiKey.id).where(ApiKey.id == key_id)
    owner: UUID | None = await db.scalar(
        update(ApiKey)
        .where(ApiKey.id.in_(seen), ApiKey.revoked_at.is_(None))
        .values(revoked_at=now)
        .returning(ApiKey.user_id)
    )
    return owner


async def ids_of(db: AsyncSession, user_id: UUID) -> Sequence[UUID]:
    """The person's keys that are not revoked: read to close what is open by them."""
    own = select(ApiKey.id).where(ApiKey.user_id == user_id, ApiKey.revoked_at.is_(None))
    return (await db.scalars(own)).all()


async def good(db: AsyncSession, fingerprint: bytes, now: datetime) -> GoodKey | None:
    """The key with this hash, while it opens doors: read to authenticate."""
    shown = await (await db.connection()).execute(_SHOWN, {"hash": fingerprint, "now": now})
    found = shown.first()
    return GoodKey(*found) if found else None


async def all_good(
    db: AsyncSession, now: datetime
) -> Sequence[Row[UUID, UUID, bytes, datetime | None]]:
    """Every key that opens doors, as id, person, hash and end: for processes that keep them."""
    columns = (ApiKey.id, ApiKey.user_id, ApiKey.hash, ApiKey.expires_at)
    return (await db.execute(_good(now).with_only_columns(*columns))).all()


async def owner_of(db: AsyncSession, key_id: UUID) -> UUID | None:
    """Whose key this is, unless it was revoked: for rooms that decide what keys may do."""
    return await db.scalar(
        select(ApiKey.user_id).where(ApiKey.id == key_id, ApiKey.revoked_at.is_(None))
    )


async def of_people(db: AsyncSession, user_ids: Iterable[UUID]) -> Sequence[ApiKey]:
    """Keys that are not revoked, the newest first: for rooms that decide what keys may do."""
    theirs = select(ApiKey).where(ApiKey.user_id.in_(user_ids), ApiKey.revoked_at.is_(None))
    return (await db.scalars(theirs.order_by(ApiKey.id.desc()))).all()


async def names_of(db: AsyncSession, key_ids: Iterable[UUID]) -> Sequence[tuple[UUID, str]]:
    """What keys are called, revoked ones too: for rooms that tell what was done with them."""
    rows = await db.execute(select(ApiKey.id, ApiKey.name).where(ApiKey.id.in_(key_ids)))
    return [(key_id, name) for key_id, name in rows.all()]


async def good_ones(
    db: AsyncSession, key_ids: Iterable[UUID], now: datetime
) -> set[tuple[UUID, UUID]]:
    """Those of the keys that still open doors, each with its person: for open sockets."""
    keys = await db.scalars(_good(now).where(ApiKey.id.in_(key_ids)))
    return {(key.id, key.user_id) for key in keys}


def _good(now: datetime | ColumnElement[datetime]) -> Select[ApiKey]:
    return (
        select(ApiKey)
        .join(User, User.id == ApiKey.user_id)
        .where(
            ApiKey.revoked_at.is_(None),
            or_(ApiKey.expires_at.is_(None), ApiKey.expires_at > now),
            User.disabled_at.is_(None),
        )
    )


# What each request asks: built once and past the mapper, for both take longer than to ask it.
_SHOWN = (
    _good(bindparam("now", type_=DateTime(timezone=True)))
    .where(ApiKey.hash == bindparam("hash"))
    .with_only_columns(ApiKey.id, ApiKey.user_id, ApiKey.expires_at, ApiKey.last_used_at)
)


async def note_use(db: AsyncSession, key_id: UUID, now: datetime, *, every: timedelta) -> None:
    """Remember that a key was used, unless another process just did."""
    await db.execute(
        update(ApiKey)
        .where(
            ApiKey.id == key_id,
            or_(ApiKey.last_used_at.is_(None), ApiKey.last_used_at < now - every),
        )
        .values(last_used_at=now)
        .execution_options(synchronize_session=False)
    )
