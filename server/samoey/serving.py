"""One ASGI application at one port, as every role that listens serves it."""

import asyncio
import gc
import socket
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

import uvicorn

from samoey.api.protocol import InOneGo
from samoey.kit.settings import ServerSettings

# How much is made until it is looked for garbage. While that goes on nobody is answered: some
# milliseconds for so many objects.
_GARBAGE = (5_000, 20, 20)

App = Callable[
    [
        MutableMapping[str, Any],
        Callable[[], Awaitable[MutableMapping[str, Any]]],
        Callable[[MutableMapping[str, Any]], Awaitable[None]],
    ],
    Awaitable[None],
]


def loop_factory() -> type[asyncio.AbstractEventLoop] | None:
    """The faster event loop, where the platform has it."""
    try:
        import uvloop
    except ImportError:
        return None
    return uvloop.Loop


def server(app: App, settings: ServerSettings) -> uvicorn.Server:
    """What serves `app` until a signal comes."""
    # Programs' requests leave no circles behind (a test holds that), so that looking for them less
    # often loses nothing. What is there by now stays, and is never looked through again.
    gc.set_threshold(*_GARBAGE)
    gc.freeze()
    return uvicorn.Server(
        uvicorn.Config(
            app,
            http=InOneGo,
            ws="websockets-sansio",
            ws_per_message_deflate=False,
            ws_max_size=64 * 1024,
            lifespan="off",
            access_log=False,
            log_config=None,
            server_header=False,
            forwarded_allow_ips=settings.trusted_proxies,
            timeout_graceful_shutdown=5,
        )
    )


def url_of(listening: socket.socket) -> str:
    """How this machine reaches what listens there."""
    host, port = listening.getsockname()[:2]
    shown = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)  # noqa: S104 - what was bound, told as an address that can be opened
    return f"http://{shown}:{port}"


async def answers(server: uvicorn.Server) -> None:
    """Wait until the port answers."""
    while not server.started:  # noqa: ASYNC110 - uvicorn offers no event to wait for
        await asyncio.sleep(0.01)
