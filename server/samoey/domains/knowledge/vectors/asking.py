"""The vector of a question: made here in a moment, or not waited for."""

import asyncio
import logging
from collections import OrderedDict
from functools import cache
from typing import TYPE_CHECKING

from samoey.domains.knowledge.vectors.recipe import plain
from samoey.kit.ports.embedder import Embedded, Embedder
from samoey.kit.problems import Problem

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

log = logging.getLogger(__name__)

# People who type ask nearly the same again.
REMEMBERED = 1_000


class Asker:
    """Remembers the vectors of questions; a model that is only now loaded is not waited for."""

    def __init__(self) -> None:
        self.known: OrderedDict[tuple[str, str], NDArray[np.float32]] = OrderedDict()
        self.making: dict[tuple[str, str], asyncio.Task[Embedded]] = {}

    async def vector(
        self, embedder: Embedder, text: str, *, patience_s: float
    ) -> "NDArray[np.float32] | None":
        """Give the vector of a question, or None where it is not there in time."""
        key = (embedder.fingerprint, plain(text))
        if (known := self.known.get(key)) is not None:
            self.known.move_to_end(key)
            return known
        if (task := self.making.get(key)) is None:
            task = asyncio.create_task(embedder.embed([key[1]]))
            self.making[key] = task
            task.add_done_callback(lambda done: self.made(key, done))
        # It goes on in any case: the next one will not have to wait for the model.
        await asyncio.wait({task}, timeout=patience_s)
        return self.known.get(key)

    def made(self, key: tuple[str, str], task: "asyncio.Task[Embedded]") -> None:
        self.making.pop(key, None)
        if task.cancelled():
            return
        if (failure := task.exception()) is not None:
            why = failure.detail if isinstance(failure, Problem) else repr(failure)
            log.warning("questions are answered by words alone", extra={"detail": why})
            return
        self.known[key] = task.result().vectors[0]
        while len(self.known) > REMEMBERED:
            self.known.popitem(last=False)


@cache
def asker() -> Asker:
    """Give the questions that this process knows."""
    return Asker()
