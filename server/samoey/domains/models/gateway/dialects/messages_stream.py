"""OpenAI's stream of a chat completion, told as Anthropic's stream of a message."""

from typing import Any

import msgspec

from samoey.domains.models.gateway.dialects import answers, meanings
from samoey.domains.models.gateway.dialects.sse import DONE, Event, event
from samoey.kit.ports.upstreams import BrokeOff

_decode = msgspec.json.Decoder().decode


class _Call(msgspec.Struct):
    """A call on its way; until it is `told`, what comes of it waits."""

    id: str
    name: str
    arguments: str = ""
    told: bool = False

    def complete(self) -> bool:
        try:
            _decode(self.arguments)
        except msgspec.DecodeError:
            return False
        return True


class ToMessages:
    """One answer on its way; `whole` once it was told to its end.

    Anthropic tells one block after the other, OpenAI may weave calls into each other: a call
    that begins before the one before it is complete waits for the end.
    """

    def __init__(self, *, thoughts_wanted: bool = False) -> None:
        self.whole = False
        self._thoughts_wanted = thoughts_wanted
        self._begun = False
        self._usage: dict[str, Any] | None = None
        self._finish: str | None = None
        self._refused = False
        self._index, self._open = -1, ""
        self._calls: dict[int, _Call] = {}
        self._live: int | None = None
        # Text that came into the middle of a call, which may not be cut in two.
        self._late = ""

    def take(self, told: Event) -> list[Event]:
        """What one of OpenAI's chunks means.

        Raises:
            BrokeOff: what came is no chunk of such a stream.
        """
        if told == DONE:
            return self._end() if self._begun else []
        try:
            return self._chunk(_decode(told.data))
        except (msgspec.DecodeError, RecursionError, KeyError, TypeError, AttributeError) as error:
            raise BrokeOff("What the model sends is not the stream of a chat.") from error

    def end(self) -> list[Event]:
        """The vendor closed the stream: good where it had told why the answer ends."""
        return [] if self.whole or self._finish is None else self._end()

    def failed(self, status: int, message: str) -> list[Event]:
        """Tell that the answer ends here, and why; nothing comes after it."""
        self.whole = True
        return [event(meanings.anthropic_error(status, message), "error")]

    def _chunk(self, chunk: dict[str, Any]) -> list[Event]:
        if self.whole:
            return []
        if chunk.get("error") is not None:
            message, _ = meanings.message_of(chunk)
            return self.failed(500, message)
        events = [] if self._begun else [self._begin(chunk)]
        if chunk.get("usage"):
            self._usage = chunk["usage"]
        for choice in chunk["choices"][:1]:
            events += self._said(choice.get("delta") or choice.get("message") or {})
            self._finish = choice.get("finish_reason") or self._finish
        return events

    def _begin(self, chunk: dict[str, Any]) -> Event:
        self._begun = True
        message: dict[str, Any] = {
            "id": answers.message_id(chunk.get("id")),
            "type": "message",
            "role": "assistant",
            "model": chunk.get("model") or "",
            "content": [],
            "stop_reason": None,
            "stop_sequence": None,
            # Nothing is counted yet; the last event before the end tells it all.
            "usage": meanings.messages_usage(chunk.get("usage")),
        }
        return event({"type": "message_start", "message": message}, "message_start")

    def _said(self, delta: dict[str, Any]) -> list[Event]:
        events: list[Event] = []
        thought = delta.get("reasoning_content") or delta.get("reasoning")
        if thought and self._thoughts_wanted and isinstance(thought, str):
            events += self._block("thinking", {"type": "thinking", "thinking": "", "signature": ""})
            events.append(self._delta({"type": "thinking_delta", "thinking": thought}))
        if delta.get("refusal"):
            self._refused = True
        if text := answers.plain(delta.get("content")) or delta.get("refusal"):
            events += self._text(text)
        for part in delta.get("tool_calls") or ():
            events += self._call(part)
        return events

    def _text(self, text: str) -> list[Event]:
        if self._live is not None and not self._calls[self._live].complete():
            self._late += text
            return []
        events = self._block("text", {"type": "text", "text": ""})
        return [*events, self._delta({"type": "text_delta", "text": text})]

    def _block(self, kind: str, block: dict[str, Any]) -> list[Event]:
        """Open a block of a kind, where none such is open."""
        if self._open == kind:
            return []
        events = self._close()
        self._index, self._open = self._index + 1, kind
        start = {"type": "content_block_start", "index": self._index, "content_block": block}
        return [*events, event(start, "content_block_start")]

    def _delta(self, delta: dict[str, Any]) -> Event:
        told = {"type": "content_block_delta", "index": self._index, "delta": delta}
        return event(told, "content_block_delta")

    def _close(self) -> list[Event]:
        if not self._open:
            return []
        self._open, self._live = "", None
        stop = {"type": "content_block_stop", "index": self._index}
        return [event(stop, "content_block_stop")]

    def _call(self, part: dict[str, Any]) -> list[Event]:
        index, function = part.get("index", 0), part.get("function") or {}
        call = self._calls.get(index)
        if call is None:
            call = self._calls[index] = _Call(
                part.get("id") or f"call_{index}", function.get("name") or ""
            )
        arguments = function.get("arguments") or ""
        call.arguments += arguments
        if self._live == index:
            return [self._written(arguments)] if arguments else []
        # Another call is being told, and not yet complete: this one waits.
        if self._live is not None and not self._calls[self._live].complete():
            return []
        return [] if call.told or not call.name else self._tell(index, call)

    def _tell(self, index: int, call: _Call) -> list[Event]:
        call.told = True
        block = {"type": "tool_use", "id": call.id, "name": call.name, "input": {}}
        events = self._block(f"call {index}", block)
        self._live = index
        return [*events, self._written(call.arguments)] if call.arguments else events

    def _written(self, arguments: str) -> Event:
        return self._delta({"type": "input_json_delta", "partial_json": arguments})

    def _end(self) -> list[Event]:
        self.whole = True
        events = self._close()
        for index, call in sorted(self._calls.items()):
            if not call.told:
                events += [*self._tell(index, call), *self._close()]
        if self._late:
            events += [*self._text(self._late), *self._close()]
        stop = meanings.STOPS.get(self._finish or "", "end_turn")
        if self._refused:
            stop = "refusal"
        elif self._calls and stop == "end_turn":
            stop = "tool_use"
        ending = {
            "type": "message_delta",
            "delta": {"stop_reason": stop, "stop_sequence": None},
            "usage": meanings.messages_usage(self._usage),
        }
        return [
            *events,
            event(ending, "message_delta"),
            event({"type": "message_stop"}, "message_stop"),
        ]
