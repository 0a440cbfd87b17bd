"""The role `serve --doors relay`: programs ask models, and nothing else is served.

It needs neither the web application nor its framework, and does not migrate: that is for `serve`,
`worker` or `samoey migrate`.
"""

import asyncio
import hmac
import logging
import socket
from collections.abc import Sequence
from uuid import UUID

import uvicorn
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from samoey import serving
from samoey.adapters.git.system import SystemGit
from samoey.adapters.objects import open_objects
from samoey.adapters.valkey import ValkeyBus
from samoey.api.relay.app import PREFIX, Relay
from samoey.api.relay.exchange import Receive, Scope, Send
from samoey.gate import Gate, vector_engine, with_secret_key
from samoey.kit.context import Tools
from samoey.kit.db import connect, libpq_url
from samoey.kit.events import Event
from samoey.kit.listening import listen
from samoey.kit.metrics import METRICS
from samoey.kit.problems import Unavailable
from samoey.kit.secrets import Sealer
from samoey.kit.settings import Settings
from samoey.kit.starting import READY_FD_VARIABLE, told
from samoey.kit.telemetry import start_logging

log = logging.getLogger(__name__)

_TEXT = b"text/plain; charset=utf-8"


class RelayNeedsServers(Unavailable):
    """The relay was started without servers and may not start any itself."""

    title = "DATABASE_URL and REDIS_URL are not set."


def serve(settings: Settings) -> None:
    """Serve the relay until a signal comes.

    Raises:
        PortTaken: another program listens there.
        Problem: the database or the bus are not as they must be.
    """
    start_logging(settings.log)
    listening = listen(settings.server.host, settings.server.port)
    with listening, asyncio.Runner(loop_factory=serving.loop_factory()) as runner:
        runner.run(_serve(settings, listening))


async def _serve(settings: Settings, listening: socket.socket) -> None:
    if settings.database_url is None or settings.redis_url is None:
        raise RelayNeedsServers("Set the two variables to your servers, or start `samoey up`.")
    settings = with_secret_key(settings)
    assert settings.database_url is not None
    assert settings.redis_url is not None
    url = libpq_url(settings.database_url.get_secret_value())
    engine = connect(url, pool_size=settings.database.pool_size)
    bus = ValkeyBus(settings.redis_url.get_secret_value(), prefix=settings.redis_prefix)
    gate = Gate(settings)
    tools = Tools(
        settings=settings,
        sessions=async_sessionmaker(engine, expire_on_commit=False),
        bus=bus,
        recorder=_NothingToTell(),
        git=SystemGit(settings.repositories, settings.home),
        objects=open_objects(settings),
        models=gate.models,
        vendors=gate.desk,
        sealer=Sealer.from_home(settings.home),
        vectors=vector_engine(settings),
        embedder=None,
    )
    gate.furnish(tools)
    try:
        await bus.ping()
        server = serving.server(_Alone(await gate.relay(), settings), settings.server)
        announcing = asyncio.create_task(_announce(server, settings, listening))
        await server.serve(sockets=[listening])
        announcing.cancel()
    finally:
        await gate.close()
        await bus.close()
        await engine.dispose()


async def _announce(server: uvicorn.Server, settings: Settings, listening: socket.socket) -> None:
    await serving.answers(server)
    url = settings.server.public_url or serving.url_of(listening)
    if not told(READY_FD_VARIABLE, {"url": url}):
        log.info("serving the relay", extra={"url": url})


class _NothingToTell:
    """The relay changes nothing that others would have to hear of."""

    async def record(
        self, db: AsyncSession, actor_id: UUID | None, events: Sequence[Event]
    ) -> None:
        del db, actor_id
        assert not events, "the relay records no events"


class _Alone:
    """The relay, and what orchestrators ask of every process."""

    def __init__(self, relay: Relay, settings: Settings) -> None:
        self._relay, self._token = relay, settings.server.metrics_token

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        path = scope["path"]
        if path in {"/healthz", "/readyz"}:
            # It stays with what was decided last when the database is away: it can serve.
            await _say(send, 200, b"ok\n", _TEXT)
        elif path == "/metrics":
            allowed = self._may_look(dict(scope["headers"]).get(b"authorization", b""))
            body = generate_latest(METRICS) if allowed else b"Show the metrics token.\n"
            kind = CONTENT_TYPE_LATEST.encode() if allowed else _TEXT
            await _say(send, 200 if allowed else 401, body, kind)
        elif path.startswith(PREFIX):
            await self._relay(scope, receive, send)
        else:
            await _say(send, 404, b"Only /v1/ is served here.\n", _TEXT)

    def _may_look(self, shown: bytes) -> bool:
        if self._token is None:
            return True
        return hmac.compare_digest(shown, f"Bearer {self._token.get_secret_value()}".encode())


async def _say(send: Send, status: int, body: bytes, kind: bytes) -> None:
    head = [(b"content-type", kind), (b"content-length", b"%d" % len(body))]
    await send({"type": "http.response.start", "status": status, "headers": head})
    await send({"type": "http.response.body", "body": body})
