"""What can go wrong in a conversation, told to the person."""

from samoey.kit.problems import Conflict, NotFound, TooLarge, Unavailable


class ConversationNotFound(NotFound):
    """It does not exist, or the actor may not see it."""

    title = "There is no such conversation that you can see."


class MessageNotFound(NotFound):
    """It does not exist in this conversation."""

    title = "There is no such message in this conversation."


class MessageTooLong(TooLarge):
    """More text than one message may hold; nothing of it was kept, the sender still has it."""

    title = "This message is too long."


class NotAnAnswer(Conflict):
    """Only an answer of the copilot can be stopped or asked for again."""

    title = "Only an answer can be stopped or asked for again."


class ContextNotKept(NotFound):
    """A question, an answer that is not there yet, or one that was kept before this was."""

    title = "What this answer was made from was not kept."


class NotRateable(Conflict):
    """A question, or an answer that is not there yet or failed."""

    title = "Only an answer that is complete can be rated."


class StillAnswering(Conflict):
    """The answer is being written; stop it first."""

    title = "This answer is still being written."


class AnswerTookTooLong(Unavailable):
    """The answer was given up after the time that the settings allow."""

    title = "The answer took too long."
