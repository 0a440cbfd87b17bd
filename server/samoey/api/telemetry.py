"""Follows each request through the process: its id, its time, its size, its security headers."""

import logging
import re
import time

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from samoey.kit.ids import new_id
from samoey.kit.problems import TooLarge
from samoey.kit.telemetry import HTTP_REQUESTS, HTTP_SECONDS, request_id

log = logging.getLogger("samoey.http")

_SANE_ID = re.compile(r"[A-Za-z0-9._-]{8,128}")
_QUIET = frozenset({"/healthz", "/readyz", "/metrics"})
_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
}


class Followed:
    """The outermost layer: nothing is answered without a log line, a count and a limit."""

    def __init__(self, app: ASGIApp, *, max_body: int) -> None:
        self._app, self._max_body = app, max_body

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        given = dict(scope["headers"]).get(b"x-request-id", b"").decode("latin-1")
        current = given if _SANE_ID.fullmatch(given) else str(new_id())
        token = request_id.set(current)
        started, status = time.perf_counter(), 500

        async def tell(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = MutableHeaders(scope=message)
                headers["X-Request-ID"] = current
                for name, value in _HEADERS.items():
                    headers.setdefault(name, value)
                if scope["path"].startswith(("/api/", "/mcp")):
                    headers.setdefault("Cache-Control", "no-store")
            await send(message)

        try:
            await self._app(scope, self._limited(receive), tell)
        finally:
            _note(scope, status, time.perf_counter() - started)
            request_id.reset(token)

    def _limited(self, receive: Receive) -> Receive:
        seen = 0

        async def limited() -> Message:
            nonlocal seen
            message = await receive()
            seen += len(message.get("body", b""))
            if seen > self._max_body:
                raise TooLarge(f"Send at most {self._max_body} bytes.", limit=self._max_body)
            return message

        return limited


def _note(scope: Scope, status: int, seconds: float) -> None:
    route = getattr(scope.get("route"), "path", None) or "(pages)"
    HTTP_REQUESTS.labels(scope["method"], route, status).inc()
    HTTP_SECONDS.labels(scope["method"], route).observe(seconds)
    if scope["path"] not in _QUIET:
        log.info(
            "request",
            extra={
                "method": scope["method"],
                "path": scope["path"],
                "status": status,
                "ms": round(seconds * 1000, 1),
            },
        )
