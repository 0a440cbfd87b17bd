"""An OpenAI-compatible endpoint on loopback that says what a test tells it to, good or bad.

Every request and every good answer is held to OpenAI's published description; what does not fit
is kept in `faults`, which the fixtures assert to be empty.
"""

import asyncio
import base64
import json
import re
import struct
import time
from collections import deque
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator

from tests.doubles import loopback

DESCRIPTION = Path(__file__).parent.parent / "data" / "openai" / "openai-trimmed.json"
KEY = "sk-double-0123456789"

Send = Callable[[dict[str, Any]], Awaitable[None]]
Turn = Callable[[Send, dict[str, Any]], Awaitable[None]]

_USAGE = {"prompt_tokens": 12, "completion_tokens": 7, "total_tokens": 19}
_SOURCE = re.compile(r"^\[(S\d+)\] (\S+)(?: — (\S+))?", re.MULTILINE)


def _packed(vector: list[float]) -> str:
    return base64.b64encode(struct.pack(f"<{len(vector)}f", *vector)).decode()


def _with_null(node: Any) -> Any:
    """`nullable` of OpenAPI 3.0, which this description still uses, in JSON Schema's words."""
    if isinstance(node, list):
        return [_with_null(item) for item in node]
    if not isinstance(node, dict):
        return node
    plain = {key: _with_null(value) for key, value in node.items() if key != "nullable"}
    return {"anyOf": [plain, {"type": "null"}]} if node.get("nullable") is True else plain


@cache
def validator(schema: str) -> Draft202012Validator:
    """What holds a document to one of the published schemas."""
    components = _with_null(json.loads(DESCRIPTION.read_text())["components"])
    return Draft202012Validator(
        {"$ref": f"#/components/schemas/{schema}", "components": components}
    )


class OpenAIDouble:
    """The endpoint. Unscripted, it answers from the first source of the prompt, citing it."""

    def __init__(self) -> None:
        self.requests: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self.faults: list[str] = []
        self.models = ["double-large", "double-embedding"]
        self.key = KEY
        self.url = ""
        self._turns: deque[Turn] = deque()

    def forget(self) -> None:
        """Begin anew for the next test; what was amiss stays kept."""
        self.requests.clear()
        self.headers.clear()
        self._turns.clear()
        self.models = ["double-large", "double-embedding"]

    # What comes next, one call per request.

    def say(
        self,
        text: str,
        *,
        pace_s: float = 0,
        size: int = 12,
        tools: list[tuple[str, dict[str, Any]]] | None = None,
        finish: str = "stop",
    ) -> None:
        """Answer with `text` in deltas of `size` characters, waiting `pace_s` before each."""

        async def turn(send: Send, request: dict[str, Any]) -> None:
            await self._start(send)
            await self._speak(send, request, text, pace_s, size)
            for index, (name, arguments) in enumerate(tools or []):
                await self._call(send, request, index, name, arguments)
            await self._finish(send, request, "tool_calls" if tools else finish)

        self._turns.append(turn)

    def fail(
        self, status: int, *, code: str | None = None, message: str = "no", retry_after: str = ""
    ) -> None:
        """Refuse with an error document."""

        async def turn(send: Send, _request: dict[str, Any]) -> None:
            extra = [(b"retry-after", retry_after.encode())] if retry_after else []
            await self._refuse(send, status, message, code, extra)

        self._turns.append(turn)

    def raw(
        self,
        body: bytes,
        *,
        content_type: bytes = b"text/event-stream",
        status: int = 200,
        headers: list[tuple[bytes, bytes]] | None = None,
        hold: bool = False,
    ) -> None:
        """Send bytes that no honest endpoint would; `hold` never ends the answer."""

        async def turn(send: Send, _request: dict[str, Any]) -> None:
            head = [(b"content-type", content_type), *(headers or [])]
            await send({"type": "http.response.start", "status": status, "headers": head})
            await send({"type": "http.response.body", "body": body, "more_body": True})
            if hold:
                await asyncio.sleep(3600)
            await send({"type": "http.response.body", "body": b""})

        self._turns.append(turn)

    def half(self, text: str) -> None:
        """Begin a good answer and cut the line in the middle of it."""

        async def turn(send: Send, request: dict[str, Any]) -> None:
            await self._start(send)
            await self._speak(send, request, text, 0, 12)
            # An application that raises after the head makes uvicorn drop the connection.
            raise ConnectionAbortedError

        self._turns.append(turn)

    def hang(self) -> None:
        """Take the request and never say a word."""

        async def turn(_send: Send, _request: dict[str, Any]) -> None:
            await asyncio.sleep(3600)

        self._turns.append(turn)

    def document(
        self, text: str | None, *, tools: list[tuple[str, dict[str, Any]]] | None = None
    ) -> None:
        """Answer in one document, as an endpoint that cannot stream does."""
        calls = [
            {
                "id": f"call_{index}",
                "type": "function",
                "function": {"name": name, "arguments": json.dumps(arguments)},
            }
            for index, (name, arguments) in enumerate(tools or [])
        ]
        said: dict[str, Any] = {"role": "assistant", "content": text, "refusal": None}
        said |= {"tool_calls": calls} if calls else {}

        async def turn(send: Send, request: dict[str, Any]) -> None:
            answer = {
                "id": "chatcmpl-1",
                "object": "chat.completion",
                "created": int(time.time()),
                "model": request["model"],
                "choices": [
                    {
                        "index": 0,
                        "message": said,
                        "logprobs": None,
                        "finish_reason": "tool_calls" if calls else "stop",
                    }
                ],
                "usage": _USAGE,
            }
            self._hold("CreateChatCompletionResponse", answer)
            await self._json(send, 200, answer)

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
        if self.key and headers.get("authorization") != f"Bearer {self.key}":
            await self._refuse(send, 401, f"Incorrect API key provided: {self.key[:7]}***", None)
        elif (scope["method"], scope["path"]) == ("GET", "/v1/models"):
            await self._list(send)
        elif (scope["method"], scope["path"]) == ("POST", "/v1/chat/completions"):
            await self._chat(send, body)
        elif (scope["method"], scope["path"]) == ("POST", "/v1/embeddings"):
            await self._embed(send, json.loads(body))
        else:
            await self._refuse(send, 404, "Unknown request URL", None)

    async def _chat(self, send: Send, body: bytes) -> None:
        request = json.loads(body)
        self._hold("CreateChatCompletionRequest", request)
        self.requests.append(request)
        turn = self._turns.popleft() if self._turns else self._from_sources
        await turn(send, request)

    async def _embed(self, send: Send, request: dict[str, Any]) -> None:
        self._hold("CreateEmbeddingRequest", request)
        self.requests.append(request)
        given = request["input"] if isinstance(request["input"], list) else [request["input"]]
        vectors = [[float(len(str(text))), 0.5, -0.25] for text in given]
        packed = request.get("encoding_format") == "base64"
        answer = {
            "object": "list",
            "model": request["model"],
            "data": [
                {"object": "embedding", "index": index, "embedding": _packed(it) if packed else it}
                for index, it in enumerate(vectors)
            ],
            "usage": {"prompt_tokens": 3, "total_tokens": 3},
        }
        if not packed:
            self._hold("CreateEmbeddingResponse", answer)
        await self._json(send, 200, answer)

    async def _from_sources(self, send: Send, request: dict[str, Any]) -> None:
        asked = str(request["messages"][-1]["content"])
        found = _SOURCE.findall(asked)
        said = "I found nothing about this in the code."
        if found:
            tag, place, symbol = found[0]
            named = f"`{symbol}`" if symbol else "The code"
            said = f"{named} is where this happens [{tag}].\n\nSee `{place}` for the rest."
        await self._start(send)
        await self._speak(send, request, said, 0.005, 12)
        await self._finish(send, request, "stop")

    def _hold(self, schema: str, document: Any) -> None:
        errors = validator(schema).iter_errors(document)
        self.faults.extend(f"{schema}: {error.json_path}: {error.message}" for error in errors)

    async def _start(self, send: Send) -> None:
        head = [(b"content-type", b"text/event-stream; charset=utf-8")]
        await send({"type": "http.response.start", "status": 200, "headers": head})

    async def _speak(
        self, send: Send, request: dict[str, Any], text: str, pace_s: float, size: int
    ) -> None:
        await self._delta(send, request, {"role": "assistant", "content": ""})
        for begin in range(0, len(text), size):
            if pace_s:
                await asyncio.sleep(pace_s)
            await self._delta(send, request, {"content": text[begin : begin + size]})

    async def _call(
        self, send: Send, request: dict[str, Any], index: int, name: str, arguments: dict[str, Any]
    ) -> None:
        told = json.dumps(arguments)
        first = {"name": name, "arguments": told[:5]}
        call = {"index": index, "id": f"call_{index}", "type": "function", "function": first}
        await self._delta(send, request, {"tool_calls": [call]})
        rest = {"index": index, "function": {"arguments": told[5:]}}
        await self._delta(send, request, {"tool_calls": [rest]})

    async def _finish(self, send: Send, request: dict[str, Any], reason: str) -> None:
        await self._delta(send, request, {}, finish=reason)
        if (request.get("stream_options") or {}).get("include_usage"):
            await self._chunk(send, request, [], _USAGE)
        await send({"type": "http.response.body", "body": b"data: [DONE]\n\n"})

    async def _delta(
        self, send: Send, request: dict[str, Any], delta: dict[str, Any], finish: str | None = None
    ) -> None:
        await self._chunk(send, request, [{"index": 0, "delta": delta, "finish_reason": finish}])

    async def _chunk(
        self,
        send: Send,
        request: dict[str, Any],
        choices: list[dict[str, Any]],
        usage: dict[str, int] | None = None,
    ) -> None:
        chunk: dict[str, Any] = {
            "id": "chatcmpl-1",
            "object": "chat.completion.chunk",
            "created": int(time.time()),
            "model": request["model"],
            "choices": choices,
            "usage": usage,
        }
        self._hold("CreateChatCompletionStreamResponse", chunk)
        line = b"data: " + json.dumps(chunk).encode() + b"\n\n"
        await send({"type": "http.response.body", "body": line, "more_body": True})

    async def _list(self, send: Send) -> None:
        listed = {
            "object": "list",
            "data": [
                {"id": name, "object": "model", "created": 1_700_000_000, "owned_by": "double"}
                for name in self.models
            ],
        }
        self._hold("ListModelsResponse", listed)
        await self._json(send, 200, listed)

    async def _refuse(
        self,
        send: Send,
        status: int,
        message: str,
        code: str | None,
        extra: list[tuple[bytes, bytes]] | None = None,
    ) -> None:
        refusal = {"error": {"message": message, "type": "refused", "param": None, "code": code}}
        self._hold("ErrorResponse", refusal)
        await self._json(send, status, refusal, extra)

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


@contextmanager
def running() -> Iterator[OpenAIDouble]:
    """The double behind a real socket, in a thread of its own; asserts that nothing was amiss."""
    double = OpenAIDouble()
    with loopback.in_thread(double) as address:
        double.url = f"{address}/v1"
        yield double
    assert double.faults == []
