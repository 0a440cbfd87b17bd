"""The REST door to prompt templates."""

from uuid import UUID

from fastapi import APIRouter

from samoey.domains.models.errors import (
    ChangedMeanwhile,
    ModelNameTaken,
    PromptInUse,
    PromptNotFound,
    PromptVariablesMisfit,
    PromptVersionUnknown,
)
from samoey.domains.models.prompts import service, traffic
from samoey.domains.models.prompts.schemas import (
    BuiltInPrompt,
    NewPrompt,
    NewPromptVersion,
    PromptChange,
    PromptDraft,
    PromptOut,
    PromptPreview,
    PromptVersionOut,
    TrafficOut,
    TrafficWish,
)
from samoey.domains.workspaces.errors import NotPermitted, WorkspaceNotFound
from samoey.kit.http import ActorDep, Ctx, problems
from samoey.kit.problems import InvalidRequest, Unauthenticated

router = APIRouter(prefix="/models/prompts")


@router.get("", responses=problems(Unauthenticated))
async def list_prompts(ctx: Ctx) -> list[PromptOut]:
    """List the prompt templates, each with its newest version."""
    return await service.list_prompts(ctx)


@router.get("/builtin", responses=problems(Unauthenticated))
async def get_built_in_prompt(_actor: ActorDep) -> BuiltInPrompt:
    """Read the assistant's own instructions."""
    return service.built_in()


@router.get("/traffic", responses=problems(Unauthenticated, WorkspaceNotFound, InvalidRequest))
async def get_prompt_traffic(ctx: Ctx, workspace_id: UUID) -> TrafficOut:
    """Read which versions answer conversations, and which did before."""
    return await traffic.read_traffic(ctx, workspace_id)


@router.put(
    "/traffic",
    responses=problems(
        Unauthenticated,
        WorkspaceNotFound,
        NotPermitted,
        ChangedMeanwhile,
        PromptVersionUnknown,
        InvalidRequest,
    ),
)
async def set_prompt_traffic(ctx: Ctx, wish: TrafficWish) -> TrafficOut:
    """Have versions answer conversations by shares; a single one ends the comparison."""
    return await traffic.set_traffic(ctx, wish)


@router.post(
    "/preview",
    responses=problems(
        Unauthenticated, WorkspaceNotFound, NotPermitted, PromptVariablesMisfit, InvalidRequest
    ),
)
async def preview_prompt(ctx: Ctx, draft: PromptDraft) -> PromptPreview:
    """See what a free template comes to, before it is kept or used."""
    return await service.preview(ctx, draft)


@router.post(
    "",
    status_code=201,
    responses=problems(
        Unauthenticated,
        WorkspaceNotFound,
        NotPermitted,
        PromptVariablesMisfit,
        ModelNameTaken,
        InvalidRequest,
    ),
)
async def add_prompt(ctx: Ctx, new: NewPrompt) -> PromptOut:
    """Keep a prompt template with its first version."""
    return await service.add_prompt(ctx, new)


@router.patch(
    "/{prompt_id}",
    responses=problems(
        Unauthenticated,
        PromptNotFound,
        NotPermitted,
        ChangedMeanwhile,
        ModelNameTaken,
        InvalidRequest,
    ),
)
async def change_prompt(ctx: Ctx, prompt_id: UUID, change: PromptChange) -> PromptOut:
    """Give a prompt template another name."""
    return await service.change_prompt(ctx, prompt_id, change)


@router.delete(
    "/{prompt_id}",
    status_code=204,
    responses=problems(Unauthenticated, PromptNotFound, NotPermitted, PromptInUse),
)
async def remove_prompt(ctx: Ctx, prompt_id: UUID) -> None:
    """Remove a prompt template that answers nobody, with all its versions."""
    await service.remove_prompt(ctx, prompt_id)


@router.get("/{prompt_id}/versions", responses=problems(Unauthenticated, PromptNotFound))
async def list_prompt_versions(ctx: Ctx, prompt_id: UUID) -> list[PromptVersionOut]:
    """List the versions of a prompt template, the newest first."""
    return await service.list_versions(ctx, prompt_id)


@router.post(
    "/{prompt_id}/versions",
    status_code=201,
    responses=problems(
        Unauthenticated,
        PromptNotFound,
        NotPermitted,
        ChangedMeanwhile,
        PromptVariablesMisfit,
        InvalidRequest,
    ),
)
async def add_prompt_version(ctx: Ctx, prompt_id: UUID, new: NewPromptVersion) -> PromptOut:
    """Keep the next version of a prompt template."""
    return await service.add_version(ctx, prompt_id, new)
