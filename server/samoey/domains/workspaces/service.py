"""Who is in a workspace and what they may do there; how the first owner gets in."""

from collections.abc import Iterable
from datetime import timedelta
from uuid import UUID

from sqlalchemy import Select

from samoey.domains.identity import service as identity
from samoey.domains.identity.schemas import Person
from samoey.domains.workspaces import repository
from samoey.domains.workspaces.errors import (
    AlreadySetUp,
    LastOwner,
    MemberNotFound,
    NotPermitted,
    OperatorRemains,
    WorkspaceNotFound,
)
from samoey.domains.workspaces.events import (
    MemberChanged,
    MemberJoined,
    MemberLeft,
    WorkspaceRenamed,
)
from samoey.domains.workspaces.schemas import (
    MemberOut,
    NewOwner,
    WorkspaceChange,
    WorkspaceOut,
)
from samoey.domains.workspaces.tables import Member, Role
from samoey.kit.context import SYSTEM, Actor, Context, Tools
from samoey.kit.credentials import Caller

__all__ = [
    "Role",
    "awaits_owner",
    "change_member",
    "join",
    "list_members",
    "list_workspaces",
    "local_operator",
    "offer_setup",
    "readable",
    "remove_member",
    "rename_workspace",
    "require",
    "roles",
    "set_up",
]

# The one workspace that an installation has, and that its local operator works in.
LOCAL = "local"
_FIRST_NAME = "Workspace"


def readable(actor: Actor) -> Select[UUID]:
    """The ids of the workspaces that `actor` may read, for other rooms' `.in_(...)`."""
    return repository.readable(actor)


async def require(ctx: Context, workspace_id: UUID, role: Role) -> Role:
    """Make sure that the actor has at least `role` here; gives the role they have.

    Raises:
        WorkspaceNotFound: not a member, or no such workspace.
        NotPermitted: a member with a lower role.
    """
    found = await repository.find(ctx.db, ctx.actor, workspace_id)
    if found is None:
        raise WorkspaceNotFound
    mine = found[1]
    if mine.rank < role.rank:
        raise NotPermitted(f"This takes the role {role}; yours is {mine}.", needs=role)
    return mine


async def list_workspaces(ctx: Context) -> list[WorkspaceOut]:
    """The workspaces that one is in."""
    return [
        WorkspaceOut(id=workspace.id, slug=workspace.slug, name=workspace.name, role=Role(role))
        for workspace, role in await repository.all_of(ctx.db, ctx.actor)
    ]


async def rename_workspace(
    ctx: Context, workspace_id: UUID, change: WorkspaceChange
) -> WorkspaceOut:
    """Give a workspace another name.

    Raises:
        WorkspaceNotFound: not a member.
        NotPermitted: not an owner.
    """
    await require(ctx, workspace_id, Role.OWNER)
    await repository.rename(ctx.db, workspace_id, change.name)
    ctx.emit(WorkspaceRenamed(workspace_id=workspace_id))
    found = await repository.find(ctx.db, ctx.actor, workspace_id)
    if found is None:
        raise WorkspaceNotFound
    workspace, role = found
    return WorkspaceOut(id=workspace.id, slug=workspace.slug, name=workspace.name, role=role)


async def list_members(ctx: Context, workspace_id: UUID) -> list[MemberOut]:
    """Who is in, those who joined first first.

    Raises:
        WorkspaceNotFound: not a member oneself.
    """
    await require(ctx, workspace_id, Role.VIEWER)
    members = await repository.members(ctx.db, ctx.actor, workspace_id)
    people = await identity.people(ctx, [member.user_id for member in members])
    return [_shown(member, people[member.user_id]) for member in members]


async def change_member(ctx: Context, workspace_id: UUID, user_id: UUID, role: Role) -> MemberOut:
    """Give a member another role, no higher than one's own.

    Raises:
        WorkspaceNotFound: not a member oneself.
        MemberNotFound: they are not a member.
        NotPermitted: not an admin, or one of the two roles is higher than one's own.
        LastOwner: nobody else would own the workspace.
        OperatorRemains: the local operator's role stays.
    """
    await repository.lock(ctx.db, ctx.actor, workspace_id)
    mine = await require(ctx, workspace_id, Role.ADMIN)
    member, person = await _member(ctx, workspace_id, user_id)
    if mine.rank < max(role.rank, Role(member.role).rank):
        raise NotPermitted("You can neither give nor take a role that is higher than yours.")
    if member.role == Role.OWNER and role != Role.OWNER:
        await _require_another_owner(ctx, workspace_id, user_id)
    if member.role != role:
        await repository.set_role(ctx.db, member.id, role)
        ctx.emit(MemberChanged(workspace_id=workspace_id, user_id=user_id, role=role))
    return _shown(member, person, role)


async def remove_member(ctx: Context, workspace_id: UUID, user_id: UUID) -> None:
    """Take a member out, or leave oneself: from then on they see nothing of it.

    Raises:
        WorkspaceNotFound: not a member oneself.
        MemberNotFound: they are not a member.
        NotPermitted: not an admin, or their role is higher than one's own.
        LastOwner: nobody else would own the workspace.
        OperatorRemains: the local operator stays.
    """
    await repository.lock(ctx.db, ctx.actor, workspace_id)
    leaving = user_id == ctx.actor.user_id
    mine = await require(ctx, workspace_id, Role.VIEWER if leaving else Role.ADMIN)
    member, _ = await _member(ctx, workspace_id, user_id)
    if mine.rank < Role(member.role).rank:
        raise NotPermitted("You cannot remove somebody whose role is higher than yours.")
    if member.role == Role.OWNER:
        await _require_another_owner(ctx, workspace_id, user_id)
    await repository.remove(ctx.db, member.id)
    ctx.emit(MemberLeft(workspace_id=workspace_id, user_id=user_id))


async def join(ctx: Context, workspace_id: UUID, user_id: UUID, role: Role) -> bool:
    """Let somebody in whom the caller found to be invited; False when they are in already."""
    if not await repository.add_member(ctx.db, workspace_id, user_id, role):
        return False
    ctx.emit(MemberJoined(workspace_id=workspace_id, user_id=user_id, role=role))
    return True


async def awaits_owner(ctx: Context) -> bool:
    """Whether no person owns this installation yet; the local operator does not count."""
    return not await _persons(ctx, await repository.owner_ids(ctx.db))


async def offer_setup(tools: Tools) -> str | None:
    """Make the token of a one-time link for the first owner; None when there is an owner.

    Every start offers a new one: only a hash is kept, so an earlier one cannot be shown again.
    """
    async with tools.work(SYSTEM) as ctx:
        if not await awaits_owner(ctx):
            return None
        token = await identity.make_link(
            ctx,
            identity.Purpose.SETUP,
            lasts=timedelta(hours=tools.settings.identity.setup_hours),
        )
    return token.get_secret_value()


async def set_up(tools: Tools, new: NewOwner, caller: Caller) -> identity.Admission:
    """Make the first owner and their workspace, all of it or nothing.

    Raises:
        TooManyAttempts: from this address.
        AlreadySetUp: there is an owner, perhaps since a moment ago.
        LinkNotValid: the token is no good.
        AccountExists: a member has this e-mail.
        WeakPassword: it is easy to guess; the link stays good.
    """
    await identity.count_attempt(tools, caller)
    async with tools.work(SYSTEM) as ctx:
        if not await awaits_owner(ctx):
            raise AlreadySetUp
        # Only a good token makes us do the costly hashing.
        await identity.check_link(ctx, identity.Purpose.SETUP, new.token)
    password_hash = await identity.hash_password(tools, new.password, email=new.email)
    async with tools.work(SYSTEM) as ctx:
        await repository.lock_setup(ctx.db)
        if not await awaits_owner(ctx):
            raise AlreadySetUp
        await identity.use_link(ctx, identity.Purpose.SETUP, new.token)
        user = await identity.create_person(
            ctx, name=new.name, email=new.email, password_hash=password_hash
        )
        workspace_id = await repository.workspace(ctx.db, slug=LOCAL, name=_FIRST_NAME)
        if new.workspace_name is not None:
            await repository.rename(ctx.db, workspace_id, new.workspace_name)
        await join(ctx, workspace_id, user.id, Role.OWNER)
        opened = await identity.open_session(
            ctx, tools.settings.identity, user_id=user.id, kind="browser", caller=caller
        )
    return identity.admission(tools, user, opened)


async def roles(ctx: Context) -> dict[UUID, tuple[UUID, Role]]:
    """The workspace that each person joined first, and their role there: for the system itself."""
    found: dict[UUID, tuple[UUID, Role]] = {}
    for member in await repository.everybody(ctx.db):
        found.setdefault(member.user_id, (member.workspace_id, Role(member.role)))
    return found


async def local_operator(ctx: Context) -> tuple[Actor, UUID]:
    """Who acts for whoever can read the home folder, and the workspace they work in."""
    user_id = await identity.operator(ctx)
    workspace_id = await repository.workspace(ctx.db, slug=LOCAL, name=_FIRST_NAME)
    await join(ctx, workspace_id, user_id, Role.OWNER)
    return Actor(user_id), workspace_id


async def _member(ctx: Context, workspace_id: UUID, user_id: UUID) -> tuple[Member, Person]:
    member = await repository.member(ctx.db, ctx.actor, workspace_id, user_id)
    if member is None:
        raise MemberNotFound
    person = (await identity.people(ctx, [user_id]))[user_id]
    if person.kind == "operator":
        raise OperatorRemains
    return member, person


async def _require_another_owner(ctx: Context, workspace_id: UUID, user_id: UUID) -> None:
    owners = await _persons(ctx, await repository.owner_ids(ctx.db, workspace_id))
    if not any(owner.id != user_id and not owner.disabled for owner in owners):
        raise LastOwner


async def _persons(ctx: Context, ids: Iterable[UUID]) -> list[Person]:
    people = await identity.people(ctx, ids)
    return [person for person in people.values() if person.kind == "person"]


def _shown(member: Member, person: Person, role: Role | None = None) -> MemberOut:
    return MemberOut(
        user_id=person.id,
        name=person.name,
        email=person.email,
        role=role or Role(member.role),
        kind=person.kind,
        joined_at=member.created_at,
    )
