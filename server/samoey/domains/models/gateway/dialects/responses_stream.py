"""OpenAI's stream of a chat completion, told as the events of its responses."""

from typing import Any

import msgspec

from samoey.domains.models.gateway.dialects import answers, meanings, responses_answers
from samoey.domains.models.gateway.dialects.sse import DONE, Event, event
from samoey.kit.ports.upstreams import BrokeOff

_decode = msgspec.json.Decoder().decode
# The field of a part that grows, and how its events are named.
_GROWING = {
    "output_text": ("text", "response.output_text"),
    "refusal": ("refusal", "response.refusal"),
}


class ToResponses:
    """One response on its way; `whole` once it was told to its end."""

    def __init__(self, asked: dict[str, Any]) -> None:
        self.whole = False
        self._asked = asked
        self._response: dict[str, Any] = {}
        self._number = -1
        self._finish: str | None = None
        self._usage: dict[str, Any] | None = None
        # The message that is being told, its place and the part that grows.
        self._message: dict[str, Any] | None = None
        self._part: dict[str, Any] | None = None
        self._calls: dict[int, tuple[int, dict[str, Any]]] = {}

    def take(self, told: Event) -> list[Event]:
        """What one of OpenAI's chunks means.

        Raises:
            BrokeOff: what came is no chunk of such a stream.
        """
        if told == DONE:
            return self._end() if self._response else []
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
        response = self._response or responses_answers.begun(
            self._asked, self._asked.get("model") or ""
        )
        told = responses_answers.failed(response, status, message)
        return [self._event("response.failed", response=told)]

    def _event(self, kind: str, **fields: Any) -> Event:
        self._number += 1
        return event({"type": kind, "sequence_number": self._number} | fields, kind)

    def _chunk(self, chunk: dict[str, Any]) -> list[Event]:
        if self.whole:
            return []
        if chunk.get("error") is not None:
            message, code = meanings.message_of(chunk)
            return self.failed(429 if code == "rate_limit_exceeded" else 500, message)
        events = [] if self._response else self._begin(chunk)
        if chunk.get("usage"):
            self._usage = chunk["usage"]
        for choice in chunk["choices"][:1]:
            delta = choice.get("delta") or choice.get("message") or {}
            if text := answers.plain(delta.get("content")):
                events += self._grow("output_text", text)
            if delta.get("refusal"):
                events += self._grow("refusal", delta["refusal"])
            for part in delta.get("tool_calls") or ():
                events += self._call(part)
            self._finish = choice.get("finish_reason") or self._finish
        return events

    def _begin(self, chunk: dict[str, Any]) -> list[Event]:
        self._response = responses_answers.begun(self._asked, chunk.get("model") or "")
        kinds = ("response.created", "response.in_progress")
        return [self._event(kind, response=self._response) for kind in kinds]

    def _add(self, item: dict[str, Any]) -> tuple[int, Event]:
        place = len(self._response["output"])
        self._response["output"].append(item)
        return place, self._event("response.output_item.added", output_index=place, item=item)

    def _done(self, place: int, item: dict[str, Any]) -> Event:
        item["status"] = "completed"
        return self._event("response.output_item.done", output_index=place, item=item)

    def _place(self, **more: Any) -> dict[str, Any]:
        """Where the part that grows stands; only the last item's message ever does."""
        assert self._message is not None
        return {
            "item_id": self._message["id"],
            "output_index": len(self._response["output"]) - 1,
            "content_index": len(self._message["content"]) - 1,
        } | more

    def _grow(self, kind: str, text: str) -> list[Event]:
        events: list[Event] = []
        if self._message is None:
            self._message = responses_answers.message([], "in_progress")
            events.append(self._add(self._message)[1])
        if self._part is None or self._part["type"] != kind:
            events += self._close_part()
            self._part = responses_answers.part(kind, "")
            self._message["content"].append(self._part)
            told = self._place(part=self._part)
            events.append(self._event("response.content_part.added", **told))
        field, name = _GROWING[kind]
        self._part[field] += text
        more = self._place(delta=text) | ({"logprobs": []} if field == "text" else {})
        return [*events, self._event(f"{name}.delta", **more)]

    def _close_part(self) -> list[Event]:
        if self._part is None:
            return []
        field, name = _GROWING[self._part["type"]]
        told = self._place() | {field: self._part[field]}
        told |= {"logprobs": []} if field == "text" else {}
        part, self._part = self._part, None
        return [
            self._event(f"{name}.done", **told),
            self._event("response.content_part.done", **self._place(part=part)),
        ]

    def _close_message(self) -> list[Event]:
        if self._message is None:
            return []
        events = self._close_part()
        message, self._message = self._message, None
        return [*events, self._done(len(self._response["output"]) - 1, message)]

    def _call(self, part: dict[str, Any]) -> list[Event]:
        index, function = part.get("index", 0), part.get("function") or {}
        events: list[Event] = []
        if index not in self._calls:
            events += self._close_message()
            call_id = part.get("id") or f"call_{index}"
            call = responses_answers.call(call_id, function.get("name") or "", "", "in_progress")
            place, added = self._add(call)
            self._calls[index] = place, call
            events.append(added)
        place, call = self._calls[index]
        if more := function.get("arguments"):
            call["arguments"] += more
            told = {"item_id": call["id"], "output_index": place, "delta": more}
            events.append(self._event("response.function_call_arguments.delta", **told))
        return events

    def _end(self) -> list[Event]:
        self.whole = True
        events = self._close_message()
        for place, call in self._calls.values():
            told = {"item_id": call["id"], "output_index": place, "name": call["name"]}
            told["arguments"] = call["arguments"]
            events.append(self._event("response.function_call_arguments.done", **told))
            events.append(self._done(place, call))
        response = responses_answers.ended(self._response, self._finish, self._usage)
        self._response = response
        return [*events, self._event(f"response.{response['status']}", response=response)]
