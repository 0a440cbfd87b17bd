"""The REST door to providers and deployments."""

from uuid import UUID

from fastapi import APIRouter

from samoey.domains.models.errors import (
    ChangedMeanwhile,
    DeploymentNotFound,
    KeyNeededAgain,
    ModelNameTaken,
    ProviderNotFound,
    ProviderReadOnly,
)
from samoey.domains.models.providers import service, trying
from samoey.domains.models.providers.schemas import (
    DeploymentChange,
    DeploymentOut,
    ListedModel,
    NewDeployment,
    NewProvider,
    ProviderChange,
    ProviderOut,
    TryOut,
    TryWish,
)
from samoey.domains.workspaces.errors import NotPermitted, WorkspaceNotFound
from samoey.kit.http import ActorDep, Ctx, ToolsDep, problems
from samoey.kit.ports.models import (
    ModelBusy,
    ModelRefusedKey,
    ModelRefusedRequest,
    ModelSpokeNonsense,
    ModelUnavailable,
)
from samoey.kit.ports.network import HostUnknown, OutsideAddress, PrivateAddress
from samoey.kit.ports.upstreams import BrokeOff, TooSlow, Unreachable
from samoey.kit.ports.vendors import CheckpointRefused, VendorAddressRefused
from samoey.kit.problems import InvalidRequest, Unauthenticated
from samoey.kit.secrets import SealBroken

router = APIRouter(prefix="/models")

_ADDRESS = (VendorAddressRefused, PrivateAddress, OutsideAddress)


@router.get("/providers", responses=problems(Unauthenticated))
async def list_providers(tools: ToolsDep, actor: ActorDep) -> list[ProviderOut]:
    """List the providers, those that the environment connects first."""
    return await service.list_providers(tools, actor)


@router.post(
    "/providers",
    status_code=201,
    responses=problems(
        Unauthenticated, WorkspaceNotFound, NotPermitted, ModelNameTaken, *_ADDRESS, InvalidRequest
    ),
)
async def add_provider(tools: ToolsDep, actor: ActorDep, new: NewProvider) -> ProviderOut:
    """Connect a provider; its key is sealed, and never told again."""
    return await service.add_provider(tools, actor, new)


@router.patch(
    "/providers/{provider_id}",
    responses=problems(
        Unauthenticated,
        ProviderNotFound,
        NotPermitted,
        ProviderReadOnly,
        ChangedMeanwhile,
        KeyNeededAgain,
        ModelNameTaken,
        *_ADDRESS,
        InvalidRequest,
    ),
)
async def change_provider(
    tools: ToolsDep, actor: ActorDep, provider_id: UUID, change: ProviderChange
) -> ProviderOut:
    """Change a provider's name, address or key, or switch it off or on."""
    return await service.change_provider(tools, actor, provider_id, change)


@router.post(
    "/providers/{provider_id}/try",
    responses=problems(Unauthenticated, ProviderNotFound, NotPermitted, SealBroken, InvalidRequest),
)
async def try_provider(
    tools: ToolsDep, actor: ActorDep, provider_id: UUID, wish: TryWish
) -> TryOut:
    """Make one tiny real request to a provider, and tell how it went."""
    return await trying.try_provider(tools, actor, provider_id, wish.model)


@router.get(
    "/providers/{provider_id}/models",
    responses=problems(
        Unauthenticated,
        ProviderNotFound,
        NotPermitted,
        SealBroken,
        ModelRefusedKey,
        ModelRefusedRequest,
        ModelBusy,
        ModelSpokeNonsense,
        ModelUnavailable,
        Unreachable,
        TooSlow,
        BrokeOff,
        HostUnknown,
        PrivateAddress,
        OutsideAddress,
    ),
)
async def list_offered_models(
    tools: ToolsDep, actor: ActorDep, provider_id: UUID
) -> list[ListedModel]:
    """List the models that the provider itself offers."""
    return await trying.offered_models(tools, actor, provider_id)


@router.get("/deployments", responses=problems(Unauthenticated, InvalidRequest))
async def list_deployments(ctx: Ctx, provider_id: UUID | None = None) -> list[DeploymentOut]:
    """List the models that are set up, those of one provider or all."""
    return await service.list_deployments(ctx, provider_id)


@router.post(
    "/deployments",
    status_code=201,
    responses=problems(
        Unauthenticated,
        WorkspaceNotFound,
        ProviderNotFound,
        NotPermitted,
        ModelNameTaken,
        CheckpointRefused,
        InvalidRequest,
    ),
)
async def add_deployment(tools: ToolsDep, actor: ActorDep, new: NewDeployment) -> DeploymentOut:
    """Set up a model of a provider, so that aliases can lead to it."""
    return await service.set_up_deployment(tools, actor, new)


@router.patch(
    "/deployments/{deployment_id}",
    responses=problems(
        Unauthenticated,
        DeploymentNotFound,
        NotPermitted,
        ChangedMeanwhile,
        CheckpointRefused,
        InvalidRequest,
    ),
)
async def change_deployment(
    tools: ToolsDep, actor: ActorDep, deployment_id: UUID, change: DeploymentChange
) -> DeploymentOut:
    """Change what is known of a model, or how it is asked."""
    return await service.reset_deployment(tools, actor, deployment_id, change)
