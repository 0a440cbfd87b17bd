"""How long a model's process lives: no longer than somebody may ask it, and not idle for ever."""

import asyncio
import math
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

Clock = Callable[[], float]


class Life:
    """Who may ask, and since when nobody does.

    Everyone who may ask holds a lease, a connection that the kernel closes however its process
    ends. When the last one is gone the model stays for a moment, in case a process that was
    killed comes back; when it is idle for longer than all of them want to keep it, it goes.
    """

    def __init__(self, *, alone_s: float, clock: Clock = time.monotonic) -> None:
        self._alone_s, self._clock = alone_s, clock
        self._leases: dict[object, float] = {}
        self._in_hand = 0
        self._since = clock()
        self._changed = asyncio.Event()

    @contextmanager
    def lease(self, idle_s: float | None) -> Iterator[None]:
        """Somebody may ask inside the block, and wants it kept for so long without a request."""
        mark = object()
        self._leases[mark] = math.inf if idle_s is None else idle_s
        # Whoever comes means to ask: it does not go in that moment.
        self._note()
        try:
            yield
        finally:
            del self._leases[mark]
            if not self._leases:
                self._since = self._clock()
            self._changed.set()

    @contextmanager
    def request(self) -> Iterator[None]:
        """Somebody asks."""
        self._in_hand += 1
        try:
            yield
        finally:
            self._in_hand -= 1
            self._note()

    def leave(self) -> None:
        """Whoever goes now goes for good: who is the last need not be waited for."""
        self._alone_s = 0
        self._changed.set()

    def due(self) -> float:
        """When it is time to go, by the clock; infinite while it is not foreseen."""
        if self._in_hand:
            return math.inf
        return self._since + max(self._leases.values(), default=self._alone_s)

    async def end(self) -> None:
        """Return when it is time to go."""
        while (left_s := self.due() - self._clock()) > 0:
            self._changed.clear()
            try:
                async with asyncio.timeout(None if left_s == math.inf else left_s):
                    await self._changed.wait()
            except TimeoutError:
                continue

    def _note(self) -> None:
        self._since = self._clock()
        self._changed.set()
