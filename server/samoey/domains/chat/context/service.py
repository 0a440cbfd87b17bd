"""What an answer was made from, for those who read it."""

from uuid import UUID

from samoey.domains.chat import repository
from samoey.domains.chat import service as chat
from samoey.domains.chat.context.schemas import Context as Kept
from samoey.domains.chat.context.schemas import ContextOut
from samoey.domains.chat.errors import ContextNotKept
from samoey.domains.repositories import service as repositories
from samoey.kit.context import Context


async def context(ctx: Context, conversation_id: UUID, message_id: UUID) -> ContextOut:
    """Tell what an answer was made from; of repositories that the actor may not read, how much.

    Raises:
        ConversationNotFound: the conversation does not exist, or the actor may not see it.
        MessageNotFound: there is no such message in it.
        ContextNotKept: it is no answer, or this was not kept with it.
    """
    told = await chat.message(ctx, conversation_id, message_id)
    kept = await repository.context_of(ctx.db, conversation_id, told.id)
    if kept is None:
        raise ContextNotKept
    whole = Kept.model_validate(kept)
    readable = {it.id for it in await repositories.list_repositories(ctx)}
    shown = [part for part in whole.parts if part.repository_id in readable]
    return ContextOut(
        **whole.model_dump(exclude={"parts"}),
        parts=shown,
        total=whole.tokens,
        hidden=len(whole.parts) - len(shown),
    )
