"""The REST door to ratings and figures."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from samoey.domains.chat.errors import ConversationNotFound, MessageNotFound, NotRateable
from samoey.domains.chat.ratings import service
from samoey.domains.chat.ratings.schemas import ArmFigures, NewRating
from samoey.domains.workspaces.errors import NotPermitted, WorkspaceNotFound
from samoey.kit.http import Ctx, problems
from samoey.kit.problems import InvalidRequest, Unauthenticated

router = APIRouter()
_PLACE = "/{conversation_id}/messages/{message_id}/rating"


@router.get(
    "/figures",
    responses=problems(Unauthenticated, WorkspaceNotFound, NotPermitted, InvalidRequest),
)
async def list_figures(
    ctx: Ctx,
    workspace_id: UUID,
    arm_id: Annotated[list[UUID], Query(min_length=1, max_length=200)],
) -> list[ArmFigures]:
    """Read how the answers of prompt versions went; an arm that answered nothing is left out."""
    return await service.figures(ctx, workspace_id, arm_id)


@router.put(
    _PLACE,
    status_code=204,
    responses=problems(
        Unauthenticated,
        ConversationNotFound,
        MessageNotFound,
        NotPermitted,
        NotRateable,
        InvalidRequest,
    ),
)
async def rate_answer(ctx: Ctx, conversation_id: UUID, message_id: UUID, new: NewRating) -> None:
    """Say whether an answer was good, or change what one said."""
    await service.rate(ctx, conversation_id, message_id, new.rating)


@router.delete(
    _PLACE,
    status_code=204,
    responses=problems(Unauthenticated, ConversationNotFound, MessageNotFound, NotPermitted),
)
async def take_rating_back(ctx: Ctx, conversation_id: UUID, message_id: UUID) -> None:
    """Take back what one said of an answer."""
    await service.take_back(ctx, conversation_id, message_id)
