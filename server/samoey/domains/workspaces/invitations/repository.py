"""Every SQL statement about invitations."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Select, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from samoey.domains.workspaces.invitations.tables import Invitation
from samoey.domains.workspaces.repository import readable
from samoey.kit.context import Actor


def visible(actor: Actor, now: datetime) -> Select[Invitation]:
    """The open invitations to the workspaces that `actor` is in; admins are let to them."""
    return select(Invitation).where(Invitation.workspace_id.in_(readable(actor)), *_open(now))


async def open_ones(
    db: AsyncSession, actor: Actor, workspace_id: UUID, now: datetime
) -> Sequence[Invitation]:
    """The open invitations to one workspace, the newest first."""
    newest_first = (
        visible(actor, now)
        .where(Invitation.workspace_id == workspace_id)
        .order_by(Invitation.id.desc())
    )
    return (await db.scalars(newest_first)).all()


async def add(db: AsyncSession, invitation: Invitation) -> Invitation:
    """Keep a new invitation."""
    db.add(invitation)
    await db.flush()
    return invitation


async def revoke(
    db: AsyncSession, actor: Actor, workspace_id: UUID, invitation_id: UUID, now: datetime
) -> bool:
    """Take an open invitation back; False when there is none."""
    seen = visible(actor, now).with_only_columns(Invitation.id)
    revoked = await db.scalar(
        update(Invitation)
        .where(
            Invitation.id == invitation_id,
            Invitation.workspace_id == workspace_id,
            Invitation.id.in_(seen),
            *_open(now),
        )
        .values(revoked_at=now)
        .returning(Invitation.id)
    )
    return revoked is not None


async def by_token(db: AsyncSession, fingerprint: bytes, now: datetime) -> Invitation | None:
    """The open invitation whose token somebody holds."""
    return await db.scalar(select(Invitation).where(Invitation.hash == fingerprint, *_open(now)))


async def use(db: AsyncSession, fingerprint: bytes, now: datetime) -> Invitation | None:
    """Use an invitation up: of two that come at once, the second waits and gets nothing."""
    return await db.scalar(
        update(Invitation)
        .where(Invitation.hash == fingerprint, *_open(now))
        .values(accepted_at=now)
        .returning(Invitation)
    )


async def note_guest(db: AsyncSession, invitation_id: UUID, user_id: UUID) -> None:
    """Remember who came by an invitation."""
    await db.execute(
        update(Invitation).where(Invitation.id == invitation_id).values(accepted_by=user_id)
    )


def _open(now: datetime) -> tuple[ColumnElement[bool], ...]:
    return (
        Invitation.revoked_at.is_(None),
        Invitation.accepted_at.is_(None),
        Invitation.expires_at > now,
    )
