"""Where the words of a stream stand in each vendor's events, and how a stream ends early."""

from typing import Any, Protocol

from samoey.domains.models.gateway.dialects.sse import DONE, Event, event, wire
from samoey.kit.ports.upstreams import Dialect

Texts = list[tuple[int, str]]


class Telling(Protocol):
    """One stream in one vendor's words."""

    def texts(self, document: Any) -> Texts:
        """What an event says, and in which of the answers or blocks."""

    def say(self, document: Any, place: int, text: str) -> None:
        """Have it say something else."""

    def event(self, document: Any) -> bytes:
        """It as it goes out."""

    def heard(self, document: Any) -> None:
        """An event came."""

    def told(self, document: Any) -> None:
        """An event was passed on: what the end of the stream must know."""

    def end(self, reason: str) -> bytes:
        """The end of the stream, for this reason."""


class _Chat:
    """OpenAI's chunks of chats."""

    def __init__(self) -> None:
        self._head: dict[str, Any] = {}
        self._open, self._closed = {0}, set[int]()

    def texts(self, document: Any) -> Texts:
        return [
            (choice.get("index", 0), text)
            for choice in document.get("choices") or ()
            if (text := self._text(choice)) and isinstance(text, str)
        ]

    def say(self, document: Any, place: int, text: str) -> None:
        for choice in document["choices"]:
            if choice.get("index", 0) == place and self._text(choice):
                self._put(choice, text)
                # They spell out the words that were there.
                choice["logprobs"] = None

    def event(self, document: Any) -> bytes:
        return wire([event(document)])

    def heard(self, document: Any) -> None:
        kept = ("id", "object", "created", "model")
        self._head = self._head or {it: document[it] for it in kept if it in document}
        self._open |= {it.get("index", 0) for it in document.get("choices") or ()} - self._closed

    def told(self, document: Any) -> None:
        done = (it for it in document.get("choices") or () if it.get("finish_reason"))
        self._closed |= {it.get("index", 0) for it in done}

    def end(self, reason: str) -> bytes:
        choices = [
            {"index": it, "logprobs": None, "finish_reason": "content_filter"} | self._last(reason)
            for it in sorted(self._open - self._closed)
        ]
        return wire([event(self._head | {"choices": choices}), DONE])

    def _text(self, choice: Any) -> Any:
        return (choice.get("delta") or {}).get("content")

    def _put(self, choice: Any, text: str) -> None:
        choice["delta"]["content"] = text

    def _last(self, reason: str) -> dict[str, Any]:
        return {"delta": {"refusal": reason}}


class _Completions(_Chat):
    """OpenAI's older completions, which have no place for a reason."""

    def _text(self, choice: Any) -> Any:
        return choice.get("text")

    def _put(self, choice: Any, text: str) -> None:
        choice["text"] = text

    def _last(self, reason: str) -> dict[str, Any]:
        del reason
        return {"text": ""}


class _Messages:
    """Anthropic's events."""

    def __init__(self) -> None:
        self._open: int | None = None
        self._deltas = 0

    def texts(self, document: Any) -> Texts:
        match document:
            case {
                "type": "content_block_delta",
                "index": int() as place,
                "delta": {"type": "text_delta", "text": str() as text},
            } if text:
                return [(place, text)]
            case {
                "type": "content_block_start",
                "index": int() as place,
                "content_block": {"type": "text", "text": str() as text},
            } if text:
                return [(place, text)]
        return []

    def say(self, document: Any, place: int, text: str) -> None:
        del place
        document["delta" if "delta" in document else "content_block"]["text"] = text

    def event(self, document: Any) -> bytes:
        return wire([event(document, document["type"])])

    def heard(self, document: Any) -> None:
        del document
        self._deltas += 1

    def told(self, document: Any) -> None:
        if document.get("type") == "content_block_start":
            self._open = document.get("index")
        elif document.get("type") == "content_block_stop":
            self._open = None

    def end(self, reason: str) -> bytes:
        told: list[Event] = []
        if self._open is not None:
            stop = {"type": "content_block_stop", "index": self._open}
            told.append(event(stop, "content_block_stop"))
        last = {
            "type": "message_delta",
            "delta": {
                "stop_reason": "refusal",
                "stop_sequence": None,
                "stop_details": {"type": "refusal", "category": None, "explanation": reason},
            },
            # An event carries a token, more or less: nobody counted the rest.
            "usage": {"output_tokens": self._deltas},
        }
        told += [event(last, "message_delta"), event({"type": "message_stop"}, "message_stop")]
        return wire(told)


TELLING: dict[Dialect, type[_Chat | _Messages]] = {
    "openai.chat": _Chat,
    "openai.completions": _Completions,
    "anthropic.messages": _Messages,
}
