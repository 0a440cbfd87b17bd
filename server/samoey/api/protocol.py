"""HTTP as uvicorn speaks it, but that an answer which is whole is said in one go.

Head and body in two writes wake whoever waits twice; a relay's answers are small, and that is most
of what they cost. What is told word by word can be said without a task that wakes up for each, by
the extension `DIRECT` of the scope.
"""

import asyncio
from collections.abc import Callable
from functools import partial
from typing import Any

from uvicorn.protocols.http.httptools_impl import (
    HEADER_RE,
    HEADER_VALUE_RE,
    STATUS_LINE,
    HttpToolsProtocol,
    RequestResponseCycle,
)

# What decides how long a connection lives or how a body is cut: uvicorn's own business.
_UNCOMMON = frozenset({b"connection", b"transfer-encoding"})
# The name of an extension of ASGI, whose value is a `Saying`.
DIRECT = "samoey.direct"


class InOneGo(HttpToolsProtocol):
    """uvicorn's protocol, for one connection."""

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        # Who wants to know at once that nobody listens any more.
        self.concerned: set[Callable[[], None]] = set()

    def connection_lost(self, exc: Exception | None) -> None:
        """Whoever asked is gone."""
        super().connection_lost(exc)
        concerned, self.concerned = self.concerned, set()
        for tell in concerned:
            tell()

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: Any) -> None:
        super()._start_asgi_task(cycle, partial(self._answer, cycle, app))

    async def _answer(
        self, cycle: RequestResponseCycle, app: Any, scope: Any, receive: Any, send: Any
    ) -> None:
        saying = Saying(self, cycle, send)
        extensions = scope.setdefault("extensions", {})
        extensions[DIRECT] = saying
        try:
            await app(scope, receive, saying.say)
        finally:
            # The cycle holds the scope: they would have to be found by the garbage collector, and
            # while it looks nobody is answered.
            del extensions[DIRECT]


class Saying:
    """One answer: its head waits for its body where it tells how long that is."""

    def __init__(self, protocol: InOneGo, cycle: RequestResponseCycle, send: Any) -> None:
        self._protocol, self._cycle, self._send = protocol, cycle, send
        self._head: Any = None
        self._length = b""

    async def say(self, message: Any) -> None:
        """What an application sends."""
        head = self._head
        if head is None:
            if message["type"] == "http.response.start" and self._is_common(message):
                self._head = message
            else:
                await self._send(message)
            return
        self._head = None
        if message["type"] == "http.response.body" and not message.get("more_body"):
            cycle = self._cycle
            if cycle.flow.write_paused and not cycle.disconnected:
                await cycle.flow.drain()
            if not cycle.disconnected:
                self._say_whole(head, message.get("body", b""))
            return
        await self._send(head)
        await self._send(message)

    def write(self, body: bytes) -> bool:
        """Say a part of an answer in chunks, whose head was said; never waits.

        Returns whether more can follow at once; else an empty part, sent as usual, waits until it
        can. To nobody it is said in vain, as by `say`.

        Raises:
            RuntimeError: it is no such answer, or has ended.
        """
        cycle = self._cycle
        if cycle.disconnected:
            return True
        if not cycle.chunked_encoding or cycle.response_complete:
            raise RuntimeError("Only what is told in chunks can be told like this.")
        if body:
            cycle.transport.write(b"%x\r\n%b\r\n" % (len(body), body))
        return not cycle.flow.write_paused

    def when_gone(self, tell: Callable[[], None]) -> None:
        """Have `tell` called when the connection ends, even where nobody receives anything."""
        if self._cycle.disconnected:
            asyncio.get_running_loop().call_soon(tell)
            return
        # A body that was large had it read no further, and then it would not see the end.
        self._cycle.flow.resume_reading()
        self._protocol.concerned.add(tell)

    def never_mind(self, tell: Callable[[], None]) -> None:
        """It need not be told any more."""
        self._protocol.concerned.discard(tell)

    def _is_common(self, head: Any) -> bool:
        cycle = self._cycle
        if cycle.response_started or not cycle.keep_alive or cycle.access_log:
            return False
        length = None
        for given, value in head.get("headers", ()):
            name = given.lower()
            if name == b"content-length":
                length = value
            elif name in _UNCOMMON:
                return False
        if length is None or cycle.scope["method"] == "HEAD":
            return False
        self._length = length
        return True

    def _say_whole(self, head: Any, body: bytes) -> None:
        """What uvicorn does for such a head and body one after the other.

        Raises:
            RuntimeError: the application said what HTTP has no words for.
        """
        cycle = self._cycle
        headers = [*cycle.default_headers, *head["headers"]]
        # One look at all of them; tabs may stand in a value, and in no name.
        if HEADER_RE.search(b"".join([name for name, _ in headers])):
            raise RuntimeError("Invalid HTTP header name.")
        if HEADER_VALUE_RE.search(b"\t".join([value for _, value in headers])):
            raise RuntimeError("Invalid HTTP header value.")
        if int(self._length) != len(body):
            raise RuntimeError("Response content differs from Content-Length")
        lines = [b"%b: %b\r\n" % header for header in headers]
        cycle.response_started = True
        cycle.waiting_for_100_continue = False
        cycle.transport.write(b"".join([STATUS_LINE[head["status"]], *lines, b"\r\n", body]))
        cycle.response_complete = True
        cycle.message_event.set()
        if not cycle.keep_alive:
            cycle.transport.close()
        cycle.on_response()
