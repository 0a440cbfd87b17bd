"""The program that makes vectors: a process of its own, so that its memory is given back.

It ends with the worker that started it, however that ends: its input closes then.
"""

import asyncio
import os
import pickle
import sys
import threading
from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, BinaryIO

from samoey.domains.knowledge.vectors.orders import Job, Told, say
from samoey.kit.ports.embedder import Embedder
from samoey.kit.problems import Problem

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from samoey.domains.knowledge.vectors.filling import Tell

# Answers, completions and the words of other commits come first on a busy machine.
NICENESS = 10
LENGTH_BYTES = 8


def main() -> None:
    orders, out = sys.stdin.buffer, sys.stdout.buffer
    # What anything below prints must not end up between our lines.
    sys.stdout = sys.stderr
    os.nice(NICENESS)
    job: Job = pickle.loads(frame(orders))  # noqa: S301 - written by our own parent process
    tell = partial(line, out)
    try:
        asyncio.run(work(job, orders, tell))
    except Problem as problem:
        tell(Told(failed=type(problem).__name__, detail=problem.detail or problem.title))
    except Exception as failure:  # noqa: BLE001 - whatever it is, the parent tells it
        tell(Told(failed=type(failure).__name__, detail=str(failure)))


async def work(job: Job, orders: BinaryIO, tell: "Tell") -> None:
    # The parent knows this module by its name, and has no use for all that does the work.
    from samoey.domains.knowledge.vectors.filling import Filling

    answers: asyncio.Queue[bytes] = asyncio.Queue()
    loop = asyncio.get_running_loop()

    def hear(said: bytes) -> None:
        loop.call_soon_threadsafe(answers.put_nowait, said)

    threading.Thread(target=listen, args=(orders, hear), daemon=True).start()
    embedder = job.embedder() if job.embedder else None
    embed = partial(here, embedder) if embedder else partial(through_parent, answers, tell)
    with job.engine.keeper(job.order.model) as keeper:
        await Filling(job, keeper, embed, tell).run()


async def here(embedder: Embedder, texts: Sequence[str]) -> "NDArray[np.float32]":
    return (await embedder.embed(texts)).vectors


async def through_parent(
    answers: "asyncio.Queue[bytes]", tell: "Tell", texts: Sequence[str]
) -> "NDArray[np.float32]":
    """Have the parent ask a model that only it can reach."""
    import numpy as np

    tell(Told(texts=list(texts)))
    answer = await answers.get()
    return np.frombuffer(answer, np.float32).reshape(len(texts), -1)


def listen(orders: BinaryIO, hear: Callable[[bytes], None]) -> None:
    """Hand on what the parent says; end with it."""
    while said := frame(orders):
        hear(said)
    os._exit(1)


def frame(orders: BinaryIO) -> bytes:
    return orders.read(int.from_bytes(orders.read(LENGTH_BYTES)))


def line(out: BinaryIO, told: Told) -> None:
    out.write(say(told) + b"\n")
    out.flush()


if __name__ == "__main__":
    main()
