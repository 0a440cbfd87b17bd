"""The REST door to removing providers and deployments."""

from uuid import UUID

from fastapi import APIRouter

from samoey.domains.models.errors import (
    DeploymentInUse,
    DeploymentNotFound,
    ProviderNotFound,
    ProviderReadOnly,
)
from samoey.domains.models.removing import service
from samoey.domains.workspaces.errors import NotPermitted
from samoey.kit.http import ActorDep, Ctx, ToolsDep, problems
from samoey.kit.problems import Unauthenticated

router = APIRouter(prefix="/models")


@router.delete(
    "/providers/{provider_id}",
    status_code=204,
    responses=problems(
        Unauthenticated, ProviderNotFound, NotPermitted, ProviderReadOnly, DeploymentInUse
    ),
)
async def remove_provider(tools: ToolsDep, actor: ActorDep, provider_id: UUID) -> None:
    """Disconnect a provider; its deployments go along."""
    await service.remove_provider(tools, actor, provider_id)


@router.delete(
    "/deployments/{deployment_id}",
    status_code=204,
    responses=problems(Unauthenticated, DeploymentNotFound, NotPermitted, DeploymentInUse),
)
async def remove_deployment(ctx: Ctx, deployment_id: UUID) -> None:
    """Let a model be asked no longer."""
    await service.remove_deployment(ctx, deployment_id)
