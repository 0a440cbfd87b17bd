"""What happens in conversations, as others may learn of it."""

from typing import ClassVar
from uuid import UUID

from samoey.kit.events import Event


class _InConversation(Event):
    conversation_id: UUID

    def audience(self) -> str:
        return f"conversation:{self.conversation_id}"


class MessagePosted(_InConversation):
    """Somebody asked something; the answer's place is kept from now on."""

    name: ClassVar[str] = "chat.message_posted"

    message_id: UUID
    number: int
    answer_id: UUID


class AnswerRetried(_InConversation):
    """Somebody wants an answer to be written again from the start."""

    name: ClassVar[str] = "chat.answer_retried"

    message_id: UUID


class AnswerStarted(_InConversation):
    """The copilot began an answer; its pieces of this attempt replace what was shown before."""

    name: ClassVar[str] = "chat.answer_started"

    message_id: UUID
    attempt: int


class MessageAnswered(_InConversation):
    """An answer is complete, was stopped, or failed; it is kept as it was shown."""

    name: ClassVar[str] = "chat.message_answered"

    message_id: UUID
    attempt: int
    status: str


class _AboutConversation(Event):
    conversation_id: UUID
    workspace_id: UUID
    owner_id: UUID
    # Whether the workspace may know of it, or might have known of it until now.
    shared: bool

    def audience(self) -> str:
        """A private conversation exists for its owner only."""
        return f"workspace:{self.workspace_id}" if self.shared else f"user:{self.owner_id}"


class ConversationStarted(_AboutConversation):
    """There is a new conversation."""

    name: ClassVar[str] = "chat.conversation_started"


class ConversationChanged(_AboutConversation):
    """It has another title, or other readers, or was spoken in."""

    name: ClassVar[str] = "chat.conversation_changed"


class ConversationDeleted(_AboutConversation):
    """It is gone with all its messages."""

    name: ClassVar[str] = "chat.conversation_deleted"


class AnswerRated(Event):
    """Somebody said whether an answer was good, or takes it back; only they learn of it."""

    name: ClassVar[str] = "chat.answer_rated"

    conversation_id: UUID
    message_id: UUID
    user_id: UUID

    def audience(self) -> str:
        """What somebody thinks of an answer is theirs; others see sums."""
        return f"user:{self.user_id}"
