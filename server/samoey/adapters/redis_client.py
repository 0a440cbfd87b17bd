"""How every adapter opens its client of Redis or Valkey, and waits for what it answers."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Any

from redis.asyncio import Redis
from redis.exceptions import RedisError

from samoey.kit.problems import Problem


def client(url: str, *, connect_s: float, **options: Any) -> Redis:
    """A client without time-outs of its own for answers: `answered` sets them.

    Those of the library use `asyncio.wait_for`, which in Python 3.11 may swallow the cancellation
    of whoever sends, who then goes on for ever.
    """
    return Redis.from_url(url, socket_timeout=None, socket_connect_timeout=connect_s, **options)


@contextlib.asynccontextmanager
async def answered(within_s: float, otherwise: type[Problem]) -> AsyncIterator[None]:
    """Whatever keeps the server from an answer in time is `otherwise`."""
    try:
        async with asyncio.timeout(within_s):
            yield
    except (RedisError, OSError) as error:
        raise otherwise from error
