"""Raw ASGI applications behind real sockets on loopback, here or in a thread of their own."""

import asyncio
import contextlib
import socket
import threading
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from typing import Any

import uvicorn


@contextlib.contextmanager
def in_thread(app: Any, *, starts_processes: bool = False) -> Iterator[str]:
    """Serve on a free port while the block runs, whatever this loop does; gives the address."""
    # Two loops of uvloop that start processes at once refuse each other.
    server = _server(app, loop="asyncio" if starts_processes else "auto")
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.005)
    try:
        yield _address(server.servers[0].sockets)
    finally:
        server.should_exit = True
        server.force_exit = True
        thread.join(timeout=5)


@contextlib.asynccontextmanager
async def in_this_loop(
    app: Any, listening: socket.socket, *, http: Any = "auto"
) -> AsyncIterator[str]:
    """Serve at an open socket while the block runs; gives the address."""
    server = _server(app, ws="websockets-sansio", timeout_graceful_shutdown=1, http=http)
    # Signals belong to pytest.
    server.capture_signals = contextlib.nullcontext  # type: ignore[assignment,method-assign]  # uvicorn's seam for embedders
    running = asyncio.create_task(server.serve(sockets=[listening]))
    while not server.started:  # noqa: ASYNC110 - uvicorn offers no event to wait for
        await asyncio.sleep(0.01)
    try:
        yield _address([listening])
    finally:
        server.should_exit = True
        await running


def _server(app: Any, **changes: Any) -> uvicorn.Server:
    given: dict[str, Any] = {"port": 0, "lifespan": "off", "log_config": None, "access_log": False}
    given |= {"ws_per_message_deflate": False, "timeout_graceful_shutdown": 0}
    return uvicorn.Server(uvicorn.Config(app, **(given | changes)))


def _address(sockets: Sequence[Any]) -> str:
    return f"http://127.0.0.1:{sockets[0].getsockname()[1]}"
