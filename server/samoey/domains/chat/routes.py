"""The REST door to conversations."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from samoey.domains.chat import service
from samoey.domains.chat.context import routes as context
from samoey.domains.chat.errors import (
    ConversationNotFound,
    MessageNotFound,
    MessageTooLong,
    NotAnAnswer,
    StillAnswering,
)
from samoey.domains.chat.previewing import routes as previewing
from samoey.domains.chat.ratings import routes as ratings
from samoey.domains.chat.schemas import (
    ChatLimits,
    ConversationChange,
    ConversationOut,
    MessageOut,
    NewConversation,
    NewMessage,
)
from samoey.domains.workspaces.errors import NotPermitted, WorkspaceNotFound
from samoey.kit.http import ActorDep, Ctx, ToolsDep, problems
from samoey.kit.ports.models import ModelUnknown
from samoey.kit.problems import InvalidRequest, Unauthenticated

router = APIRouter(prefix="/conversations", tags=["chat"])
# Above the doors of one conversation, whose id would take their words too.
for part in (context, previewing, ratings):
    router.include_router(part.router)

Limit = Annotated[int, Query(ge=1, le=200)]
# The largest number that the column holds.
_MOST = 2**31 - 1


@router.get("", responses=problems(Unauthenticated, InvalidRequest))
async def list_conversations(
    ctx: Ctx,
    workspace_id: UUID | None = None,
    before: Annotated[
        UUID | None, Query(description="Only those last spoken in before this one.")
    ] = None,
    limit: Limit = 50,
) -> list[ConversationOut]:
    """List the conversations one may read, the latest first."""
    return await service.conversations(ctx, workspace_id, before=before, limit=limit)


@router.post(
    "",
    status_code=201,
    responses=problems(Unauthenticated, WorkspaceNotFound, NotPermitted, InvalidRequest),
)
async def start_conversation(ctx: Ctx, new: NewConversation) -> ConversationOut:
    """Begin a conversation."""
    return await service.start_conversation(ctx, new)


# Above the door of one conversation, whose id would take this word too.
@router.get("/limits", responses=problems(Unauthenticated))
async def get_limits(tools: ToolsDep, _actor: ActorDep) -> ChatLimits:
    """Read how long a question may be here."""
    return ChatLimits(message_max_bytes=tools.settings.chat.message_max_bytes)


@router.get("/{conversation_id}", responses=problems(Unauthenticated, ConversationNotFound))
async def get_conversation(ctx: Ctx, conversation_id: UUID) -> ConversationOut:
    """Read one conversation's heading."""
    return await service.conversation(ctx, conversation_id)


@router.patch(
    "/{conversation_id}",
    responses=problems(Unauthenticated, ConversationNotFound, NotPermitted, InvalidRequest),
)
async def change_conversation(
    ctx: Ctx, conversation_id: UUID, change: ConversationChange
) -> ConversationOut:
    """Rename a conversation, or share it with the workspace or no longer."""
    return await service.change_conversation(ctx, conversation_id, change)


@router.delete(
    "/{conversation_id}",
    status_code=204,
    responses=problems(Unauthenticated, ConversationNotFound, NotPermitted),
)
async def delete_conversation(ctx: Ctx, conversation_id: UUID) -> None:
    """Delete a conversation with all its messages."""
    await service.delete_conversation(ctx, conversation_id)


@router.get(
    "/{conversation_id}/messages",
    responses=problems(Unauthenticated, ConversationNotFound, InvalidRequest),
)
async def list_messages(
    ctx: Ctx,
    conversation_id: UUID,
    before: Annotated[
        int | None, Query(ge=0, le=_MOST, description="Only messages below this number.")
    ] = None,
    after: Annotated[
        int | None, Query(ge=0, le=_MOST, description="Only messages above this number.")
    ] = None,
    limit: Limit = 100,
) -> list[MessageOut]:
    """Read a page of messages by number, oldest first: the last page unless `after` is given."""
    return await service.messages(ctx, conversation_id, before=before, after=after, limit=limit)


@router.post(
    "/{conversation_id}/messages",
    status_code=201,
    responses=problems(
        Unauthenticated,
        ConversationNotFound,
        NotPermitted,
        MessageTooLong,
        ModelUnknown,
        InvalidRequest,
    ),
)
async def post_message(
    tools: ToolsDep, actor: ActorDep, conversation_id: UUID, new: NewMessage
) -> MessageOut:
    """Ask something; the answer follows by itself as the next message."""
    return await service.post_message(tools, actor, conversation_id, new)


@router.post(
    "/{conversation_id}/messages/{message_id}/stop",
    status_code=204,
    responses=problems(
        Unauthenticated, ConversationNotFound, MessageNotFound, NotPermitted, NotAnAnswer
    ),
)
async def stop_answer(
    tools: ToolsDep, actor: ActorDep, conversation_id: UUID, message_id: UUID
) -> None:
    """Stop an answer; what was written so far is kept. Stopping twice is no problem."""
    await service.stop_answer(tools, actor, conversation_id, message_id)


@router.post(
    "/{conversation_id}/messages/{message_id}/retry",
    status_code=202,
    responses=problems(
        Unauthenticated,
        ConversationNotFound,
        MessageNotFound,
        NotPermitted,
        NotAnAnswer,
        StillAnswering,
    ),
)
async def retry_answer(ctx: Ctx, conversation_id: UUID, message_id: UUID) -> MessageOut:
    """Have an answer written again from the start."""
    return await service.retry_answer(ctx, conversation_id, message_id)
