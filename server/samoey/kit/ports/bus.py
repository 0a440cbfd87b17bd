"""The quick word between processes: nudges, fleeting messages, streams and short memories.

Nothing here is the truth: what must not be lost stands in PostgreSQL. A bus that is away makes the
product slower, never wrong.
"""

from contextlib import AbstractAsyncContextManager
from typing import Any, Protocol

from samoey.kit.events import Event
from samoey.kit.problems import Unavailable

Message = dict[str, Any]


class BusUnavailable(Unavailable):
    """Redis (or the embedded Valkey) does not answer."""

    title = "The message bus does not answer."


class Listener(Protocol):
    """One ear on some audiences, which may change while it listens."""

    async def add(self, audience: str) -> None:
        """Hear `audience` from now on."""

    async def drop(self, audience: str) -> None:
        """Hear `audience` no longer."""

    async def get(self, timeout_s: float) -> tuple[str, Message] | None:
        """The next message with its audience, or None when none came in time."""


class Bus(Protocol):
    """What processes tell each other."""

    async def nudge(self, event: Event) -> None:
        """Say that `event` was recorded: best effort, never raises."""

    async def publish(self, audience: str, message: Message) -> None:
        """Tell those who listen now, and nobody later: best effort, never raises."""

    def listen(self, *audiences: str) -> AbstractAsyncContextManager[Listener]:
        """Hear what is said to `audiences` from the moment the block is entered."""

    async def append(self, stream: str, piece: Message, *, keep_s: int = 3600) -> str:
        """Add to a stream that can be read again for `keep_s` seconds; gives the entry's id."""

    async def read(
        self, stream: str, after: str = "0", *, wait_s: float = 0
    ) -> list[tuple[str, Message]]:
        """The entries after one id, in order; waits up to `wait_s` for the first of them."""

    async def remember(self, key: str, value: str, *, keep_s: float) -> None:
        """Keep a short value for a while."""

    async def recall(self, key: str) -> str | None:
        """The value kept under `key`, or None."""

    async def take(self, key: str) -> str | None:
        """The value kept under `key`, given to exactly one caller."""

    async def count(self, key: str, *, window_s: int) -> int:
        """Count one more under `key`; how many there were in the current window."""

    async def ping(self) -> None:
        """Raises `BusUnavailable` unless the bus answers."""
