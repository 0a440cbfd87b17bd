"""Naming aliases, and saying where they lead."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.exc import IntegrityError

from samoey.domains.models.aliases import repository
from samoey.domains.models.aliases.schemas import AliasChange, AliasOut, NewAlias, TargetShape
from samoey.domains.models.aliases.tables import AliasRow
from samoey.domains.models.errors import AliasNotFound, ModelNameTaken, TargetUnknown
from samoey.domains.models.events import AliasAdded, AliasChanged, AliasRemoved
from samoey.domains.models.providers import service as providers
from samoey.domains.workspaces import service as workspaces
from samoey.domains.workspaces.service import Role
from samoey.kit.context import Context
from samoey.kit.ids import new_id


async def list_aliases(ctx: Context) -> list[AliasOut]:
    """The aliases of one's workspaces, by name."""
    rows = await repository.all_of(ctx.db, ctx.actor)
    targets = await repository.targets_of(ctx.db, [row.id for row in rows])
    return [_shown(row, targets.get(row.id, [])) for row in rows]


async def add_alias(ctx: Context, new: NewAlias) -> AliasOut:
    """Give a name to one or more deployments.

    Raises:
        WorkspaceNotFound, NotPermitted: the actor is no admin of the workspace.
        TargetUnknown: the workspace has no such deployment.
        ModelNameTaken: the workspace has an alias of this name.
    """
    await workspaces.require(ctx, new.workspace_id, Role.ADMIN)
    await _require_targets(ctx, new.workspace_id, new.targets)
    row = AliasRow(id=new_id(), version=1, **new.model_dump(exclude={"targets"}))
    ctx.db.add(row)
    await _flush(ctx, row.name)
    await _lead(ctx, row, new.targets)
    ctx.emit(AliasAdded(workspace_id=row.workspace_id, alias_id=row.id))
    return _shown(row, new.targets)


async def change_alias(ctx: Context, alias_id: UUID, change: AliasChange) -> AliasOut:
    """Change an alias; of two who change the same version, the second is told.

    Raises:
        AliasNotFound, NotPermitted: the actor may not see it, or is no admin.
        ChangedMeanwhile: somebody else changed it since.
        TargetUnknown: the workspace has no such deployment.
        ModelNameTaken: the workspace has an alias of this name.
    """
    row = await _for_admin(ctx, alias_id)
    providers.require_version(row.version, change.version)
    given = change.model_dump(exclude_unset=True, exclude={"version", "targets"})
    for name, value in given.items():
        # Only these two can be taken away; null elsewhere means that it stays.
        if value is not None or name in {"threshold", "ceiling_micro"}:
            setattr(row, name, value)
    row.version += 1
    await _flush(ctx, row.name)
    if change.targets is not None:
        await _require_targets(ctx, row.workspace_id, change.targets)
        await _lead(ctx, row, change.targets)
    ctx.emit(AliasChanged(workspace_id=row.workspace_id, alias_id=row.id))
    targets = await repository.targets_of(ctx.db, [row.id])
    return _shown(row, targets.get(row.id, []))


async def remove_alias(ctx: Context, alias_id: UUID) -> None:
    """Let a name be asked for no longer.

    Raises:
        AliasNotFound, NotPermitted: the actor may not see it, or is no admin.
    """
    row = await _for_admin(ctx, alias_id)
    await ctx.db.delete(row)
    await ctx.db.flush()
    ctx.emit(AliasRemoved(workspace_id=row.workspace_id, alias_id=row.id))


async def leading_to(ctx: Context, deployment_ids: Sequence[UUID]) -> list[str]:
    """The names of the aliases that lead to any of these."""
    return list(await repository.leading_to(ctx.db, deployment_ids))


async def _lead(ctx: Context, row: AliasRow, targets: list[TargetShape]) -> None:
    try:
        await repository.set_targets(ctx.db, row.id, targets)
    except IntegrityError:
        # It was there a moment ago, and somebody removed it.
        raise TargetUnknown from None


async def _require_targets(
    ctx: Context, workspace_id: UUID, targets: Sequence[TargetShape]
) -> None:
    there = await providers.deployment_ids(ctx, workspace_id)
    missing = [str(it.deployment_id) for it in targets if it.deployment_id not in there]
    if missing:
        raise TargetUnknown(f"There is no deployment {', '.join(missing)}.")


async def _for_admin(ctx: Context, alias_id: UUID) -> AliasRow:
    row = await repository.find(ctx.db, ctx.actor, alias_id, locked=True)
    if row is None:
        raise AliasNotFound
    await workspaces.require(ctx, row.workspace_id, Role.ADMIN)
    return row


async def _flush(ctx: Context, name: str) -> None:
    try:
        await ctx.db.flush()
    except IntegrityError:
        raise ModelNameTaken(f"There is an alias “{name}” already.") from None


def _shown(row: AliasRow, targets: list[TargetShape]) -> AliasOut:
    fields = AliasOut.model_fields.keys() - {"targets"}
    return AliasOut(targets=targets, **{name: getattr(row, name) for name in fields})
