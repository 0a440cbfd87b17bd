"""Conversations and messages: who may read, ask, stop and ask again."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import Select

from samoey.domains.chat import pieces, repository
from samoey.domains.chat.errors import (
    ConversationNotFound,
    MessageNotFound,
    MessageTooLong,
    NotAnAnswer,
    StillAnswering,
)
from samoey.domains.chat.events import (
    AnswerRetried,
    ConversationChanged,
    ConversationDeleted,
    ConversationStarted,
    MessageAnswered,
    MessagePosted,
)
from samoey.domains.chat.schemas import (
    ConversationChange,
    ConversationOut,
    MessageOut,
    NewConversation,
    NewMessage,
    RunningAnswer,
    ToldPiece,
)
from samoey.domains.chat.shapes import conversations_out, messages_out, title_of
from samoey.domains.chat.tables import Conversation, Message
from samoey.domains.models import service as models
from samoey.domains.repositories import service as repositories
from samoey.domains.repositories.errors import RepositoryNotFound
from samoey.domains.workspaces import service as workspaces
from samoey.kit.context import Actor, Context, Tools
from samoey.kit.problems import InvalidRequest, Unauthenticated


def visible(actor: Actor) -> Select[Conversation]:
    """The conversations that `actor` may know about: their own, and the shared ones."""
    return repository.visible(actor.user_id, workspaces.readable(actor))


async def conversations(
    ctx: Context, workspace_id: UUID | None, *, before: UUID | None = None, limit: int = 50
) -> list[ConversationOut]:
    """List what the actor may read, the conversations spoken in last first."""
    found = await repository.latest(
        ctx.db, visible(ctx.actor), workspace_id=workspace_id, before=before, limit=limit
    )
    return await conversations_out(ctx, found)


async def conversation(ctx: Context, conversation_id: UUID) -> ConversationOut:
    """Read one conversation's heading.

    Raises:
        ConversationNotFound: it does not exist, or the actor may not see it.
    """
    [told] = await conversations_out(ctx, [await _seen(ctx, conversation_id)])
    return told


async def start_conversation(ctx: Context, new: NewConversation) -> ConversationOut:
    """Begin a conversation that belongs to the actor.

    Raises:
        WorkspaceNotFound: the actor is no member of it.
        NotPermitted: viewers read, they do not ask.
        InvalidRequest: a repository is not in this workspace.
    """
    await workspaces.require(ctx, new.workspace_id, workspaces.Role.MEMBER)
    await _require_repositories(ctx, new)
    begun = Conversation(
        workspace_id=new.workspace_id,
        owner_id=_person(ctx.actor),
        title=new.title or "",
        shared=new.shared,
        repository_ids=list(dict.fromkeys(new.repository_ids)),
    )
    ctx.db.add(begun)
    await ctx.db.flush()
    ctx.emit(ConversationStarted(**_about(begun)))
    [told] = await conversations_out(ctx, [begun])
    return told


async def _require_repositories(ctx: Context, new: NewConversation) -> None:
    if not new.repository_ids:
        return
    there = {it.id for it in await repositories.list_repositories(ctx, new.workspace_id)}
    errors = [
        {"pointer": f"/body/repository_ids/{place}", "detail": RepositoryNotFound.title}
        for place, repository_id in enumerate(new.repository_ids)
        if repository_id not in there
    ]
    if errors:
        raise InvalidRequest(errors=errors)


async def change_conversation(
    ctx: Context, conversation_id: UUID, change: ConversationChange
) -> ConversationOut:
    """Rename a conversation, or share it with its workspace or no longer.

    Raises:
        ConversationNotFound: it does not exist, or the actor may not see it.
        NotPermitted: it belongs to somebody else, and the actor is no admin.
    """
    changed = await _owned(ctx, conversation_id)
    was_shared = changed.shared
    if change.title is not None:
        changed.title = change.title
    if change.shared is not None:
        changed.shared = change.shared
    await ctx.db.flush()
    # Those who could read it until now learn that they no longer can.
    ctx.emit(ConversationChanged(**(_about(changed) | {"shared": changed.shared or was_shared})))
    [told] = await conversations_out(ctx, [changed])
    return told


async def delete_conversation(ctx: Context, conversation_id: UUID) -> None:
    """Delete a conversation with all its messages.

    Raises:
        ConversationNotFound: it does not exist, or the actor may not see it.
        NotPermitted: it belongs to somebody else, and the actor is no admin.
    """
    gone = await _owned(ctx, conversation_id)
    ctx.emit(ConversationDeleted(**_about(gone)))
    await repository.remove(ctx.db, gone.id)


async def messages(
    ctx: Context,
    conversation_id: UUID,
    *,
    before: int | None = None,
    after: int | None = None,
    limit: int = 100,
) -> list[MessageOut]:
    """Read a page of messages, oldest first.

    Raises:
        ConversationNotFound: it does not exist, or the actor may not see it.
    """
    seen = await _seen(ctx, conversation_id)
    found = await repository.page(ctx.db, seen.id, before=before, after=after, limit=limit)
    return await messages_out(ctx, found)


async def message(ctx: Context, conversation_id: UUID, message_id: UUID) -> MessageOut:
    """Read one message.

    Raises:
        ConversationNotFound: the conversation does not exist, or the actor may not see it.
        MessageNotFound: there is no such message in it.
    """
    seen = await _seen(ctx, conversation_id)
    found = await repository.message(ctx.db, seen.id, message_id)
    if found is None:
        raise MessageNotFound
    [told] = await messages_out(ctx, [found])
    return told


async def post_message(
    tools: Tools, actor: Actor, conversation_id: UUID, new: NewMessage
) -> MessageOut:
    """Ask something; the place of the answer is kept right behind it, and a reaction fills it.

    Raises:
        MessageTooLong: more bytes than the settings allow; the sender still has the text.
        ModelUnknown: the model that shall answer is not there; names those that are.
        ConversationNotFound: it does not exist, or the actor may not see it.
        NotPermitted: viewers read, they do not ask.
    """
    _require_short(new.text, tools.settings.chat.message_max_bytes)
    if new.model is not None:
        await models.check(tools, new.model)
    async with tools.work(actor) as ctx:
        asked_in = await _writable(ctx, conversation_id)
        await repository.lock(ctx.db, asked_in.id)
        posted = new.key and await repository.by_key(ctx.db, asked_in.id, actor.user_id, new.key)
        question = posted or await _post(ctx, asked_in, new)
        [told] = await messages_out(ctx, [question])
    return told


def _require_short(text: str, most: int) -> None:
    size = len(text.encode())
    if size > most:
        raise MessageTooLong(
            f"It has {size:,} bytes, and {most:,} are taken. Shorten it, or put long text into a "
            "file of a connected repository.",
            bytes=size,
            limit=most,
        )


async def _post(ctx: Context, asked_in: Conversation, new: NewMessage) -> Message:
    seq, last_number = await repository.advance(ctx.db, asked_in.id, messages=2)
    question = Message(
        conversation_id=asked_in.id,
        number=last_number - 1,
        role="person",
        author_id=ctx.actor.user_id,
        key=new.key,
        text=new.text,
    )
    ctx.db.add(question)
    await ctx.db.flush()
    answer = Message(
        conversation_id=asked_in.id,
        number=last_number,
        role="assistant",
        status="waiting",
        wanted_model=new.model,
        answers_message_id=question.id,
    )
    ctx.db.add(answer)
    title = asked_in.title or title_of(new.text)
    await repository.change(ctx.db, asked_in.id, title=title, updated_at=datetime.now(UTC))
    await ctx.db.flush()
    ctx.emit(
        MessagePosted(
            conversation_id=asked_in.id,
            message_id=question.id,
            number=question.number,
            answer_id=answer.id,
            seq=seq,
        )
    )
    ctx.emit(ConversationChanged(**_about(asked_in)))
    return question


async def stop_answer(tools: Tools, actor: Actor, conversation_id: UUID, message_id: UUID) -> None:
    """Stop an answer; what was written so far is kept. An answer that is over stays as it is.

    Raises:
        ConversationNotFound: the conversation does not exist, or the actor may not see it.
        MessageNotFound: there is no such message in it.
        NotPermitted: viewers read, they do not stop.
        NotAnAnswer: it is a question.
    """
    async with tools.work(actor) as ctx:
        answer = await _answer(ctx, conversation_id, message_id)
        attempt, writing = answer.attempt, answer.status == "writing"
        if answer.status == "waiting":
            await _stopped_unwritten(ctx, answer)
        elif writing:
            # Kept with the message too: the worker that takes over from a dead one sees it there.
            answer.stop_asked = True
    if writing:
        await pieces.wish_to_stop(tools.bus, message_id, attempt)


async def _stopped_unwritten(ctx: Context, answer: Message) -> None:
    answer.status = "stopped"
    seq, _ = await repository.advance(ctx.db, answer.conversation_id)
    ctx.emit(
        MessageAnswered(
            conversation_id=answer.conversation_id,
            message_id=answer.id,
            attempt=answer.attempt,
            status=answer.status,
            seq=seq,
        )
    )


async def retry_answer(ctx: Context, conversation_id: UUID, message_id: UUID) -> MessageOut:
    """Have an answer written again; what stood there stays until the new one begins.

    Raises:
        ConversationNotFound: the conversation does not exist, or the actor may not see it.
        MessageNotFound: there is no such message in it.
        NotPermitted: viewers read, they do not ask.
        NotAnAnswer: it is a question.
        StillAnswering: it is being written; stop it first.
    """
    answer = await _answer(ctx, conversation_id, message_id)
    if answer.status in repository.OPEN:
        raise StillAnswering
    # What was wrong with it stays known until something new is kept: see `answers.service`.
    answer.status = "waiting"
    answer.tries, answer.stop_asked = 0, False
    seq, _ = await repository.advance(ctx.db, answer.conversation_id)
    ctx.emit(AnswerRetried(conversation_id=conversation_id, message_id=answer.id, seq=seq))
    await ctx.db.flush()
    [told] = await messages_out(ctx, [answer])
    return told


async def readable_among(ctx: Context, conversation_ids: Iterable[UUID]) -> set[UUID]:
    """Those of the given conversations that the actor may read, for doors that stay open."""
    return await repository.which(ctx.db, visible(ctx.actor), conversation_ids)


async def running_answers(ctx: Context, conversation_id: UUID) -> list[RunningAnswer]:
    """The answers that wait or are being written, for those who come in the middle.

    Raises:
        ConversationNotFound: it does not exist, or the actor may not see it.
    """
    seen = await _seen(ctx, conversation_id)
    return [
        RunningAnswer(message_id=answer.id, attempt=answer.attempt)
        for answer in await repository.running(ctx.db, [seen.id])
    ]


async def pieces_of(
    tools: Tools, answer_id: UUID, after: str = "0", *, wait_s: float = 0
) -> list[tuple[str, ToldPiece]]:
    """Read what was told of an answer after one piece, for those who may read the answer.

    Raises:
        BusUnavailable: it cannot be read now.
    """
    return await pieces.read(tools.bus, answer_id, after, wait_s=wait_s)


async def answer_to(ctx: Context, conversation_id: UUID, question_id: UUID) -> MessageOut:
    """The answer to a question, as far as it is.

    Raises:
        ConversationNotFound: the conversation does not exist, or the actor may not see it.
        MessageNotFound: there is no such question in it.
    """
    seen = await _seen(ctx, conversation_id)
    answer = await repository.answer_of(ctx.db, question_id)
    if answer is None or answer.conversation_id != seen.id:
        raise MessageNotFound
    [told] = await messages_out(ctx, [answer])
    return told


async def tally(ctx: Context) -> Sequence[tuple[str, int, int]]:
    """Count all answers by status, with the citations dropped from them, for operators."""
    return await repository.tally(ctx.db)


async def _seen(ctx: Context, conversation_id: UUID) -> Conversation:
    found = await repository.find(ctx.db, visible(ctx.actor), conversation_id)
    if found is None:
        raise ConversationNotFound
    return found


async def _writable(ctx: Context, conversation_id: UUID) -> Conversation:
    seen = await _seen(ctx, conversation_id)
    await workspaces.require(ctx, seen.workspace_id, workspaces.Role.MEMBER)
    return seen


async def _owned(ctx: Context, conversation_id: UUID) -> Conversation:
    seen = await _seen(ctx, conversation_id)
    least = workspaces.Role.MEMBER if seen.owner_id == ctx.actor.user_id else workspaces.Role.ADMIN
    await workspaces.require(ctx, seen.workspace_id, least)
    return seen


async def _answer(ctx: Context, conversation_id: UUID, message_id: UUID) -> Message:
    seen = await _writable(ctx, conversation_id)
    found = await repository.message(ctx.db, seen.id, message_id, held=True)
    if found is None:
        raise MessageNotFound
    if found.answers_message_id is None:
        raise NotAnAnswer
    return found


def _person(actor: Actor) -> UUID:
    if actor.user_id is None:
        raise Unauthenticated
    return actor.user_id


def _about(told: Conversation) -> dict[str, UUID | bool]:
    return {
        "conversation_id": told.id,
        "workspace_id": told.workspace_id,
        "owner_id": told.owner_id,
        "shared": told.shared,
    }
