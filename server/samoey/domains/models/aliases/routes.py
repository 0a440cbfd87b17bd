"""The REST door to aliases."""

from uuid import UUID

from fastapi import APIRouter

from samoey.domains.models.aliases import service
from samoey.domains.models.aliases.schemas import AliasChange, AliasOut, NewAlias
from samoey.domains.models.errors import (
    AliasNotFound,
    ChangedMeanwhile,
    ModelNameTaken,
    TargetUnknown,
)
from samoey.domains.workspaces.errors import NotPermitted, WorkspaceNotFound
from samoey.kit.http import Ctx, problems
from samoey.kit.problems import InvalidRequest, Unauthenticated

router = APIRouter(prefix="/models/aliases")


@router.get("", responses=problems(Unauthenticated))
async def list_aliases(ctx: Ctx) -> list[AliasOut]:
    """List the aliases, with where they lead."""
    return await service.list_aliases(ctx)


@router.post(
    "",
    status_code=201,
    responses=problems(
        Unauthenticated,
        WorkspaceNotFound,
        NotPermitted,
        TargetUnknown,
        ModelNameTaken,
        InvalidRequest,
    ),
)
async def add_alias(ctx: Ctx, new: NewAlias) -> AliasOut:
    """Give a name to one or more deployments."""
    return await service.add_alias(ctx, new)


@router.patch(
    "/{alias_id}",
    responses=problems(
        Unauthenticated,
        AliasNotFound,
        NotPermitted,
        ChangedMeanwhile,
        TargetUnknown,
        ModelNameTaken,
        InvalidRequest,
    ),
)
async def change_alias(ctx: Ctx, alias_id: UUID, change: AliasChange) -> AliasOut:
    """Have an alias lead elsewhere, choose otherwise, or be called otherwise."""
    return await service.change_alias(ctx, alias_id, change)


@router.delete(
    "/{alias_id}",
    status_code=204,
    responses=problems(Unauthenticated, AliasNotFound, NotPermitted),
)
async def remove_alias(ctx: Ctx, alias_id: UUID) -> None:
    """Let a name be asked for no longer."""
    await service.remove_alias(ctx, alias_id)
