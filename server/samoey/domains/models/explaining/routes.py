"""The REST door to explained routes."""

from typing import Annotated

from fastapi import APIRouter, Query, Request

from samoey.domains.models.explaining import service
from samoey.domains.models.explaining.schemas import ExplainOut
from samoey.domains.models.gateway.routing import Needs
from samoey.domains.models.gateway.service import Gateway
from samoey.kit.http import ActorDep, ToolsDep, problems
from samoey.kit.ports.models import ModelNotFound
from samoey.kit.problems import InvalidRequest, Unauthenticated

router = APIRouter(prefix="/models/explain")

Name = Annotated[str, Query(min_length=1, max_length=300, description="An alias or a model.")]
Tokens = Annotated[int, Query(ge=0, le=10**9, description="How long the prompt would be.")]


@router.get("", responses=problems(Unauthenticated, ModelNotFound, InvalidRequest))
async def explain_route(
    request: Request,
    tools: ToolsDep,
    actor: ActorDep,
    model: Name,
    tokens: Tokens = 0,
    tools_wanted: Annotated[bool, Query(alias="tools")] = False,  # noqa: FBT002 - a query parameter
    vision: bool = False,  # noqa: FBT001, FBT002 - as above
) -> ExplainOut:
    """Say which deployments would be asked for a model now, in which order and why."""
    needs = Needs(tokens=tokens, tools=tools_wanted, vision=vision)
    # How the models stand is known where they are asked: in this process, if it asks any.
    gateway: Gateway | None = request.state.gateway
    standings = None if gateway is None else gateway.standings
    return await service.explain(tools, actor, model, needs, standings=standings)
