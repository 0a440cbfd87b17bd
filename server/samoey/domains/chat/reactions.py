"""What follows by itself when somebody asks."""

from samoey.domains.chat.answers import service as answers
from samoey.domains.chat.events import AnswerRetried, MessagePosted
from samoey.kit.context import Tools
from samoey.kit.reactions import reacts_to


def _one_at_a_time(event: MessagePosted | AnswerRetried) -> str:
    """A conversation is answered in the order of its questions."""
    return f"conversation:{event.conversation_id}"


@reacts_to(MessagePosted, attempts=answers.MOST_TRIES, queue="answers", lock=_one_at_a_time)
async def answer_message(tools: Tools, event: MessagePosted) -> None:
    """Answer a question."""
    await answers.answer(tools, event.answer_id)


@reacts_to(AnswerRetried, attempts=answers.MOST_TRIES, queue="answers", lock=_one_at_a_time)
async def answer_again(tools: Tools, event: AnswerRetried) -> None:
    """Write an answer again."""
    await answers.answer(tools, event.message_id)
