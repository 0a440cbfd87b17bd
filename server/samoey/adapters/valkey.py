"""The bus on Redis 7 or Valkey: pub/sub for the quick word, streams and keys for short memories."""

import contextlib
import json
import logging
import time
from collections import deque
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from typing import Any

from redis.asyncio.client import PubSub
from redis.exceptions import RedisError

from samoey.adapters.redis_client import answered, client
from samoey.kit.events import Event
from samoey.kit.ports.bus import BusUnavailable, Listener, Message

log = logging.getLogger(__name__)

# A fresh pub/sub connection has nothing to read until its first subscription.
_KEEP_OPEN = "keep-open"
# How long the server may take for one answer, coming back to it included.
_ANSWER_S = 10.0


class ValkeyListener:
    """One pub/sub connection with audiences that may change."""

    def __init__(self, pubsub: PubSub, prefix: str) -> None:
        self._pubsub, self._prefix = pubsub, prefix
        self._early: deque[dict[str, Any]] = deque()

    async def confirmed(self, subscriptions: int) -> None:
        """Wait until the server has confirmed so many; keep what is said in between."""
        while subscriptions:
            got = await self._pubsub.get_message(timeout=5)
            if got is None:
                raise BusUnavailable
            if got["type"] == "subscribe":
                subscriptions -= 1
            else:
                self._early.append(got)

    async def add(self, audience: str) -> None:
        """Hear `audience` from now on."""
        async with _answering():
            await self._pubsub.subscribe(self._prefix + audience)

    async def drop(self, audience: str) -> None:
        """Hear `audience` no longer."""
        async with _answering():
            await self._pubsub.unsubscribe(self._prefix + audience)

    async def get(self, timeout_s: float) -> tuple[str, Message] | None:
        """The next message with its audience, or None when none came in time.

        Raises:
            BusUnavailable: the connection is gone; what was said meanwhile is lost.
        """
        deadline = time.monotonic() + timeout_s
        while not self._early:
            left = max(0.0, deadline - time.monotonic())
            async with _answering(left):
                got = await self._pubsub.get_message(timeout=left)
            if got is not None and got["type"] == "message":
                self._early.append(got)
            elif time.monotonic() >= deadline:
                return None
        got = self._early.popleft()
        return got["channel"].decode().removeprefix(self._prefix), json.loads(got["data"])


class ValkeyBus:
    """All processes of an installation meet here; `prefix` keeps installations apart."""

    def __init__(self, url: str, *, prefix: str = "samoey:") -> None:
        self._redis = client(url, connect_s=_ANSWER_S, health_check_interval=30)
        self._prefix = prefix

    async def close(self) -> None:
        """Close every connection."""
        await self._redis.aclose()

    async def ping(self) -> None:
        """Raises `BusUnavailable` unless the server answers."""
        async with _answering():
            await self._redis.ping()

    async def nudge(self, event: Event) -> None:
        """Say that `event` was recorded: best effort, never raises."""
        payload = event.model_dump(mode="json", exclude={"id", "seq"})
        audience = event.audience()
        await self.publish(
            audience,
            {
                "type": "event",
                "id": str(event.id),
                "audience": audience,
                "seq": event.seq,
                "name": event.name,
                "data": payload,
            },
        )

    async def publish(self, audience: str, message: Message) -> None:
        """Tell those who listen now: best effort, never raises."""
        try:
            async with _answering():
                await self._redis.publish(self._prefix + audience, json.dumps(message))
        except BusUnavailable:
            log.warning("the bus did not take a message", extra={"audience": audience})

    @contextlib.asynccontextmanager
    async def listen(self, *audiences: str) -> AsyncIterator[Listener]:
        """Hear what is said to `audiences` from the moment the block is entered."""
        pubsub = self._redis.pubsub()
        try:
            async with _answering():
                names = [self._prefix + name for name in (*audiences, _KEEP_OPEN)]
                await pubsub.subscribe(*names)
                listener = ValkeyListener(pubsub, self._prefix)
                await listener.confirmed(len(names))
            yield listener
        finally:
            with contextlib.suppress(RedisError, OSError):
                await pubsub.aclose()  # type: ignore[no-untyped-call]  # redis ships no type here

    async def append(self, stream: str, piece: Message, *, keep_s: int = 3600) -> str:
        """Add to a stream that can be read again for `keep_s` seconds; gives the entry's id."""
        key = self._prefix + stream
        async with _answering(), self._redis.pipeline(transaction=True) as pipe:
            pipe.xadd(key, {"piece": json.dumps(piece)})
            pipe.expire(key, keep_s)
            entry, _ = await pipe.execute()
        return str(entry.decode())

    async def read(
        self, stream: str, after: str = "0", *, wait_s: float = 0
    ) -> list[tuple[str, Message]]:
        """The entries after one id, in order; waits up to `wait_s` for the first of them."""
        key = self._prefix + stream
        block = round(wait_s * 1000) or None
        async with _answering(wait_s):
            answer: Any = await self._redis.xread({key: after}, block=block)
        if not answer:
            return []
        entries: Any = answer[0][1] if isinstance(answer, list) else next(iter(answer.values()))[0]
        return [(entry.decode(), json.loads(fields[b"piece"])) for entry, fields in entries]

    async def remember(self, key: str, value: str, *, keep_s: float) -> None:
        """Keep a short value for a while."""
        async with _answering():
            await self._redis.set(self._prefix + key, value, px=round(keep_s * 1000))

    async def recall(self, key: str) -> str | None:
        """The value kept under `key`, or None."""
        async with _answering():
            value: Any = await self._redis.get(self._prefix + key)
        return None if value is None else value.decode()

    async def take(self, key: str) -> str | None:
        """The value kept under `key`, given to exactly one caller."""
        async with _answering():
            value: Any = await self._redis.getdel(self._prefix + key)
        return None if value is None else value.decode()

    async def count(self, key: str, *, window_s: int) -> int:
        """Count one more under `key`; how many there were in the current window."""
        name = self._prefix + key
        async with _answering(), self._redis.pipeline(transaction=True) as pipe:
            pipe.incr(name)
            pipe.expire(name, window_s, nx=True)
            counted, _ = await pipe.execute()
        return int(counted)


def _answering(wait_s: float = 0) -> AbstractAsyncContextManager[None]:
    """Beyond what it was asked to wait, the server has so long to answer."""
    return answered(wait_s + _ANSWER_S, BusUnavailable)
