"""An answer that is on its way, part by part, and whoever waits for it or is told of it."""

import asyncio
import math
from collections.abc import Callable
from typing import Literal, Protocol, Self

from samoey.kit.ports.upstreams import BrokeOff, TimeLimits, TooSlow, Unreachable
from samoey.kit.problems import Unavailable

Stage = Literal["connect", "first", "gap", "whole"]

_LONGEST_WAIT_S = 3600.0
_LATE: dict[Stage, str] = {
    "first": "did not answer in time",
    "gap": "fell silent in the middle of its answer",
    "whole": "did not come to the end of its answer in time",
}


class Watching(Protocol):
    """The connection of an answer, as far as it is the answer's business."""

    host: str

    def watch(self, due: float) -> None:
        """Look at `due` at the latest whether what is waited for came."""

    def read_on(self) -> None:
        """What came until now was read."""

    def abort(self) -> None:
        """Close it at once."""


class HttpReply:
    """An answer on its way; its connection watches over it, however many parts it has."""

    def __init__(self, connection: Watching, limits: TimeLimits, started: float) -> None:
        self._connection, self._gap_s = connection, limits.gap_s
        self._loop = asyncio.get_running_loop()
        self.status, self.content_type = 0, ""
        self.retry_after_s: float | None = None
        self._length: int | None = None
        self._parts: list[bytes] = []
        self._ended = False
        self._failure: Unavailable | None = None
        self._waiting: asyncio.Future[None] | None = None
        # Whom each part is told at once; whether that one has enough, or what went wrong there.
        self._say: Callable[[bytes], bool] | None = None
        self._enough = False
        self._fault: Exception | None = None
        # The first part has as long as is left for it; each later one the time between two.
        self._stage: Stage = "first"
        self._part_due, self._end = started + limits.first_s, started + limits.whole_s

    @property
    def begun(self) -> bool:
        """Whether its head is there."""
        return self.status > 0

    @property
    def due(self) -> float:
        """When it is late if nothing more came."""
        return min(self._part_due, self._end)

    async def head(self) -> None:
        """Wait until its head is there; raises `Unreachable` or `TooSlow`."""
        while not self.status:
            if self._failure is not None:
                raise self._failure
            await self._more()

    def parts(self) -> Self:
        """The body as it comes: for whoever asks for the next part, or has them poured."""
        return self

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> bytes:
        while not self._parts:
            if self._failure is not None:
                raise self._failure
            if self._ended:
                raise StopAsyncIteration
            await self._next()
        return self._taken()

    async def pour(self, say: Callable[[bytes], bool]) -> bool:
        """Have `say` told each part at the moment it comes, until it has enough or all is told.

        No task wakes up between: for the words of a stream that would be most of what they cost.
        Returns whether there may be more; what comes meanwhile waits.
        """
        while True:
            if self._parts:
                if not say(self._taken()):
                    return True
            elif self._failure is not None:
                raise self._failure
            elif self._ended:
                return False
            else:
                self._say = say
                try:
                    await self._next()
                finally:
                    self._say = None
                if self._enough:
                    self._enough = False
                    return True
                if self._fault is not None:
                    raise self._fault

    async def read(self, most: int) -> bytes:
        """The whole body."""
        if self._length is not None and self._length > most:
            raise BrokeOff(f"The answer is longer than {most:,} bytes.")
        if self._ended and self._length is not None:
            # It came with its head, as short answers do.
            return self._taken() if self._parts else b""
        found, size = [], 0
        async for part in self.parts():
            found.append(part)
            size += len(part)
            if size > most:
                raise BrokeOff(f"The answer is longer than {most:,} bytes.")
        return found[0] if len(found) == 1 else b"".join(found)

    async def aclose(self) -> None:
        """Let go of it; a connection whose answer was not read to its end is closed."""
        if not self._ended:
            self._connection.abort()

    # What its connection tells.

    def begin(self, status: int, fields: dict[bytes, bytes]) -> None:
        """The head came."""
        self.content_type = fields.get(b"content-type", b"").decode("latin-1")
        if b"retry-after" in fields:
            self.retry_after_s = seconds_of(fields[b"retry-after"].decode("latin-1"))
        length = fields.get(b"content-length", b"")
        self._length = int(length) if length.isdigit() else None
        self.status = status

    def hear(self, part: bytes) -> None:
        """A part of the body came."""
        self._parts.append(part)

    def end(self) -> None:
        """All of it came."""
        self._ended = True
        self.wake()

    def fail(self, words: str) -> None:
        """Nothing more will come: the connection is no more."""
        self.give_up((BrokeOff if self.begun else Unreachable)(words))

    def late(self) -> None:
        """Nothing came in time."""
        stage = "whole" if self._loop.time() >= self._end else self._stage
        self.give_up(TooSlow(f"{self._connection.host} {_LATE[stage]}.", stage=stage))

    def give_up(self, failure: Unavailable) -> None:
        """Have whoever waits told why; the first reason counts."""
        if self._failure is None and not self._ended:
            self._failure = failure
        self.wake()

    def wake(self) -> None:
        """Have whoever waits look again; whoever is told each part sleeps on."""
        say = self._say
        if say is not None and self._parts and not self._ended and self._failure is None:
            if self._told(say):
                return
            self._say = None
        waiting = self._waiting
        if waiting is not None and not waiting.done():
            waiting.set_result(None)

    def _told(self, say: Callable[[bytes], bool]) -> bool:
        """Tell what there is; whether it can go on like this."""
        try:
            self._enough = not say(self._taken())
        except Exception as error:  # noqa: BLE001 - it is raised where it is waited for
            self._fault = error
            return False
        if not self._enough:
            # The connection's timer looks for itself how much later that is.
            self._part_due = self._loop.time() + self._gap_s
        return not self._enough

    async def _next(self) -> None:
        if self._stage == "gap":
            self._part_due = self._loop.time() + self._gap_s
            self._connection.watch(self.due)
        await self._more()

    async def _more(self) -> None:
        self._waiting = self._loop.create_future()
        await self._waiting

    def _taken(self) -> bytes:
        parts, self._parts = self._parts, []
        self._connection.read_on()
        # How long a part is looked at by others is no fault of the vendor's.
        self._stage, self._part_due = "gap", math.inf
        return parts[0] if len(parts) == 1 else b"".join(parts)


def seconds_of(retry_after: str | None) -> float | None:
    """After how many seconds to come back; a date is not believed, whose clock is not ours."""
    try:
        return max(0.0, min(_LONGEST_WAIT_S, float(retry_after or "")))
    except ValueError:
        return None
