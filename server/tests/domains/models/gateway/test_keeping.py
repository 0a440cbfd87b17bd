"""What gateways keep for each other: found by all, believed as it was kept, never in the way."""

import asyncio
import secrets
import subprocess
import sys
from collections.abc import AsyncIterator, Callable

import pytest
from redis.asyncio import Redis

from samoey.adapters.embedded.servers import Servers
from samoey.adapters.responses import ValkeyResponses
from samoey.domains.models.gateway.keeping import Keeping
from samoey.kit.ports.responses import Responses

SECRET = b"k" * 32


@pytest.fixture
def prefix() -> str:
    return f"{secrets.token_hex(6)}:"


@pytest.fixture
async def shared(servers: Servers, prefix: str) -> AsyncIterator[ValkeyResponses]:
    opened = ValkeyResponses(servers.redis_url, prefix=prefix, kept_s=60, most_bytes=10_000)
    yield opened
    await opened.close()


def keeping(shared: Responses, **changes: float | Callable[[], float] | bytes) -> Keeping:
    given = {"secret": SECRET, "kept_s": 60.0, "patience_s": 10.0} | changes
    return Keeping(shared, **given)  # type: ignore[arg-type]  # a test's own short form


FIND = """
import asyncio, sys
from samoey.adapters.responses import ValkeyResponses
from samoey.domains.models.gateway.keeping import Keeping

async def main(url, prefix):
    shared = ValkeyResponses(url, prefix=prefix, kept_s=60, most_bytes=10_000)
    keeping = Keeping(shared, secret=b"k" * 32, kept_s=60, patience_s=10)
    print(await keeping.find("w1", "name"))
    await shared.close()

asyncio.run(main(*sys.argv[1:]))
"""


async def test_another_process_finds_what_one_keeps(
    servers: Servers, shared: ValkeyResponses, prefix: str
) -> None:
    await keeping(shared).keep("w1", "name", b"value")

    told = await asyncio.to_thread(
        subprocess.run,
        [sys.executable, "-c", FIND, servers.redis_url, prefix],
        check=True,
        capture_output=True,
        timeout=60,
    )

    assert told.stdout.strip() == b"b'value'"


async def test_what_was_changed_or_moved_or_forged_is_not_there(
    servers: Servers, shared: ValkeyResponses, prefix: str
) -> None:
    await keeping(shared).keep("w1", "name", b"value")
    redis = Redis.from_url(servers.redis_url)
    [key] = [key async for key in redis.scan_iter(f"{prefix}*:name")]
    sealed = await redis.get(key)
    assert isinstance(sealed, bytes)

    async def found(value: bytes, owner: str = "w1", name: str = "name") -> bytes | None:
        await shared.keep(owner, name, value)
        return await keeping(shared).find(owner, name)

    assert await found(sealed) == b"value"
    assert await found(sealed[:-1] + b"!") is None
    assert await found(sealed[:10]) is None
    assert await found(b"") is None
    assert await found(sealed, name="other") is None
    assert await found(sealed, owner="w2") is None
    # What the one seals, the other does not take for its own: another installation's key.
    await keeping(shared, secret=b"x" * 32).keep("w1", "name", b"poison")
    assert await keeping(shared).find("w1", "name") is None
    await redis.aclose()


async def test_what_is_too_old_is_not_there(shared: ValkeyResponses) -> None:
    now = 1000.0
    kept = keeping(shared, wall=lambda: now, kept_s=10.0)
    await kept.keep("w1", "name", b"value")

    now += 9
    assert await kept.find("w1", "name") == b"value"
    now += 2
    assert await kept.find("w1", "name") is None
    assert await keeping(shared, wall=lambda: now, kept_s=10.0).find("w1", "name") is None


async def test_the_oldest_go_where_there_is_no_more_room(shared: ValkeyResponses) -> None:
    kept = keeping(shared, front_bytes=2_500)

    names = [f"{number:02}" for number in range(20)]
    for name in names:
        await kept.keep("w1", name, b"x" * 1000)
    await kept.keep("w1", "huge", b"x" * 20_000)
    there = [await keeping(shared).find("w1", name) is not None for name in names]
    assert there == [False] * 11 + [True] * 9
    assert await keeping(shared).find("w1", "huge") is None
    # Of this process' own it is still told what was last, and no more of it than there is room.
    assert list(kept._front) == [("w1", "18"), ("w1", "19")]
    assert kept._size <= 2_500


class _Away:
    """A Redis that is gone, or does not answer."""

    def __init__(self, problem: Exception | None) -> None:
        self.problem, self.asked = problem, 0

    async def _answer(self) -> None:
        self.asked += 1
        if self.problem is not None:
            raise self.problem
        await asyncio.sleep(3600)

    async def keep(self, owner: str, name: str, document: bytes) -> bool:
        del owner, name, document
        await self._answer()
        return False

    async def find(self, owner: str, name: str) -> bytes | None:
        del owner, name
        await self._answer()
        return None

    async def drop(self, owner: str, name: str) -> bool:
        del owner, name
        await self._answer()
        return False


async def test_a_redis_that_hangs_is_not_waited_for_and_left_alone_for_a_while() -> None:
    now, away = 0.0, _Away(None)
    kept = keeping(away, clock=lambda: now, patience_s=0.25)

    async with asyncio.timeout(10):
        assert await kept.find("w1", "name") is None
        assert await kept.find("w1", "name") is None
        await kept.keep("w1", "name", b"value")
    assert away.asked == 1
    # This process knows it all the same.
    assert await kept.find("w1", "name") == b"value"
    now += 3
    assert await kept.find("w1", "other") is None
    assert away.asked == 2


async def test_a_redis_that_is_gone_is_a_miss_and_no_error(prefix: str) -> None:
    gone = ValkeyResponses("redis://127.0.0.1:1", prefix=prefix, kept_s=60, most_bytes=10_000)
    kept = keeping(gone)

    assert await kept.find("w1", "name") is None
    await kept.keep("w1", "name", b"value")
    assert await kept.find("w1", "name") == b"value"
    await gone.close()
