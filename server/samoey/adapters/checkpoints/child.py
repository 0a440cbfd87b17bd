"""The program that runs one model: it loads, says that it answers, and ends when nobody may ask.

It is told what to run on its standard input, whose other end whoever started it holds until it
answers. It reaches no network, knows no secrets, and runs nothing that lies beside the weights.
"""

import asyncio
import contextlib
import importlib.util
import logging
import os
import socket
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO

import uvicorn

from samoey.adapters.checkpoints import folders, memory, orders
from samoey.adapters.checkpoints.app import Mind, ModelApp
from samoey.adapters.checkpoints.life import Life
from samoey.adapters.checkpoints.orders import CannotLoad, Order, Said
from samoey.kit.ports.upstreams import Deployment, TimeLimits
from samoey.kit.ports.vendors import CheckpointRefused

log = logging.getLogger(__name__)

NEEDED = ("torch", "transformers", "safetensors", "tokenizers", "jinja2", "numpy")
_BACKLOG = 512
Load = Callable[[Order], Mind]


class Never(Exception):
    """This process will never answer; its line says why."""

    def __init__(self, said: Said) -> None:
        super().__init__(said.detail)
        self.said = said


def run(load: Load, *, needed: tuple[str, ...] = NEEDED) -> int:
    """Read the order, load by `load`, and answer until it is time to go."""
    incoming, outgoing = sys.stdin.buffer, os.fdopen(os.dup(1), "wb", buffering=0)
    # What libraries print must not end up in our one line.
    os.dup2(2, 1)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s", stream=sys.stderr)
    order = orders.read_order(incoming.readline())
    started = threading.Event()
    threading.Thread(target=_end_with, args=(incoming, started), daemon=True).start()
    try:
        _look_for(needed, order)
        _look_for_room(order)
        mind = _loaded(load, order)
    except Never as never:
        _say(outgoing, never.said)
        started.set()
        os._exit(1)

    def ready() -> None:
        started.set()
        _say(outgoing, Said(ready=True))

    asyncio.run(_serve(mind, order, ready))
    # Threads of libraries would hold it up, and there is nothing left to put away.
    os._exit(0)


async def _serve(mind: Mind, order: Order, ready: Callable[[], object]) -> None:
    life = Life(alone_s=order.alone_s)
    own = Deployment(
        id="",
        provider_id="",
        provider="",
        kind="local",
        base_url="",
        model="",
        limits=TimeLimits(whole_s=24 * 3600),
    )
    server = uvicorn.Server(
        uvicorn.Config(
            ModelApp(mind, life, own=own),
            lifespan="off",
            access_log=False,
            log_config=None,
            timeout_keep_alive=600,
        )
    )
    # Whoever started it decides; a Ctrl-C at the terminal is not ours.
    server.capture_signals = contextlib.nullcontext  # type: ignore[assignment,method-assign]  # uvicorn's seam for embedders
    path = Path(order.socket)
    with _listening(path) as listening:
        serving = asyncio.create_task(server.serve(sockets=[listening]))
        while not server.started and not serving.done():  # noqa: ASYNC110 - uvicorn offers no event
            await asyncio.sleep(0.01)
        ready()
        await life.end()


@contextlib.contextmanager
def _listening(path: Path) -> Any:
    """A socket in a private folder; what a killed process left there is taken over."""
    new = path.with_name(f"{path.name}.{os.getpid()}")
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as listening:
        listening.bind(str(new))
        listening.listen(_BACKLOG)
        new.replace(path)
        yield listening
        # Whoever comes from here on finds nobody, and starts another.
        path.unlink(missing_ok=True)


def _look_for(needed: tuple[str, ...], order: Order) -> None:
    wanted = [*needed, *(["peft"] if order.adapter else [])]
    missing = [name for name in wanted if importlib.util.find_spec(name) is None]
    if missing:
        raise Never(Said(failure="missing", detail=", ".join(missing)))


def _look_for_room(order: Order) -> None:
    try:
        found = memory.weights(folders.weight_files(Path(order.folder)))
    except (OSError, ValueError, KeyError, TypeError, AttributeError, CheckpointRefused) as error:
        raise Never(Said(failure="refused", detail=str(error))) from error
    how = order.checkpoint
    needed = memory.needed(found, dtype=how.dtype, quantization=how.quantization)
    free = memory.available()
    # On a GPU the weights pass through, file by file.
    if free is not None and free < needed and how.device != "cuda":
        detail = f"It takes about {memory.told(needed)}, and {memory.told(free)} are free."
        raise Never(Said(failure="memory", detail=detail))


def _loaded(load: Load, order: Order) -> Mind:
    try:
        return load(order)
    except CannotLoad as reason:
        raise Never(Said(failure="refused", detail=str(reason))) from reason
    except MemoryError:
        raise Never(Said(failure="memory", detail="It was full while loading.")) from None
    except Exception as error:
        log.exception("the model cannot be loaded")
        text = " ".join(str(error).split())[:400]
        full = "OutOfMemory" in type(error).__name__ or "allocate memory" in text
        failure: orders.Failure = "memory" if full else "broken"
        raise Never(Said(failure=failure, detail=f"{type(error).__name__}: {text}")) from error


def _end_with(incoming: BinaryIO, started: threading.Event) -> None:
    """Whoever started it died before it answered: nobody waits for it."""
    incoming.read()
    if not started.is_set():
        os._exit(1)


def _say(outgoing: BinaryIO, said: Said) -> None:
    with contextlib.suppress(BrokenPipeError):
        outgoing.write(orders.write(said) + b"\n")


def keep_inside() -> None:
    """From here on nothing in this process reaches a network, whatever a library means to do."""

    def refuse(event: str, args: tuple[Any, ...]) -> None:
        outside = event == "socket.getaddrinfo" or (
            event in {"socket.connect", "socket.sendto"} and isinstance(args[1], tuple)
        )
        if outside:
            raise PermissionError("a model's process reaches no network")

    sys.addaudithook(refuse)


def _load(order: Order) -> Mind:
    from samoey.adapters.checkpoints.engine.minds import load

    return load(order)


def main() -> int:
    """Run a checkpoint by transformers."""
    keep_inside()
    return run(_load)


if __name__ == "__main__":
    sys.exit(main())
