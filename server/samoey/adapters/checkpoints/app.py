"""The door of a model's process: a small part of OpenAI's protocol, on a socket of its own."""

import asyncio
import logging
import math
from collections.abc import AsyncIterator, Awaitable, Callable, MutableMapping
from contextlib import aclosing
from typing import Any, NamedTuple
from urllib.parse import parse_qs

import msgspec

from samoey.adapters.checkpoints import wishes
from samoey.adapters.checkpoints.life import Life
from samoey.adapters.checkpoints.telling import DONE, Telling, usage_of
from samoey.adapters.checkpoints.wishes import Refused, Wish
from samoey.adapters.checkpoints.writing import Piece, Writer, WriterFailed, pieces
from samoey.adapters.embedders.upstream import LocalUpstream
from samoey.kit.ports.embedder import Embedder
from samoey.kit.ports.upstreams import Deployment

log = logging.getLogger(__name__)

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
_JSON, _EVENTS = b"application/json", b"text/event-stream"
# More than this at once only wait; who comes then is better off elsewhere.
_MOST_IN_HAND = 256


class _Named(msgspec.Struct):
    model: str = ""


class Mind(NamedTuple):
    """What a process runs: a model that writes, or one that makes vectors."""

    writer: Writer | None = None
    embedder: Embedder | None = None


class ModelApp:
    """One model, which writes or makes vectors, for everyone who reaches the socket."""

    def __init__(self, mind: Mind, life: Life, *, own: Deployment) -> None:
        self._life = life
        self._writer = mind.writer
        self._embedder = LocalUpstream(mind.embedder) if mind.embedder else None
        self._own = own
        self._in_hand = 0

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Answer one request; whoever hangs up is not written for any longer."""
        if scope["type"] != "http":
            return
        if scope["path"] == "/lease":
            await self._lease(scope, receive, send)
            return
        body = await _body(receive)
        if body is None:
            return
        if scope["path"] == "/leave":
            self._life.leave()
            await _whole(send, 200, b"{}")
            return
        with self._life.request():
            doing = asyncio.create_task(self._answer(scope["path"], body, send))
            leaving = asyncio.create_task(_left(receive))
            await asyncio.wait((doing, leaving), return_when=asyncio.FIRST_COMPLETED)
            leaving.cancel()
            doing.cancel()
            await asyncio.gather(doing, leaving, return_exceptions=True)
        if not doing.cancelled() and (error := doing.exception()) is not None:
            raise error

    async def _lease(self, scope: Message, receive: Receive, send: Send) -> None:
        told = parse_qs(scope["query_string"].decode("ascii")).get("idle_s", ["inf"])[0]
        idle_s = float(told)
        with self._life.lease(None if math.isinf(idle_s) else idle_s):
            await send(_head(200, b"text/plain"))
            await send({"type": "http.response.body", "body": b"\n", "more_body": True})
            await _left(receive)

    async def _answer(self, path: str, body: bytes, send: Send) -> None:
        if self._in_hand >= _MOST_IN_HAND:
            await _whole(send, 429, wishes.failure("Too many wait for it.", kind="rate_limit"))
            return
        self._in_hand += 1
        try:
            await self._told(path, body, send)
        except Refused as refused:
            await _whole(send, 400, refused.body())
        finally:
            self._in_hand -= 1

    async def _told(self, path: str, body: bytes, send: Send) -> None:
        if path == "/embeddings" and self._embedder is not None:
            reply = await self._embedder.send(self._own, "openai.embeddings", body)
            await _whole(send, reply.status, await reply.read(0))
        elif path == "/chat/completions" and self._writer is not None:
            # Long conversations take a while to be cut into tokens.
            wish = await asyncio.to_thread(wishes.chat, body, self._writer)
            await self._write(wish, body, send)
        elif path == "/completions" and self._writer is not None:
            wish = await asyncio.to_thread(wishes.completion, body, self._writer)
            await self._write(wish, body, send)
        else:
            message = "This model is not asked in this way."
            await _whole(send, 404, wishes.failure(message, code="model_not_found"))

    async def _write(self, wish: Wish, body: bytes, send: Send) -> None:
        assert self._writer is not None
        telling = Telling(_name(body), chat=wish.chat)
        written = pieces(self._writer, wish.prompt, wish.sampling, wish.stops)
        async with aclosing(written):  # type: ignore[type-var]  # an async generator it is
            if wish.stream:
                await _stream(wish, telling, written, send)
                return
            text, last = "", Piece("", 0)
            try:
                async for last in written:
                    text += last.text
            except WriterFailed as failed:
                log.warning("the model could not go on: %s", failed)
                await _whole(send, 500, wishes.failure(str(failed), kind="server_error"))
                return
        usage = usage_of(len(wish.prompt), last.tokens)
        await _whole(send, 200, telling.whole(text, last.finish, usage))


async def _stream(wish: Wish, telling: Telling, written: AsyncIterator[Piece], send: Send) -> None:
    await send(_head(200, _EVENTS))
    last = Piece("", 0)
    try:
        if told := telling.begin():
            await _part(send, told)
        async for last in written:
            if told := telling.piece(last.text, last.finish):
                await _part(send, told)
    except WriterFailed as failed:
        log.warning("the model could not go on: %s", failed)
        told = b"data: " + wishes.failure(str(failed), kind="server_error") + b"\n\n"
        await send({"type": "http.response.body", "body": told})
        return
    end = telling.used(usage_of(len(wish.prompt), last.tokens)) if wish.usage else b""
    await send({"type": "http.response.body", "body": end + DONE})


def _name(body: bytes) -> str:
    return msgspec.json.decode(body, type=_Named).model


async def _body(receive: Receive) -> bytes | None:
    """All of a request, or nothing when its sender left; how long it may be others decided."""
    found = bytearray()
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        found += message.get("body", b"")
        if not message.get("more_body"):
            return bytes(found)


async def _left(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _whole(send: Send, status: int, body: bytes) -> None:
    await send(_head(status, _JSON, len(body)))
    await send({"type": "http.response.body", "body": body})


async def _part(send: Send, told: bytes) -> None:
    await send({"type": "http.response.body", "body": told, "more_body": True})


def _head(status: int, kind: bytes, length: int | None = None) -> Message:
    headers = [(b"content-type", kind)]
    if length is not None:
        headers.append((b"content-length", b"%d" % length))
    return {"type": "http.response.start", "status": status, "headers": headers}
