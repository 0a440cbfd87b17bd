"""Saying what the holder of an API key may ask of models, and how much."""

from uuid import UUID

from sqlalchemy.exc import IntegrityError

from samoey.domains.identity import service as identity
from samoey.domains.identity.errors import KeyNotFound
from samoey.domains.models.errors import ChangedMeanwhile
from samoey.domains.models.events import PolicyChanged
from samoey.domains.models.policies import repository
from samoey.domains.models.policies.schemas import PolicedKey, PolicyOut, PolicyShape
from samoey.domains.models.policies.tables import KeyPolicyRow
from samoey.domains.models.providers import service as providers
from samoey.domains.workspaces import service as workspaces
from samoey.domains.workspaces.service import Role
from samoey.kit.context import Context


async def list_policies(ctx: Context) -> list[PolicedKey]:
    """The keys about which the actor may know what they may: one's own, for admins all."""
    owners = await _owners(ctx)
    keys = await identity.held_by(ctx, owners)
    people = await identity.people(ctx, {key.user_id for key in keys})
    rows = {row.key_id: row for row in await repository.of_keys(ctx.db, [it.id for it in keys])}
    return [
        PolicedKey(
            id=key.id,
            name=key.name,
            prefix=key.prefix,
            owner_id=key.user_id,
            owner=people[key.user_id].name,
            expires_at=key.expires_at,
            last_used_at=key.last_used_at,
            policy=PolicyOut.model_validate(rows[key.id])
            if key.id in rows
            else PolicyOut(key_id=key.id),
        )
        for key in keys
    ]


async def read_policy(ctx: Context, key_id: UUID) -> PolicyOut:
    """What the holder of a key may do: a member sees that of their own, an admin of everybody's.

    Raises:
        KeyNotFound: no such key, or somebody's of whom the actor may know nothing.
    """
    await _workspace_of(ctx, key_id, Role.ADMIN, own=True)
    row = await repository.find(ctx.db, key_id)
    return PolicyOut(key_id=key_id) if row is None else PolicyOut.model_validate(row)


async def set_policy(ctx: Context, key_id: UUID, policy: PolicyShape) -> PolicyOut:
    """Say as a whole what the holder of a key may do.

    Raises:
        KeyNotFound: no such key, or somebody's of whom the actor may know nothing.
        NotPermitted: the actor is no admin of the owner's workspace.
        ChangedMeanwhile: somebody else changed it since.
    """
    workspace_id = await _workspace_of(ctx, key_id, Role.ADMIN, own=False)
    row = await repository.find(ctx.db, key_id, locked=True)
    providers.require_version(0 if row is None else row.version, policy.version)
    if row is None:
        row = KeyPolicyRow(key_id=key_id)
        ctx.db.add(row)
    for name, value in policy.model_dump(exclude={"version"}).items():
        setattr(row, name, value)
    row.version = policy.version + 1
    try:
        await ctx.db.flush()
    except IntegrityError:
        raise ChangedMeanwhile("Somebody else gave this key a policy at the same moment.") from None
    ctx.emit(PolicyChanged(workspace_id=workspace_id, key_id=key_id))
    return PolicyOut.model_validate(row)


async def _workspace_of(ctx: Context, key_id: UUID, role: Role, *, own: bool) -> UUID:
    """The workspace in which the actor may decide about a key, or only look at it.

    Raises:
        KeyNotFound: there is none; who may not decide learns so only of their own keys.
        NotPermitted: it is the actor's own key, and they are no admin.
    """
    owner = await identity.key_owner(ctx, key_id)
    if owner is None:
        raise KeyNotFound
    mine = owner == ctx.actor.user_id
    for workspace in await workspaces.list_workspaces(ctx):
        members = await workspaces.list_members(ctx, workspace.id)
        if all(member.user_id != owner for member in members):
            continue
        if workspace.role.rank >= role.rank or (mine and own):
            return workspace.id
        if mine:
            await workspaces.require(ctx, workspace.id, role)
    raise KeyNotFound


async def _owners(ctx: Context) -> set[UUID]:
    """The people of whose keys the actor may know: themselves, and those they are admin over."""
    owners = set[UUID]() if ctx.actor.user_id is None else {ctx.actor.user_id}
    for workspace in await workspaces.list_workspaces(ctx):
        if workspace.role.rank >= Role.ADMIN.rank:
            members = await workspaces.list_members(ctx, workspace.id)
            owners |= {member.user_id for member in members}
    return owners
