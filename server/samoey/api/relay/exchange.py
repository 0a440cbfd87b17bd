"""One request of a program and what is said back, on the bare ASGI messages."""

import asyncio
import re
import time
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from typing import Any, Protocol

import msgspec

from samoey.api.protocol import DIRECT
from samoey.api.relay import errors, headers
from samoey.api.relay.doors import DOORS
from samoey.api.relay.errors import Vendor
from samoey.api.relay.headers import Headers
from samoey.domains.models.gateway.answering import Answer
from samoey.kit.ids import new_text_id
from samoey.kit.problems import BadRequest, MethodNotAllowed, Problem, TooLarge

Message = MutableMapping[str, Any]
Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Hearing = Callable[[bytes], Awaitable[None]]

_SANE_ID = re.compile(rb"[A-Za-z0-9._-]{8,128}")
_LISTEN_AFTER_S = 0.02
_JSON = (b"content-type", b"application/json")
_AS_IT_COMES = [(b"cache-control", b"no-cache"), (b"x-accel-buffering", b"no")]


class Direct(Protocol):
    """What our own server offers beside ASGI, for what is told word by word (`api/protocol.py`)."""

    def write(self, body: bytes, /) -> bool:
        """Say a part at once; whether more can follow."""

    def when_gone(self, tell: Callable[[], None], /) -> None:
        """Have `tell` called when the program is gone."""

    def never_mind(self, tell: Callable[[], None], /) -> None:
        """It need not be told any more."""


class HungUp(Exception):
    """Whoever asked is gone."""


class Exchange:
    """One request and what is said back."""

    def __init__(self, scope: Scope, receive: Receive, send: Send, started: float) -> None:
        self._scope, self._receive, self._send = scope, receive, send
        self._started = started
        self._headers: Mapping[bytes, bytes] = dict(scope["headers"])
        self.path: str = scope["path"]
        given = self._headers.get(b"x-request-id", b"")
        self.id = given.decode() if _SANE_ID.fullmatch(given) else new_text_id()
        self.direct: Direct | None = scope.get("extensions", {}).get(DIRECT)
        self._begun = self._ended = False

    @property
    def ended(self) -> bool:
        """Whether the answer was given, to its end."""
        return self._ended

    @property
    def vendor(self) -> Vendor:
        """In whose shape to refuse: by the address, or by how the program introduces itself."""
        door = DOORS.get(self.path)
        if door is not None:
            return door.vendor
        return "anthropic" if b"anthropic-version" in self._headers else "openai"

    @property
    def method(self) -> str:
        """GET, POST and so on."""
        method: str = self._scope["method"]
        return method

    def allow(self, *methods: str) -> None:
        """Raises `MethodNotAllowed` for any other."""
        if self.method not in methods:
            raise MethodNotAllowed(f"Use {' or '.join(methods)}.")

    def key(self) -> str:
        """The key, from whichever header the vendor's programs put it into."""
        scheme, _, token = self._headers.get(b"authorization", b"").partition(b" ")
        if scheme.lower() == b"bearer" and token:
            return token.strip().decode("latin-1")
        found = self._headers.get(b"x-api-key") or self._headers.get(b"api-key") or b""
        return found.decode("latin-1")

    def header(self, name: bytes) -> bytes:
        """What a header says, or nothing."""
        return self._headers.get(name, b"")

    async def body(self, most: int) -> bytes:
        """The whole body.

        Raises:
            TooLarge: it is longer than an operator allows.
            HungUp: it never came.
        """
        parts, size = list[bytes](), 0
        while True:
            message = await self._receive()
            if message["type"] == "http.disconnect":
                raise HungUp
            part = message.get("body", b"")
            size += len(part)
            if size > most:
                raise TooLarge(f"Send at most {most:,} bytes.", limit=most)
            parts.append(part)
            if not message.get("more_body"):
                break
        if not size:
            raise BadRequest("Send a JSON object.")
        return parts[0] if len(parts) == 1 else b"".join(parts)

    def heard_out(self) -> "Listening":
        """Break off what is done inside the block as soon as nobody waits for it any more.

        Raises:
            HungUp: the program closed its connection.
        """
        return Listening(self)

    async def gone(self) -> bool:
        """Wait until nobody waits any more; False where the answer was just given."""
        while (await self._receive())["type"] != "http.disconnect":
            pass
        return not self._ended

    async def tell(self, document: dict[str, Any] | msgspec.Raw) -> None:
        """Answer with a document of our own."""
        await self._whole(200, [_JSON], msgspec.json.encode(document))

    async def refuse(self, problem: Problem) -> None:
        """Answer with a problem, in the vendor's shape; once the answer began, end it with that."""
        if self._ended:
            return
        if self._begun:
            await self._end(errors.event(self.vendor, problem))
            return
        more = [(k.lower().encode(), v.encode()) for k, v in problem.headers().items()]
        body = errors.body(self.vendor, problem)
        await self._whole(errors.status_of(problem), [_JSON, *more], body)

    async def pass_on(self, answer: Answer, heard: Hearing | None = None) -> None:
        """Say what the model says, as it comes; `heard` hears each part before it is sent."""
        overhead_s = time.perf_counter() - self._started - answer.waited_s
        told = headers.of_answer(answer, overhead_s) + headers.of_limits(self.vendor, answer.rates)
        told.append((b"content-type", answer.content_type.encode("latin-1")))
        if answer.body is not None:
            if heard is not None:
                await heard(answer.body)
            await self._whole(answer.status, told, answer.body)
            return
        await self._start(answer.status, told + _AS_IT_COMES)
        try:
            if self.direct is not None and heard is None and answer.pours:
                await self._pour(answer, self.direct)
            else:
                await self._pass_parts(answer, heard)
        except Problem as problem:
            await self._end(answer.failure(problem) or errors.event(self.vendor, problem))
            return
        await self._end(b"")

    async def _pass_parts(self, answer: Answer, heard: Hearing | None) -> None:
        async for part in answer.parts():
            if heard is not None:
                await heard(part)
            await self._send(_more(part))

    async def _pour(self, answer: Answer, direct: Direct) -> None:
        """Write each part at the moment it comes: what this task would do for it costs more."""
        while await answer.pour(direct.write):
            # The program reads more slowly than the model writes.
            await self._send(_more(b""))

    async def _whole(self, status: int, told: Headers, body: bytes) -> None:
        await self._start(status, [*told, (b"content-length", b"%d" % len(body))])
        await self._end(body)

    async def _start(self, status: int, told: Headers) -> None:
        told.append((b"x-request-id", self.id.encode()))
        if self.vendor == "anthropic":
            # The name by which Anthropic's programs know it.
            told.append((b"request-id", self.id.encode()))
        self._begun = True
        await self._send({"type": "http.response.start", "status": status, "headers": told})

    async def _end(self, body: bytes) -> None:
        self._ended = True
        await self._send({"type": "http.response.body", "body": body})


def _more(part: bytes) -> Message:
    return {"type": "http.response.body", "body": part, "more_body": True}


class Listening:
    """Listens for the end of a connection, beside what is done in its block."""

    def __init__(self, asked: Exchange) -> None:
        self._asked = asked
        self._doing = asyncio.current_task()
        self._task: asyncio.Task[None] | None = None
        self._start: asyncio.TimerHandle | None = None
        self._gone = False

    async def __aenter__(self) -> None:
        if self._asked.direct is not None:
            self._asked.direct.when_gone(self._break_off)
            return
        # Most answers are there before a program could think of leaving: they need no listener.
        self._start = asyncio.get_running_loop().call_later(_LISTEN_AFTER_S, self._listen)

    async def __aexit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if self._asked.direct is not None:
            self._asked.direct.never_mind(self._break_off)
        if self._start is not None:
            self._start.cancel()
        if self._task is not None:
            self._task.cancel()
            # Its end leads back here: without this only the garbage collector would let go of it.
            self._task = None
        if self._gone and isinstance(error, asyncio.CancelledError):
            assert self._doing is not None
            self._doing.uncancel()
            raise HungUp from None

    def _listen(self) -> None:
        self._task = asyncio.get_running_loop().create_task(self._until_gone())

    async def _until_gone(self) -> None:
        if await self._asked.gone():
            self._break_off()

    def _break_off(self) -> None:
        if self._asked.ended:
            return
        self._gone = True
        assert self._doing is not None
        self._doing.cancel()
