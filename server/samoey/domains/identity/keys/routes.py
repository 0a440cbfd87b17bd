"""The REST door to API keys."""

from uuid import UUID

from fastapi import APIRouter

from samoey.domains.identity.errors import KeyNotFound, NeedsSession
from samoey.domains.identity.keys import service
from samoey.domains.identity.keys.schemas import KeyOut, KeyShown, NewKey
from samoey.kit.http import CrossSite, Ctx, SignedInDep, ToolsDep, problems
from samoey.kit.problems import InvalidRequest, Unauthenticated

router = APIRouter(prefix="/keys")


@router.get("", responses=problems(Unauthenticated))
async def list_keys(ctx: Ctx) -> list[KeyOut]:
    """List one's keys that are not revoked, the newest first."""
    return await service.list_keys(ctx)


@router.post(
    "",
    status_code=201,
    responses=problems(Unauthenticated, NeedsSession, CrossSite, InvalidRequest),
)
async def make_key(ctx: Ctx, who: SignedInDep, new: NewKey) -> KeyShown:
    """Make a key; this answer is the only one that shows it."""
    return await service.make_key(ctx, who, new)


@router.delete(
    "/{key_id}",
    status_code=204,
    responses=problems(Unauthenticated, KeyNotFound, CrossSite, InvalidRequest),
)
async def revoke_key(tools: ToolsDep, who: SignedInDep, key_id: UUID) -> None:
    """Revoke a key: it opens no door from now on."""
    await service.revoke_key(tools, who.actor, key_id)
