"""Saying whether an answer was good, and telling how answers went."""

from collections.abc import Sequence
from uuid import UUID

from samoey.domains.chat import repository as conversations
from samoey.domains.chat.errors import ConversationNotFound, MessageNotFound, NotRateable
from samoey.domains.chat.events import AnswerRated
from samoey.domains.chat.ratings import repository
from samoey.domains.chat.ratings.likings import liked
from samoey.domains.chat.ratings.schemas import ArmFigures
from samoey.domains.chat.schemas import Thumb
from samoey.domains.chat.tables import Message
from samoey.domains.workspaces import service as workspaces
from samoey.domains.workspaces.service import Role
from samoey.kit.context import Context
from samoey.kit.problems import Unauthenticated

_COMPLETE = ("done", "stopped")


async def rate(ctx: Context, conversation_id: UUID, message_id: UUID, rating: Thumb) -> None:
    """Say whether an answer was good; who says it again changes their mind.

    Raises:
        ConversationNotFound: the conversation does not exist, or the actor may not see it.
        MessageNotFound: there is no such message in it.
        NotPermitted: viewers read, they do not rate.
        NotRateable: it is a question, or an answer that is not there yet or failed.
    """
    message, user_id = await _answer(ctx, conversation_id, message_id)
    if message.role != "assistant" or message.status not in _COMPLETE:
        raise NotRateable
    await repository.put(ctx.db, message.id, user_id, up=rating == "up")
    _tell(ctx, message, user_id)


async def take_back(ctx: Context, conversation_id: UUID, message_id: UUID) -> None:
    """Take back what one said of an answer; who said nothing takes nothing back.

    Raises:
        ConversationNotFound: the conversation does not exist, or the actor may not see it.
        MessageNotFound: there is no such message in it.
        NotPermitted: viewers read, they do not rate.
    """
    message, user_id = await _answer(ctx, conversation_id, message_id)
    if await repository.take_back(ctx.db, message.id, user_id):
        _tell(ctx, message, user_id)


async def figures(ctx: Context, workspace_id: UUID, arm_ids: Sequence[UUID]) -> list[ArmFigures]:
    """How the answers of some arms went, in the order asked for: sums, never who said what.

    Raises:
        WorkspaceNotFound, NotPermitted: the actor is no member of the workspace, or a viewer.
    """
    await workspaces.require(ctx, workspace_id, Role.MEMBER)
    rows = {row.arm_id: row for row in await repository.figures(ctx.db, workspace_id, arm_ids)}
    return [
        ArmFigures(liked=liked(row.up, row.down), **row._mapping)  # noqa: SLF001 - its public name
        for arm_id in dict.fromkeys(arm_ids)
        if (row := rows.get(arm_id)) is not None
    ]


async def _answer(ctx: Context, conversation_id: UUID, message_id: UUID) -> tuple[Message, UUID]:
    if (user_id := ctx.actor.user_id) is None:
        raise Unauthenticated
    seen = conversations.visible(user_id, workspaces.readable(ctx.actor))
    conversation = await conversations.find(ctx.db, seen, conversation_id)
    if conversation is None:
        raise ConversationNotFound
    await workspaces.require(ctx, conversation.workspace_id, Role.MEMBER)
    # Held, so that no rating of earlier words comes after new ones.
    message = await conversations.message(ctx.db, conversation.id, message_id, held=True)
    if message is None:
        raise MessageNotFound
    return message, user_id


def _tell(ctx: Context, message: Message, user_id: UUID) -> None:
    ctx.emit(
        AnswerRated(conversation_id=message.conversation_id, message_id=message.id, user_id=user_id)
    )
