"""The REST door to the policies of keys."""

from uuid import UUID

from fastapi import APIRouter

from samoey.domains.identity.errors import KeyNotFound
from samoey.domains.models.errors import ChangedMeanwhile
from samoey.domains.models.policies import service
from samoey.domains.models.policies.schemas import PolicedKey, PolicyOut, PolicyShape
from samoey.domains.workspaces.errors import NotPermitted
from samoey.kit.http import Ctx, problems
from samoey.kit.problems import InvalidRequest, Unauthenticated

router = APIRouter(prefix="/models/policies")


@router.get("", responses=problems(Unauthenticated))
async def list_policies(ctx: Ctx) -> list[PolicedKey]:
    """List keys with what their holders may ask of models: one's own, and for admins all."""
    return await service.list_policies(ctx)


@router.get("/{key_id}", responses=problems(Unauthenticated, KeyNotFound))
async def read_policy(ctx: Ctx, key_id: UUID) -> PolicyOut:
    """Read what the holder of a key may ask of models: of one's own, or as an admin."""
    return await service.read_policy(ctx, key_id)


@router.put(
    "/{key_id}",
    responses=problems(
        Unauthenticated, KeyNotFound, NotPermitted, ChangedMeanwhile, InvalidRequest
    ),
)
async def set_policy(ctx: Ctx, key_id: UUID, policy: PolicyShape) -> PolicyOut:
    """Say which models the holder of a key may ask, how often, and for how much money."""
    return await service.set_policy(ctx, key_id, policy)
