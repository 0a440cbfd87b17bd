"""One answer from its question to its place in the conversation: begun, written, kept once."""

import asyncio
import contextlib
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from samoey.domains.chat import pieces, repository
from samoey.domains.chat.answers.gathering import Asked
from samoey.domains.chat.answers.telling import Telling
from samoey.domains.chat.answers.writing import UNSUPPORTED, Draft, Taken, plainly, write
from samoey.domains.chat.errors import AnswerTookTooLong
from samoey.domains.chat.events import AnswerStarted, MessageAnswered
from samoey.domains.chat.ratings import repository as ratings
from samoey.domains.chat.schemas import MessageStatus
from samoey.domains.chat.tables import Conversation, Message
from samoey.domains.models import service as models
from samoey.domains.models.schemas import Instructions
from samoey.kit.context import SYSTEM, Actor, Context, Tools
from samoey.kit.ports.bus import BusUnavailable
from samoey.kit.problems import Problem, ServerError

Ending = Literal["written", "stopped", "taken over"]

log = logging.getLogger(__name__)

MOST_TRIES = 3
_MOST_HISTORY = 12
# How long a wish to stop may stay unseen; each so many looks the message itself is looked at.
_LOOK_EACH_S = 0.15
_LOOKS_AT_MESSAGE = 12
_ASKED_AGAIN = "This is the earlier answer; it was asked for again, in vain:"
_STOPPED = "it was stopped before a word was written."
_BROKE = "Something broke on our side while this was written. Try again."


@dataclass(frozen=True, slots=True)
class Task:
    """One attempt at one answer."""

    answer_id: UUID
    conversation_id: UUID
    attempt: int
    tries: int
    model: str | None
    earlier: bool
    stopped: bool
    asked: Asked


async def answer(tools: Tools, answer_id: UUID) -> None:
    """Write an answer for all who read along, and keep it; one that is kept stays as it is.

    Raises:
        Problem: what may pass by itself; the job is tried again.
    """
    task = await _begin(tools, answer_id)
    if task is None:
        return
    telling = Telling(
        tools,
        conversation_id=task.conversation_id,
        answer_id=task.answer_id,
        attempt=task.attempt,
    )
    draft = Draft(earlier=task.earlier)
    if task.stopped:
        await _take_over_stopped(tools, task, telling, draft)
        return
    try:
        ending = await _written_or_stopped(tools, task, telling, draft)
    except Exception as error:
        if not _is_over(error, task):
            raise
        log.exception("an answer failed for good", extra={"answer": str(answer_id)})
        draft.problem = plainly(error) if isinstance(error, Problem) else _BROKE
        ending = "written"
    if ending == "taken over":
        return
    status: MessageStatus = "failed" if draft.problem else "done"
    if ending == "stopped":
        status = "stopped"
    await telling.end(await _keep(tools, task, telling, draft, status))


async def _take_over_stopped(tools: Tools, task: Task, telling: Telling, draft: Draft) -> None:
    """Keep what a dead worker had told of an answer that was stopped since."""
    try:
        await telling.recall()
    except BusUnavailable:
        if task.tries < MOST_TRIES:
            raise
        log.warning("what was told is lost", extra={"answer": str(task.answer_id)})
    await telling.end(await _keep(tools, task, telling, draft, "stopped"))


def _is_over(error: Exception, task: Task) -> bool:
    lasting = isinstance(error, Problem) and not error.transient
    return lasting or task.tries >= MOST_TRIES


async def _begin(tools: Tools, answer_id: UUID) -> Task | None:
    async with tools.work(SYSTEM) as ctx:
        found = await repository.answer_for_writing(ctx.db, answer_id)
        if found is None:
            return None
        row, question, conversation = found
        if row.status not in repository.OPEN:
            return None
        if row.stop_asked:
            row.tries += 1
            return _task(row, question, conversation, (), models.BUILT_IN)
        if row.tries >= MOST_TRIES:
            # Each try ended with its worker: one more would only end the next one.
            if _is_good(row):
                _let_stand(row, _BROKE)
            else:
                row.problem = plainly(ServerError(_BROKE))
            await _close(ctx, row, "failed" if row.problem else "done")
            return None
        row.attempt, row.tries, row.status = row.attempt + 1, row.tries + 1, "writing"
        seq, _ = await repository.advance(ctx.db, row.conversation_id)
        ctx.emit(
            AnswerStarted(
                conversation_id=row.conversation_id,
                message_id=row.id,
                attempt=row.attempt,
                seq=seq,
            )
        )
        before = await repository.said_before(
            ctx.db, row.conversation_id, question.number, limit=_MOST_HISTORY
        )
        told = await models.instructions(ctx, conversation.workspace_id, conversation.id)
        return _task(row, question, conversation, before, told)


def _task(
    row: Message,
    question: Message,
    conversation: Conversation,
    before: Sequence[Message],
    instructions: Instructions,
) -> Task:
    asked = Asked(
        actor=Actor(question.author_id or conversation.owner_id),
        workspace_id=conversation.workspace_id,
        repository_ids=tuple(conversation.repository_ids),
        text=question.text,
        before=tuple((said.role, said.text) for said in before),
        instructions=instructions,
    )
    return Task(
        answer_id=row.id,
        conversation_id=row.conversation_id,
        attempt=row.attempt,
        tries=row.tries,
        model=row.wanted_model,
        earlier=_is_good(row),
        stopped=row.stop_asked,
        asked=asked,
    )


def _is_good(row: Message) -> bool:
    """Whether an answer stands there that nobody may lose: all of it was written as it should."""
    return bool(row.text) and row.problem is None


def _let_stand(row: Message, reason: str) -> None:
    """Keep the earlier answer as it is, and say once why it was not replaced."""
    others = [note for note in row.notes if not note.startswith(_ASKED_AGAIN)]
    row.notes = [*others, f"{_ASKED_AGAIN} {reason}"]


async def _written_or_stopped(tools: Tools, task: Task, telling: Telling, draft: Draft) -> Ending:
    """Write until the end, until somebody wants it to stop, or until another worker took over."""
    limit_s = tools.settings.chat.answer_s
    writing = asyncio.create_task(write(tools, task.asked, task.model, telling, draft))
    loop = asyncio.get_running_loop()
    late_at, looks = loop.time() + limit_s, 0
    try:
        while not (await asyncio.wait({writing}, timeout=_LOOK_EACH_S))[0]:
            looks += 1
            if ending := await _look(tools, task, at_message=looks % _LOOKS_AT_MESSAGE == 0):
                return ending
            if loop.time() > late_at:
                late = AnswerTookTooLong(f"It took longer than {limit_s:g} s. Try again.")
                draft.problem = plainly(late)
                return "written"
        await writing
        return "written"
    finally:
        if not writing.done():
            writing.cancel()
            await asyncio.wait({writing})


async def _look(tools: Tools, task: Task, *, at_message: bool) -> Ending | None:
    """Why an answer should not be written further, if there is a reason."""
    with contextlib.suppress(BusUnavailable):
        if await pieces.is_to_stop(tools.bus, task.answer_id, task.attempt):
            return "stopped"
    if not at_message:
        return None
    async with tools.work(SYSTEM) as ctx:
        standing = await repository.standing(ctx.db, task.answer_id)
    # A worker that gave no sign of life for a while is taken for dead: its answer is begun again.
    if standing is None or standing[0] != task.attempt:
        return "taken over"
    return "stopped" if standing[1] else None


async def _keep(
    tools: Tools, task: Task, telling: Telling, draft: Draft, status: MessageStatus
) -> MessageStatus:
    """Keep what was told, and say as what.

    What was cut short says itself when no citation bears it out; a whole one has said so.

    Nothing happens when another attempt has begun or ended since. An earlier answer gives way only
    to words.
    """
    text = telling.text.strip("\n")
    if text and not draft.whole and not telling.citations:
        draft.notes.append(UNSUPPORTED)
    async with tools.work(SYSTEM) as ctx:
        found = await repository.answer_for_writing(ctx.db, task.answer_id)
        if found is None:
            return status
        row = found[0]
        if row.status != "writing" or row.attempt != task.attempt:
            return status
        if task.earlier and not text and status != "done":
            _let_stand(row, draft.problem or _STOPPED)
            status = "done"
        else:
            row.text, row.model, row.notes = text, draft.model, draft.notes
            row.citations = [citation.model_dump(mode="json") for citation in telling.citations]
            row.outline = [item.model_dump(mode="json") for item in draft.outline]
            made_from = draft.context
            row.context = made_from.model_dump(mode="json") if made_from else None
            row.context_tokens = made_from.tokens if made_from else None
            row.dropped_citations, row.problem = telling.dropped, draft.problem
            _note_taken(row, draft.taken)
            # What was said of the earlier words is not said of these.
            await ratings.forget(ctx.db, row.id)
        await _close(ctx, row, status)
        await repository.touch(ctx.db, row.conversation_id)
    return status


def _note_taken(row: Message, taken: Taken | None) -> None:
    row.arm_id = taken.arm_id if taken else None
    row.cost_micro = taken.cost_micro if taken else None
    row.ms, row.first_ms = (taken.ms, taken.first_ms) if taken else (None, None)


async def _close(ctx: Context, row: Message, status: MessageStatus) -> None:
    row.status, row.stop_asked = status, False
    seq, _ = await repository.advance(ctx.db, row.conversation_id)
    ctx.emit(
        MessageAnswered(
            conversation_id=row.conversation_id,
            message_id=row.id,
            attempt=row.attempt,
            status=status,
            seq=seq,
        )
    )
