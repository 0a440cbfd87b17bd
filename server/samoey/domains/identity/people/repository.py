"""Every SQL statement about people."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, exists, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from samoey.domains.identity.tables import User, UserKind
from samoey.kit.context import Actor

OPERATOR_EMAIL = "operator@localhost"


def visible(actor: Actor) -> Select[User]:
    """The people that `actor` may read: themselves; the local operator may read everybody."""
    operator = aliased(User)
    operates = exists().where(operator.id == actor.user_id, operator.kind == UserKind.OPERATOR)
    return select(User).where(or_(User.id == actor.user_id, operates))


async def myself(db: AsyncSession, actor: Actor) -> User | None:
    """The actor's own row."""
    return await db.scalar(visible(actor).where(User.id == actor.user_id))


async def find(db: AsyncSession, actor: Actor, email: str) -> User | None:
    """Somebody by e-mail."""
    return await db.scalar(visible(actor).where(User.email == email))


async def everybody(db: AsyncSession, actor: Actor) -> Sequence[User]:
    """All that the actor may read, those who came first first."""
    return (await db.scalars(visible(actor).order_by(User.id))).all()


async def by_ids(db: AsyncSession, ids: Iterable[UUID]) -> Sequence[User]:
    """People by their ids: for rooms that have made sure that the actor may see them."""
    return (await db.scalars(select(User).where(User.id.in_(list(ids))))).all()


async def by_email(db: AsyncSession, email: str) -> User | None:
    """Somebody by e-mail: read to authenticate."""
    return await db.scalar(select(User).where(User.email == email))


async def lock(db: AsyncSession, user_id: UUID) -> User | None:
    """Somebody's row as it is now, held until this work ends."""
    return await db.scalar(
        select(User)
        .where(User.id == user_id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )


async def add(
    db: AsyncSession, *, email: str, name: str, kind: UserKind, password_hash: str | None
) -> User | None:
    """Keep somebody new; None when somebody of this very moment took the e-mail, or the only place.

    There is one local operator, by an index of its own: which of the two is taken first, of two
    processes that make it at once, is not told.
    """
    return await db.scalar(
        insert(User)
        .values(email=email, name=name, kind=kind, password_hash=password_hash)
        .on_conflict_do_nothing()
        .returning(User)
    )


async def replace_hash(db: AsyncSession, user_id: UUID, password_hash: str) -> None:
    """Keep another hash of somebody's password."""
    await db.execute(update(User).where(User.id == user_id).values(password_hash=password_hash))


async def set_disabled(db: AsyncSession, user_id: UUID, disabled_at: datetime | None) -> None:
    """Close the door to somebody, or open it again."""
    await db.execute(update(User).where(User.id == user_id).values(disabled_at=disabled_at))
