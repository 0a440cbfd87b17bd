"""Every SQL statement about the policies of keys."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from samoey.domains.models.policies.tables import KeyPolicyRow


async def find(db: AsyncSession, key_id: UUID, *, locked: bool = False) -> KeyPolicyRow | None:
    """The policy of a key that the caller has made sure the actor may know about."""
    wanted = select(KeyPolicyRow).where(KeyPolicyRow.key_id == key_id)
    return await db.scalar(wanted.with_for_update() if locked else wanted)


async def of_keys(db: AsyncSession, key_ids: Iterable[UUID]) -> Sequence[KeyPolicyRow]:
    """The policies of keys that the caller has made sure the actor may know about."""
    return (await db.scalars(select(KeyPolicyRow).where(KeyPolicyRow.key_id.in_(key_ids)))).all()


async def of_system(db: AsyncSession) -> Sequence[KeyPolicyRow]:
    """Everything, for the snapshot that the gateway decides by."""
    return (await db.scalars(select(KeyPolicyRow))).all()
