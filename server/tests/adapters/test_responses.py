"""Answers that programs come back to, on a real Valkey."""

import secrets
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from redis.asyncio import Redis

from samoey.adapters.embedded.servers import Servers
from samoey.adapters.responses import ValkeyResponses
from samoey.kit.ports.responses import ResponsesAway

Open = Callable[..., ValkeyResponses]


@pytest.fixture
async def opened(servers: Servers) -> AsyncIterator[Open]:
    all_opened: list[ValkeyResponses] = []
    prefix = f"{secrets.token_hex(6)}:"

    def open_one(**changes: Any) -> ValkeyResponses:
        given: dict[str, Any] = {"prefix": prefix, "kept_s": 60, "most_bytes": 100} | changes
        all_opened.append(ValkeyResponses(servers.redis_url, **given))
        return all_opened[-1]

    yield open_one
    for one in all_opened:
        await one.close()


async def test_what_is_kept_is_found_by_its_owner_alone(opened: Open) -> None:
    responses = opened()

    assert await responses.keep("ada", "one", b"text")

    assert await responses.find("ada", "one") == b"text"
    assert await responses.find("bob", "one") is None
    assert await responses.find("ada", "two") is None


async def test_what_is_dropped_is_gone_and_dropped_once(opened: Open) -> None:
    responses = opened()
    await responses.keep("ada", "one", b"text")

    assert not await responses.drop("bob", "one")
    assert await responses.drop("ada", "one")
    assert not await responses.drop("ada", "one")
    assert await responses.find("ada", "one") is None


async def test_the_oldest_go_when_an_owner_keeps_too_much(opened: Open) -> None:
    responses = opened()
    for name in ("one", "two", "three"):
        await responses.keep("ada", name, b"x" * 40)
    await responses.keep("bob", "one", b"x" * 40)

    assert await responses.find("ada", "one") is None
    assert await responses.find("ada", "two")
    assert await responses.find("ada", "three")
    assert await responses.find("bob", "one")
    assert not await responses.keep("ada", "four", b"x" * 101)
    assert await responses.find("ada", "three")


async def test_what_is_kept_again_counts_once(opened: Open) -> None:
    responses = opened()
    for _ in range(5):
        await responses.keep("ada", "one", b"x" * 50)
    await responses.keep("ada", "two", b"x" * 50)

    assert await responses.find("ada", "one")
    assert await responses.find("ada", "two")


async def test_everything_that_is_kept_has_an_end(opened: Open, servers: Servers) -> None:
    prefix = f"{secrets.token_hex(6)}:"
    await opened(prefix=prefix).keep("ada", "one", b"text")

    redis = Redis.from_url(servers.redis_url)
    keys = [key async for key in redis.scan_iter(f"{prefix}*")]
    ends = [await redis.ttl(key) for key in keys]
    await redis.aclose()

    assert len(keys) == 3
    assert all(0 < end <= 60 for end in ends)


async def test_without_a_server_nobody_can_tell() -> None:
    responses = ValkeyResponses("redis://127.0.0.1:1", prefix="", kept_s=60, most_bytes=100)

    with pytest.raises(ResponsesAway):
        await responses.find("ada", "one")
    await responses.close()
