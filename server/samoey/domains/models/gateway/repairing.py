"""An answer that misses the shape that was asked for is asked for again, a few times at most."""

import asyncio

from msgspec.structs import replace

from samoey.domains.models.gateway import structure
from samoey.domains.models.gateway.asked import Asked
from samoey.domains.models.gateway.attempts import Attempts, Begun
from samoey.domains.models.gateway.breaker import Clock
from samoey.domains.models.gateway.cost import Tokens
from samoey.domains.models.gateway.routing import Route
from samoey.domains.models.gateway.shapes import Alias
from samoey.kit.problems import Problem

_GOOD = 200


async def mend(attempts: Attempts, asked: Asked, alias: Alias, begun: Begun, clock: Clock) -> None:
    """Have the same model answer again until the shape is right, or it was asked often enough.

    `begun` becomes the newest answer with everything that all of them used: however this ends,
    what came by then is in it.
    """
    end = clock() + alias.deadline_s
    for _ in range(alias.repairs):
        if begun.body is None or begun.status != _GOOD:
            return
        error = await asyncio.to_thread(structure.wrong, asked, begun.body)
        left_s = end - clock()
        if error is None or left_s <= 0:
            return
        asked = await asyncio.to_thread(structure.once_more, asked, begun.body, error)
        # Another model would be another price, and knows nothing of what this one meant.
        alone = Route(replace(alias, retries=0, deadline_s=left_s), (begun.candidate,))
        begun.repairs += 1
        begun.standing.release()
        try:
            more = await attempts.begin(asked, alone)
        except Problem:
            # What is there is told: it misses the shape, but it is paid for.
            return
        finally:
            begun.standing.take()
        more.standing.release()
        if more.body is None or more.status != _GOOD:
            if more.reply is not None:
                await more.reply.aclose()
            return
        _take(begun, more)


def _take(begun: Begun, more: Begun) -> None:
    begun.body, begun.content_type = more.body, more.content_type
    begun.tokens = _sum(begun.tokens or Tokens(), more.tokens or Tokens())
    begun.attempts += more.attempts
    begun.waited_s += more.waited_s
    begun.trimmed = max(begun.trimmed, more.trimmed)


def _sum(one: Tokens, other: Tokens) -> Tokens:
    return Tokens(
        prompt=one.prompt + other.prompt,
        completion=one.completion + other.completion,
        cache_read=one.cache_read + other.cache_read,
        cache_write=one.cache_write + other.cache_write,
    )
