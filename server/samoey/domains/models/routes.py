"""The REST door to models."""

from fastapi import APIRouter

from samoey.domains.models import service
from samoey.domains.models.aliases import routes as aliases
from samoey.domains.models.explaining import routes as explaining
from samoey.domains.models.playground import routes as playground
from samoey.domains.models.policies import routes as policies
from samoey.domains.models.prompts import routes as prompts
from samoey.domains.models.providers import routes as providers
from samoey.domains.models.removing import routes as removing
from samoey.domains.models.schemas import ModelOut
from samoey.domains.models.usage import routes as usage
from samoey.kit.http import ActorDep, ToolsDep, problems
from samoey.kit.problems import Unauthenticated

router = APIRouter(tags=["models"])
for part in (providers, removing, aliases, policies, explaining, usage, playground, prompts):
    router.include_router(part.router)


@router.get("/models", responses=problems(Unauthenticated))
async def list_models(tools: ToolsDep, _actor: ActorDep) -> list[ModelOut]:
    """List the models that may be chosen, the default first."""
    return await service.offered(tools)
