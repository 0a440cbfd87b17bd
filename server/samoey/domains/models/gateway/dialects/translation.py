"""Between what a caller says and what a deployment understands, for one request."""

from collections.abc import Iterable
from typing import Any, Protocol

import msgspec

from samoey.domains.models.gateway.dialects import (
    answers,
    chat_to_messages,
    meanings,
    messages_to_chat,
    responses_answers,
    responses_requests,
)
from samoey.domains.models.gateway.dialects.chat_stream import ToChat
from samoey.domains.models.gateway.dialects.errors import Misshapen, UnsupportedParameter
from samoey.domains.models.gateway.dialects.messages_stream import ToMessages
from samoey.domains.models.gateway.dialects.responses_stream import ToResponses
from samoey.domains.models.gateway.dialects.sse import Event, Events, wire
from samoey.kit.ports.upstreams import BrokeOff, Dialect

Document = dict[str, Any]
_SHAPELESS = (
    msgspec.MsgspecError,
    RecursionError,
    KeyError,
    TypeError,
    AttributeError,
    ValueError,
    IndexError,
)


class StreamStep(Protocol):
    """Events of one vendor into those of another; `whole` once the answer was told to its end."""

    whole: bool

    def take(self, told: Event) -> list[Event]:
        """What one event means."""

    def end(self) -> list[Event]:
        """The vendor closed the stream."""

    def failed(self, status: int, message: str) -> list[Event]:
        """The answer ends here, and why, in the caller's words."""


class Step(Protocol):
    """One translation; what it learns from the request it needs for the answer."""

    def request(self, asked: Document, model: str) -> Document:
        """What the vendor is asked."""

    def answer(self, told: Document) -> Document:
        """What the vendor answered."""

    def stream(self) -> StreamStep:
        """What the vendor answers piece by piece."""

    def refusal(self, status: int, message: str, code: str | None) -> Document:
        """Why there is no answer."""


class _ChatToMessages:
    def request(self, asked: Document, model: str) -> Document:
        self._usage = bool((asked.get("stream_options") or {}).get("include_usage"))
        return chat_to_messages.request(asked, model)

    def answer(self, told: Document) -> Document:
        return answers.to_chat(told)

    def stream(self) -> ToChat:
        return ToChat(usage_wanted=self._usage)

    def refusal(self, status: int, message: str, code: str | None) -> Document:
        # A prompt that is too long has a word of its own with OpenAI, by which callers go.
        too_long = status in {400, 413} and "too long" in message.lower()
        return meanings.openai_error(
            status, message, code="context_length_exceeded" if too_long else code
        )


class _MessagesToChat:
    def request(self, asked: Document, model: str) -> Document:
        thinking = (asked.get("thinking") or {}).get("type", "disabled")
        self._thoughts = thinking != "disabled"
        return messages_to_chat.request(asked, model)

    def answer(self, told: Document) -> Document:
        return answers.to_message(told)

    def stream(self) -> ToMessages:
        return ToMessages(thoughts_wanted=self._thoughts)

    def refusal(self, status: int, message: str, code: str | None) -> Document:
        # By these words Anthropic's callers know that they must shorten what they send.
        head = "prompt is too long: " if code == "context_length_exceeded" else ""
        return meanings.anthropic_error(status, head + message)


class _ResponsesToChat:
    def request(self, asked: Document, model: str) -> Document:
        self._asked = asked
        return responses_requests.request(asked, model)

    def answer(self, told: Document) -> Document:
        return responses_answers.answer(told, self._asked)

    def stream(self) -> ToResponses:
        return ToResponses(self._asked)

    def refusal(self, status: int, message: str, code: str | None) -> Document:
        return meanings.openai_error(status, message, code=code)


_STEPS: dict[tuple[Dialect, Dialect], tuple[type[Step], ...]] = {
    ("openai.chat", "anthropic.messages"): (_ChatToMessages,),
    ("anthropic.messages", "openai.chat"): (_MessagesToChat,),
    ("openai.responses", "openai.chat"): (_ResponsesToChat,),
    ("openai.responses", "anthropic.messages"): (_ResponsesToChat, _ChatToMessages),
}
# Whatever else a deployment understands: these are tried in turn.
_SPOKEN: tuple[Dialect, ...] = ("openai.chat", "anthropic.messages")


class Translation:
    """One request in `asked`, put to a deployment in `spoken`."""

    def __init__(self, asked: Dialect, spoken: Dialect) -> None:
        self.asked, self.spoken = asked, spoken
        # From the caller's side to the vendor's.
        self._steps = [step() for step in _STEPS[asked, spoken]]

    def request(self, body: bytes, model: str) -> bytes:
        """The request for a model, in the vendor's words.

        Raises:
            UnsupportedParameter: it asks for what they have no place for.
            Misshapen: it does not have the shape of its own dialect.
        """
        try:
            document = msgspec.json.decode(body, type=dict[str, Any])
            for step in self._steps:
                document = step.request(document, model)
        except _SHAPELESS as error:
            raise Misshapen(_where(error)) from error
        return msgspec.json.encode(document)

    def answer(self, body: bytes) -> bytes:
        """A whole answer in the caller's words.

        Raises:
            BrokeOff: what the vendor sent is no such answer.
        """
        try:
            document = msgspec.json.decode(body, type=dict[str, Any])
            for step in reversed(self._steps):
                document = step.answer(document)
        except _SHAPELESS as error:
            raise BrokeOff("What the model sent is not an answer.") from error
        return msgspec.json.encode(document)

    def refusal(self, status: int, body: bytes) -> bytes:
        """A vendor's refusal in the caller's words."""
        try:
            document = msgspec.json.decode(body)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            document = None
        message, code = meanings.message_of(document)
        message = message or f"The model answered with status {status}."
        return msgspec.json.encode(self._steps[0].refusal(status, message, code))

    def stream(self) -> "Stream":
        """A reader of the vendor's stream that tells it in the caller's words."""
        return Stream([step.stream() for step in reversed(self._steps)])


class Stream:
    """An answer on its way: bytes in as they come, bytes out as soon as they mean something."""

    def __init__(self, steps: list[StreamStep]) -> None:
        # From the vendor's side to the caller's.
        self._steps, self._events = steps, Events()

    @property
    def whole(self) -> bool:
        """Whether the caller was told that the answer ends."""
        return self._steps[-1].whole

    def feed(self, part: bytes) -> bytes:
        """What a part means.

        Raises:
            BrokeOff: what came is no such stream.
        """
        return wire(self._through(self._events.feed(part)))

    def end(self) -> bytes:
        """What remains to be said when the vendor has closed the stream.

        Raises:
            BrokeOff: it closed in the middle of its answer.
        """
        events = self._through(self._events.rest())
        for number, step in enumerate(self._steps):
            events += self._through(step.end(), number + 1)
        if not self.whole:
            raise BrokeOff("The model stopped in the middle of its answer.")
        return wire(events)

    def failed(self, status: int, message: str) -> bytes:
        """Tell the caller that the answer ends here, and why."""
        return b"" if self.whole else wire(self._steps[-1].failed(status, message))

    def _through(self, events: Iterable[Event], first: int = 0) -> list[Event]:
        told = list(events)
        for step in self._steps[first:]:
            told = [event for one in told if not step.whole for event in step.take(one)]
        return told


def between(asked: Dialect, understood: frozenset[Dialect]) -> Translation | None:
    """How to put a request to a deployment; None where it understands it as it stands.

    Raises:
        UnsupportedParameter: nothing that it understands can say this.
    """
    if asked in understood and asked != "openai.responses":
        return None
    for spoken in _SPOKEN:
        if spoken in understood and (asked, spoken) in _STEPS:
            return Translation(asked, spoken)
    raise UnsupportedParameter(f"The chosen model does not answer requests of the kind {asked}.")


def _where(error: Exception) -> str:
    match error:
        case KeyError(args=(str(field),)):
            return f"The field “{field}” is missing."
        case msgspec.DecodeError():
            return "The body is not a JSON object."
        case RecursionError():
            return "The body is nested too deeply."
    return "A field does not have the type that this address takes."
