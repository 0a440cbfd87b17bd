"""Anthropic's stream of a message, told as OpenAI's stream of a chat completion."""

import time
from typing import Any

import msgspec

from samoey.domains.models.gateway.dialects import answers, meanings
from samoey.domains.models.gateway.dialects.chat_to_messages import ANSWER_TOOL
from samoey.domains.models.gateway.dialects.sse import DONE, Event, event
from samoey.kit.ports.upstreams import BrokeOff

_decode = msgspec.json.Decoder().decode
_CALL, _TEXT, _FILLED, _THOUGHT, _OTHER = "call", "text", "filled", "thought", "other"


class ToChat:
    """One answer on its way; `whole` once the vendor has said that it ends."""

    def __init__(self, *, usage_wanted: bool) -> None:
        self.whole = False
        self._usage_wanted = usage_wanted
        self._head: dict[str, Any] = {}
        self._usage: dict[str, Any] = {}
        self._finish = "stop"
        self._calls = 0
        self._block: dict[str, Any] = {}
        self._kind, self._spoke = _OTHER, False

    def take(self, told: Event) -> list[Event]:
        """What one of Anthropic's events means; pings and what is new mean nothing.

        Raises:
            BrokeOff: what came is no event of such a stream.
        """
        try:
            document = _decode(told.data)
            match document["type"]:
                case "content_block_delta":
                    return self._delta(document["delta"])
                case "content_block_start":
                    return self._start(document["content_block"])
                case "content_block_stop":
                    return self._stop()
                case "message_start":
                    return self._begin(document["message"])
                case "message_delta":
                    return self._ending(document)
                case "message_stop":
                    return self._end()
                case "error":
                    message, _ = meanings.message_of(document)
                    return self.failed(meanings.status_of(document), message)
        except (msgspec.DecodeError, RecursionError, KeyError, TypeError, AttributeError) as error:
            raise BrokeOff("What the model sends is not the stream of a message.") from error
        return []

    def failed(self, status: int, message: str) -> list[Event]:
        """Tell that the answer ends here, and why; nothing comes after it."""
        self.whole = True
        return [event(meanings.openai_error(status, message))]

    def _begin(self, message: dict[str, Any]) -> list[Event]:
        self._usage = dict(message.get("usage") or {})
        self._head = {
            "id": f"chatcmpl-{message['id'].removeprefix('msg_')}",
            "object": "chat.completion.chunk",
            "created": int(time.time()),
            "model": message["model"],
        }
        return [self._chunk({"role": "assistant", "content": ""})]

    def _start(self, block: dict[str, Any]) -> list[Event]:
        self._block, self._spoke = block, False
        match block["type"]:
            case "text":
                self._kind = _TEXT
                return [self._chunk({"content": block["text"]})] if block.get("text") else []
            case "tool_use" if block["name"] == ANSWER_TOOL:
                self._kind = _FILLED
            case "tool_use":
                self._kind = _CALL
                function = {"name": block["name"], "arguments": ""}
                call = {"id": block["id"], "type": "function", "function": function}
                return [self._chunk({"tool_calls": [{"index": self._calls} | call]})]
            case "thinking" | "redacted_thinking":
                self._kind = _THOUGHT
            case _:
                self._kind = _OTHER
        return []

    def _delta(self, delta: dict[str, Any]) -> list[Event]:
        match delta["type"], self._kind:
            case "text_delta", _:
                return [self._chunk({"content": delta["text"]})]
            case "input_json_delta", ("call" | "filled"):
                return self._written(delta["partial_json"])
            case "thinking_delta", _:
                self._block["thinking"] = self._block.get("thinking", "") + delta["thinking"]
                return [self._chunk({"reasoning_content": delta["thinking"]})]
            case "signature_delta", _:
                self._block["signature"] = delta["signature"]
        return []

    def _written(self, text: str) -> list[Event]:
        if not text:
            return []
        self._spoke = True
        if self._kind == _FILLED:
            return [self._chunk({"content": text})]
        part = {"index": self._calls, "function": {"arguments": text}}
        return [self._chunk({"tool_calls": [part]})]

    def _stop(self) -> list[Event]:
        kind, self._kind = self._kind, _OTHER
        if kind == _THOUGHT:
            # With its signature: the vendor wants it back as it stands when the talk goes on.
            return [self._chunk({"thinking_blocks": [self._block]})]
        if kind not in {_CALL, _FILLED}:
            return []
        self._kind = kind
        events = [] if self._spoke else self._written(answers.written(self._block.get("input", {})))
        self._kind = _OTHER
        self._calls += kind == _CALL
        return events

    def _ending(self, document: dict[str, Any]) -> list[Event]:
        counts = document.get("usage") or {}
        self._usage |= {key: value for key, value in counts.items() if value is not None}
        reason = document["delta"].get("stop_reason")
        if reason:
            self._finish = meanings.FINISHES.get(reason, "stop")
        if self._finish == "tool_calls" and not self._calls:
            self._finish = "stop"
        return []

    def _end(self) -> list[Event]:
        self.whole = True
        events = [self._chunk({}, self._finish)]
        if self._usage_wanted:
            usage = meanings.chat_usage(self._usage)
            events.append(event(self._head | {"choices": [], "usage": usage}))
        return [*events, DONE]

    def _chunk(self, delta: dict[str, Any], finish: str | None = None) -> Event:
        choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}
        return event(self._head | {"choices": [choice]})

    def end(self) -> list[Event]:
        """The vendor closed the stream; what it did not say to the end is not whole."""
        return []
