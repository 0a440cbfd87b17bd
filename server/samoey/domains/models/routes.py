"""The REST door to models."""

from fastapi import APIRouter

from samoey.domains.models import service
from samoey.domains.models.schemas import ModelOut
from samoey.kit.http import ActorDep, ToolsDep, problems
from samoey.kit.problems import Unauthenticated

router = APIRouter(prefix="/models", tags=["models"])


@router.get("", responses=problems(Unauthenticated))
async def list_models(tools: ToolsDep, _actor: ActorDep) -> list[ModelOut]:
    """List the models that may be chosen, the default first."""
    return await service.offered(tools)
