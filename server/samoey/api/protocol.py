"""HTTP as uvicorn speaks it, but that an answer which is whole is said in one go.

Head and body in two writes wake whoever waits twice; a relay's answers are small, and that is most
of what they cost.
"""

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


class InOneGo(HttpToolsProtocol):
    """uvicorn's protocol, for one connection."""

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: Any) -> None:
        super()._start_asgi_task(cycle, partial(_answer, cycle, app))


def _answer(cycle: RequestResponseCycle, app: Any, scope: Any, receive: Any, send: Any) -> Any:
    return app(scope, receive, _Saying(cycle, send).say)


class _Saying:
    """One answer: its head waits for its body where it tells how long that is."""

    def __init__(self, cycle: RequestResponseCycle, send: Any) -> None:
        self._cycle, self._send = cycle, send
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
