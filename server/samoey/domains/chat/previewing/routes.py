"""The REST door to a look at what a model would be sent."""

from fastapi import APIRouter

from samoey.domains.chat.previewing import service
from samoey.domains.chat.previewing.schemas import PreviewOut, PreviewWish
from samoey.domains.models.errors import PromptVariablesMisfit
from samoey.domains.workspaces.errors import NotPermitted, WorkspaceNotFound
from samoey.kit.http import ActorDep, ToolsDep, problems
from samoey.kit.problems import InvalidRequest, Unauthenticated

router = APIRouter()


@router.post(
    "/preview",
    responses=problems(
        Unauthenticated, WorkspaceNotFound, NotPermitted, PromptVariablesMisfit, InvalidRequest
    ),
)
async def preview_question(tools: ToolsDep, actor: ActorDep, wish: PreviewWish) -> PreviewOut:
    """See what a model would be sent for a question; none is asked, and nothing is kept."""
    return await service.preview(tools, actor, wish)
