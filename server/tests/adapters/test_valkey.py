"""The bus: listeners hear what is said, streams can be read again, keys are taken once."""

import asyncio

import pytest

from samoey.adapters.valkey import ValkeyBus
from samoey.kit.ports.bus import BusUnavailable
from tests.house.processes import RunningHouse


async def test_listeners_hear_their_audiences_only(house: RunningHouse) -> None:
    bus = house.tools.bus
    async with bus.listen("a") as ear:
        await bus.publish("b", {"n": 1})
        await bus.publish("a", {"n": 2})
        first = await ear.get(5)
        await ear.add("b")
        await asyncio.sleep(0.1)
        await bus.publish("b", {"n": 3})
        second = await ear.get(5)
        await ear.drop("b")
        await asyncio.sleep(0.1)
        await bus.publish("b", {"n": 4})
        third = await ear.get(0.2)

    assert first == ("a", {"n": 2})
    assert second == ("b", {"n": 3})
    assert third is None


async def test_a_stream_can_be_read_again_from_any_place(house: RunningHouse) -> None:
    bus = house.tools.bus
    for n in range(3):
        await bus.append("s", {"n": n})

    everything = await bus.read("s")
    rest = await bus.read("s", everything[0][0])
    later = asyncio.create_task(bus.read("s", everything[-1][0], wait_s=5))
    await asyncio.sleep(0.05)
    await bus.append("s", {"n": 3})

    assert [piece["n"] for _, piece in everything] == [0, 1, 2]
    assert [piece["n"] for _, piece in rest] == [1, 2]
    assert [piece["n"] for _, piece in await later] == [3]
    assert await bus.read("s", wait_s=0.05, after="9999999999999-0") == []


async def test_a_value_is_given_to_exactly_one_taker(house: RunningHouse) -> None:
    bus = house.tools.bus
    await bus.remember("ticket", "yes", keep_s=5)

    assert await bus.recall("ticket") == "yes"
    taken = await asyncio.gather(*(bus.take("ticket") for _ in range(5)))

    assert sorted(taken, key=str) == [None, None, None, None, "yes"]
    assert await bus.recall("ticket") is None


async def test_counting_starts_anew_after_its_window(house: RunningHouse) -> None:
    bus = house.tools.bus

    assert [await bus.count("c", window_s=1) for _ in range(3)] == [1, 2, 3]
    await asyncio.sleep(1.1)
    assert await bus.count("c", window_s=1) == 1


async def test_whoever_is_to_stop_listening_stops_at_whatever_moment(house: RunningHouse) -> None:
    async def listen() -> None:
        async with house.tools.bus.listen("a") as ear:
            while True:
                await ear.get(1)

    deaf = []
    for turns in range(40):
        listening = asyncio.create_task(listen())
        for _ in range(turns):
            await asyncio.sleep(0)
        listening.cancel()
        _, still = await asyncio.wait([listening], timeout=5)
        if still:
            deaf.append(turns)
            listening.cancel()
            await asyncio.wait([listening])

    assert deaf == []


async def test_a_listener_may_drop_an_audience_while_the_bus_closes(house: RunningHouse) -> None:
    problems: list[BaseException | None] = []
    for turns in range(20):
        bus = ValkeyBus(url_of(house))
        async with bus.listen("a", "b") as ear:
            closing = asyncio.create_task(bus.close())
            for _ in range(turns):
                await asyncio.sleep(0)
            problems += await asyncio.gather(ear.drop("a"), closing, return_exceptions=True)
        await bus.close()

    assert {type(problem) for problem in problems} <= {type(None), BusUnavailable}


async def test_a_bus_that_is_away_fails_only_those_who_ask() -> None:
    bus = ValkeyBus("redis://127.0.0.1:1/0")

    await bus.publish("a", {"n": 1})
    with pytest.raises(BusUnavailable):
        await bus.ping()
    with pytest.raises(BusUnavailable):
        async with bus.listen("a"):
            pass
    await bus.close()


def url_of(house: RunningHouse) -> str:
    url = house.tools.settings.redis_url
    assert url is not None
    return url.get_secret_value()
