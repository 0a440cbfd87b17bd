"""The REST door to what an answer was made from."""

from uuid import UUID

from fastapi import APIRouter

from samoey.domains.chat.context import service
from samoey.domains.chat.context.schemas import ContextOut
from samoey.domains.chat.errors import ContextNotKept, ConversationNotFound, MessageNotFound
from samoey.kit.http import Ctx, problems
from samoey.kit.problems import InvalidRequest, Unauthenticated

router = APIRouter()


@router.get(
    "/{conversation_id}/messages/{message_id}/context",
    responses=problems(
        Unauthenticated, ConversationNotFound, MessageNotFound, ContextNotKept, InvalidRequest
    ),
)
async def get_context(ctx: Ctx, conversation_id: UUID, message_id: UUID) -> ContextOut:
    """Read what an answer was made from: each part, why it was there, and what was left out."""
    return await service.context(ctx, conversation_id, message_id)
