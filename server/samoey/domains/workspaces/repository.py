"""Every SQL statement about workspaces and members."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import Select, delete, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from samoey.domains.workspaces.tables import Member, Role, Workspace
from samoey.kit.context import Actor

_SETUP_LOCK = "samoey.workspaces.setup"


def visible(actor: Actor) -> Select[Workspace, str]:
    """The workspaces that `actor` is in, each with the actor's role."""
    return (
        select(Workspace, Member.role)
        .join(Member, Member.workspace_id == Workspace.id)
        .where(Member.user_id == actor.user_id)
    )


def readable(actor: Actor) -> Select[UUID]:
    """The ids of the workspaces that `actor` is in."""
    return select(Member.workspace_id).where(Member.user_id == actor.user_id)


async def all_of(db: AsyncSession, actor: Actor) -> Sequence[tuple[Workspace, str]]:
    """The actor's workspaces, those joined first first."""
    rows = await db.execute(visible(actor).order_by(Member.id))
    return [(workspace, role) for workspace, role in rows.all()]


async def find(db: AsyncSession, actor: Actor, workspace_id: UUID) -> tuple[Workspace, Role] | None:
    """One of the actor's workspaces, with the role as it is now."""
    row = (
        await db.execute(
            visible(actor)
            .where(Workspace.id == workspace_id)
            .execution_options(populate_existing=True)
        )
    ).one_or_none()
    return None if row is None else (row[0], Role(row[1]))


async def lock(db: AsyncSession, actor: Actor, workspace_id: UUID) -> None:
    """Let nobody else change the members of this workspace until this work ends."""
    await db.execute(
        select(Workspace.id)
        .where(Workspace.id == workspace_id, Workspace.id.in_(readable(actor)))
        .with_for_update(key_share=True)
    )


async def members(db: AsyncSession, actor: Actor, workspace_id: UUID) -> Sequence[Member]:
    """The members of one of the actor's workspaces, those who joined first first."""
    rows = await db.scalars(
        select(Member)
        .where(Member.workspace_id == workspace_id, Member.workspace_id.in_(readable(actor)))
        .order_by(Member.id)
    )
    return rows.all()


async def member(
    db: AsyncSession, actor: Actor, workspace_id: UUID, user_id: UUID
) -> Member | None:
    """One member of one of the actor's workspaces, as they are now."""
    return await db.scalar(
        select(Member)
        .where(
            Member.workspace_id == workspace_id,
            Member.user_id == user_id,
            Member.workspace_id.in_(readable(actor)),
        )
        .execution_options(populate_existing=True)
    )


async def role_of(db: AsyncSession, workspace_id: UUID, user_id: UUID) -> Role | None:
    """Somebody's role: read to tell whether an invitation of theirs still stands."""
    role = await db.scalar(
        select(Member.role).where(Member.workspace_id == workspace_id, Member.user_id == user_id)
    )
    return None if role is None else Role(role)


async def name_of(db: AsyncSession, workspace_id: UUID) -> str | None:
    """A workspace's name: read for whoever holds an invitation to it."""
    return await db.scalar(select(Workspace.name).where(Workspace.id == workspace_id))


async def owner_ids(db: AsyncSession, workspace_id: UUID | None = None) -> Sequence[UUID]:
    """The owners of one workspace or of all: read to tell whether there would be one left."""
    owners = select(Member.user_id).where(Member.role == Role.OWNER)
    if workspace_id is not None:
        owners = owners.where(Member.workspace_id == workspace_id)
    return (await db.scalars(owners)).all()


async def lock_setup(db: AsyncSession) -> None:
    """Let set-ups come one after the other, until this work ends."""
    await db.execute(select(func.pg_advisory_xact_lock(func.hashtext(_SETUP_LOCK))))


async def workspace(db: AsyncSession, *, slug: str, name: str) -> UUID:
    """The workspace with this slug, made when there is none; also by two at once."""
    made: UUID | None = await db.scalar(
        insert(Workspace)
        .values(slug=slug, name=name)
        .on_conflict_do_nothing(index_elements=[Workspace.slug])
        .returning(Workspace.id)
    )
    if made is not None:
        return made
    found = await db.scalar(select(Workspace.id).where(Workspace.slug == slug))
    # What stood in the way of making it is committed, or we would still wait for it.
    assert found is not None
    return found


async def rename(db: AsyncSession, workspace_id: UUID, name: str) -> None:
    """Give a workspace another name."""
    await db.execute(update(Workspace).where(Workspace.id == workspace_id).values(name=name))


async def add_member(db: AsyncSession, workspace_id: UUID, user_id: UUID, role: Role) -> bool:
    """Let somebody in; False when they are in already."""
    added = await db.scalar(
        insert(Member)
        .values(workspace_id=workspace_id, user_id=user_id, role=role)
        .on_conflict_do_nothing(index_elements=[Member.workspace_id, Member.user_id])
        .returning(Member.id)
    )
    return added is not None


async def set_role(db: AsyncSession, member_id: UUID, role: Role) -> None:
    """Give a member another role."""
    await db.execute(update(Member).where(Member.id == member_id).values(role=role))


async def remove(db: AsyncSession, member_id: UUID) -> None:
    """Take a member out."""
    await db.execute(delete(Member).where(Member.id == member_id))


async def everybody(db: AsyncSession) -> Sequence[Member]:
    """Every member of every workspace, those who joined first first: for the system itself."""
    return (await db.scalars(select(Member).order_by(Member.id))).all()
