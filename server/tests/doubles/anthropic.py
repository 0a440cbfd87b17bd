"""An Anthropic endpoint on loopback that says what a test tells it to, good or bad.

Every request and every good answer is held to the types of Anthropic's own library; what does not
fit is kept in `faults`, which the fixtures assert to be empty.
"""

import asyncio
import json
from collections import deque
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Any

from tests.doubles import loopback, vendors

KEY = "sk-ant-double-0123456789"

Send = Callable[[dict[str, Any]], Awaitable[None]]
Turn = Callable[[Send, dict[str, Any]], Awaitable[None]]

_USAGE = {"input_tokens": 12, "output_tokens": 7}
# Older families take these; the newest types no longer have them.
_OLDER = {"temperature", "top_p", "top_k"}


class AnthropicDouble:
    """The endpoint. Unscripted, it greets."""

    def __init__(self) -> None:
        self.requests: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self.faults: list[str] = []
        self.url, self.key = "", KEY
        self.models = ["claude-haiku-4-5", "claude-opus-4-8", "claude-sonnet-4-6"]
        self._turns: deque[Turn] = deque()

    def forget(self) -> None:
        """Begin anew for the next test; what was amiss stays kept."""
        self.requests.clear()
        self.headers.clear()
        self._turns.clear()

    # What comes next, one call per request.

    def say(
        self,
        *blocks: dict[str, Any],
        stop: str = "end_turn",
        usage: dict[str, Any] | None = None,
        pace_s: float = 0,
    ) -> None:
        """Answer with these blocks, whole or as a stream as it is asked for."""

        async def turn(send: Send, request: dict[str, Any]) -> None:
            counts = _USAGE | (usage or {})
            if request.get("stream"):
                await self._begin(send)
                for event in _events(request["model"], blocks, stop, counts):
                    await asyncio.sleep(pace_s)
                    await self._event(send, event)
                await send({"type": "http.response.body", "body": b""})
            else:
                message = _message(request["model"], list(blocks), stop, counts)
                self.faults += vendors.faults("message", message)
                await self._json(send, 200, message)

        self._turns.append(turn)

    def write(self, text: str, **more: Any) -> None:
        """Answer with a text."""
        self.say({"type": "text", "text": text}, **more)

    def fail(self, status: int, kind: str, message: str = "no", retry_after: str = "") -> None:
        """Refuse with an error document."""

        async def turn(send: Send, _request: dict[str, Any]) -> None:
            extra = [(b"retry-after", retry_after.encode())] if retry_after else []
            await self._refuse(send, status, kind, message, extra)

        self._turns.append(turn)

    def half(self, text: str, *, error: dict[str, str] | None = None) -> None:
        """Begin a good answer; end it by an error that is told, or by cutting the line."""

        async def turn(send: Send, request: dict[str, Any]) -> None:
            await self._begin(send)
            block = {"type": "text", "text": text}
            for event in _events(request["model"], [block], "end_turn", _USAGE)[:-3]:
                await self._event(send, event)
            if error is None:
                # An application that raises after the head makes uvicorn drop the connection.
                raise ConnectionAbortedError
            await self._event(send, {"type": "error", "error": error})
            await send({"type": "http.response.body", "body": b""})

        self._turns.append(turn)

    # The raw ASGI application.

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Send) -> None:
        headers = {k.decode().lower(): v.decode() for k, v in scope["headers"]}
        body = b""
        while True:
            message = await receive()
            body += message.get("body", b"")
            if not message.get("more_body"):
                break
        self.headers.append(headers)
        if headers.get("x-api-key") != self.key:
            await self._refuse(send, 401, "authentication_error", "invalid x-api-key")
        elif "anthropic-version" not in headers:
            await self._refuse(send, 400, "invalid_request_error", "anthropic-version: required")
        elif (scope["method"], scope["path"]) == ("POST", "/v1/messages"):
            await self._answer(send, json.loads(body))
        elif (scope["method"], scope["path"]) == ("GET", "/v1/models"):
            await self._list(send)
        elif (scope["method"], scope["path"]) == ("POST", "/v1/messages/count_tokens"):
            counted = {"input_tokens": 14}
            self.faults += vendors.faults("tokens", counted)
            await self._json(send, 200, counted)
        else:
            await self._refuse(send, 404, "not_found_error", "Not found")

    async def _answer(self, send: Send, request: dict[str, Any]) -> None:
        typed = {key: value for key, value in request.items() if key not in _OLDER}
        self.faults += vendors.faults("message request", typed)
        self.requests.append(request)
        if not self._turns:
            self.write("Hello.")
        await self._turns.popleft()(send, request)

    async def _list(self, send: Send) -> None:
        created = "2026-01-01T00:00:00Z"
        listed = [
            {"type": "model", "id": name, "display_name": name, "created_at": created}
            | {"lifecycle": "active"}
            for name in self.models
        ]
        for one in listed:
            self.faults += vendors.faults("model", one)
        ends = {"first_id": self.models[0], "last_id": self.models[-1], "has_more": False}
        await self._json(send, 200, {"data": listed} | ends)

    async def _begin(self, send: Send) -> None:
        head = [(b"content-type", b"text/event-stream; charset=utf-8")]
        await send({"type": "http.response.start", "status": 200, "headers": head})

    async def _event(self, send: Send, event: dict[str, Any]) -> None:
        if event["type"] not in {"error", "ping"}:
            self.faults += vendors.faults("message event", event)
        line = f"event: {event['type']}\ndata: {json.dumps(event)}\n\n"
        await send({"type": "http.response.body", "body": line.encode(), "more_body": True})

    async def _refuse(
        self,
        send: Send,
        status: int,
        kind: str,
        message: str,
        extra: list[tuple[bytes, bytes]] | None = None,
    ) -> None:
        refusal = {"type": "error", "error": {"type": kind, "message": message}}
        await self._json(send, status, refusal | {"request_id": "req_1"}, extra)

    async def _json(
        self,
        send: Send,
        status: int,
        document: Any,
        extra: list[tuple[bytes, bytes]] | None = None,
    ) -> None:
        head = [(b"content-type", b"application/json"), *(extra or [])]
        await send({"type": "http.response.start", "status": status, "headers": head})
        await send({"type": "http.response.body", "body": json.dumps(document).encode()})


def _message(
    model: str, content: list[dict[str, Any]], stop: str | None, usage: dict[str, Any]
) -> dict[str, Any]:
    return {
        "id": "msg_0123",
        "type": "message",
        "role": "assistant",
        "model": model,
        "content": content,
        "stop_reason": stop,
        "stop_sequence": None,
        "usage": usage,
    }


def _events(model: str, blocks: Any, stop: str, usage: dict[str, Any]) -> list[dict[str, Any]]:
    begun = _message(model, [], None, usage | {"output_tokens": 1})
    events: list[dict[str, Any]] = [{"type": "message_start", "message": begun}, {"type": "ping"}]
    for index, block in enumerate(blocks):
        empty, deltas = _in_deltas(block)
        start = {"type": "content_block_start", "index": index, "content_block": empty}
        events.append(start)
        events += [{"type": "content_block_delta", "index": index, "delta": d} for d in deltas]
        events.append({"type": "content_block_stop", "index": index})
    ending = {"stop_reason": stop, "stop_sequence": None}
    return [
        *events,
        {"type": "message_delta", "delta": ending, "usage": usage},
        {"type": "message_stop"},
    ]


def _in_deltas(block: dict[str, Any]) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """A block as it begins, and what comes of it piece by piece."""
    match block["type"]:
        case "text":
            pieces = [block["text"][at : at + 5] for at in range(0, len(block["text"]), 5)]
            return block | {"text": ""}, [{"type": "text_delta", "text": one} for one in pieces]
        case "tool_use":
            told = json.dumps(block["input"])
            pieces = [told[:4], told[4:]]
            deltas = [{"type": "input_json_delta", "partial_json": one} for one in pieces]
            return block | {"input": {}}, deltas
        case "thinking":
            deltas = [
                {"type": "thinking_delta", "thinking": block["thinking"]},
                {"type": "signature_delta", "signature": block["signature"]},
            ]
            return block | {"thinking": "", "signature": ""}, deltas
    return block, []


@contextmanager
def running() -> Iterator[AnthropicDouble]:
    """The double behind a real socket, in a thread of its own; asserts that nothing was amiss."""
    double = AnthropicDouble()
    # The library loads for seconds: not while somebody waits for an answer.
    vendors.load()
    with loopback.in_thread(double) as url:
        double.url = url
        yield double
    assert double.faults == []
