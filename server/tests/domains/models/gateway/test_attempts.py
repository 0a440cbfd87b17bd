"""How the way to an answer goes, with upstreams that a test scripts: no sockets, no waiting."""

import asyncio
import json
import random
from dataclasses import dataclass

import pytest

from samoey.domains.models.gateway.answering import Answer
from samoey.domains.models.gateway.billing import Till
from samoey.domains.models.gateway.breaker import FAILURES
from samoey.domains.models.gateway.service import Gateway
from samoey.domains.models.gateway.shapes import Caller, Price
from samoey.kit.ports.models import ModelUnavailable
from samoey.kit.ports.upstreams import (
    BrokeOff,
    TimeLimits,
    TooSlow,
    Unreachable,
)
from samoey.kit.problems import Problem
from tests.doubles.gateway import POLICY, Decided, Desk, Purses, alias, deployment
from tests.doubles.scripted import Clock, Scripted, Vendor, stream, whole

CALLER = Caller(policy=POLICY, request_id="r1")
PRICE = Price(input=1_000_000, output=2_000_000)
WORD = b'data: {"choices":[{"delta":{"content":"one"},"finish_reason":null}]}\n\n'
END = b'data: {"choices":[{"delta":{},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n'
USED = b'data: {"choices":[],"usage":{"prompt_tokens":3,"completion_tokens":2}}\n\n'


def body(model: str = "x", **more: object) -> bytes:
    return json.dumps({"model": model, "messages": [], **more}).encode()


@dataclass
class Place:
    gateway: Gateway
    vendor: Vendor
    decided: Decided
    purses: Purses
    clock: Clock
    wall: Clock

    def ask(self, asked: bytes | None = None) -> "asyncio.Future[Answer]":
        return asyncio.ensure_future(
            self.gateway.ask(CALLER, "openai.chat", asked if asked is not None else body())
        )


@pytest.fixture
def place() -> Place:
    vendor, decided, purses = Vendor(), Decided(), Purses()
    clock, wall = Clock(), Clock(1_800_000_000.0)
    gateway = Gateway(
        snapshots=decided,
        upstreams={"openai": vendor},
        till=Till(purses, purses, purses),
        desk=Desk(),
        clock=clock,
        wall=wall,
        chance=random.Random(5),
    )
    decide(decided)
    vendor.says("a", whole())
    vendor.says("b", whole())
    return Place(gateway, vendor, decided, purses, clock, wall)


def decide(decided: Decided, *, retries: int = 0, deadline_s: float = 30.0, **of_a: object) -> None:
    decided.decide(
        deployment("a", "http://a/v1", price=PRICE, **of_a),
        deployment("b", "http://b/v1"),
        aliases=(alias("x", "a", "b", retries=retries, deadline_s=deadline_s),),
    )


async def parts_of(answer: Answer) -> bytes:
    try:
        return b"".join([part async for part in answer.parts()])
    finally:
        await answer.aclose()


async def test_what_is_held_is_settled_once_with_what_was_used(place: Place) -> None:
    answer = await place.ask()
    await answer.aclose()
    await answer.aclose()

    # 10 in at $1 and 5 out at $2 per million: 20 millionths of a dollar.
    assert place.purses.spent == [20]
    assert place.purses.held[0] > 20
    [row] = place.purses.rows
    assert (row.prompt_tokens, row.completion_tokens, row.cost_micro) == (10, 5, 20)
    assert (row.deployment, row.status, row.at) == ("a", 200, place.wall.now)


async def test_a_stream_is_paid_by_what_the_vendor_counted_at_its_end(place: Place) -> None:
    place.vendor.says(
        "a", stream(WORD, END.replace(b"data: [DONE]\n\n", USED + b"data: [DONE]\n\n"))
    )

    answer = await place.ask(body(stream=True))
    told = await parts_of(answer)

    assert b"usage" not in told
    assert place.purses.spent == [7]


async def test_who_leaves_a_stream_pays_for_what_was_told(place: Place) -> None:
    reply = stream(*([WORD] * 100))
    place.vendor.says("a", reply)

    answer = await place.ask(body(stream=True))
    told = answer.parts()
    for _ in range(4):
        await anext(told)
    await answer.aclose()

    [row] = place.purses.rows
    assert row.completion_tokens == 4
    assert row.status == 499
    assert reply.closed
    assert place.gateway.standings.of("a").in_hand == 0


@pytest.mark.parametrize(
    "failure",
    [Unreachable("gone"), TooSlow("slow", stage="first"), whole(503), whole(429), whole(401)],
    ids=["unreachable", "slow", "503", "429", "401"],
)
async def test_the_next_one_answers_and_nothing_is_paid_for_the_first(
    place: Place, failure: Scripted | Problem
) -> None:
    place.vendor.says("a", failure)

    answer = await place.ask()
    await answer.aclose()

    assert place.vendor.asked == ["a", "b"]
    assert (answer.deployment.id, answer.attempts) == ("b", 2)
    assert place.purses.spent == [0]


async def test_when_all_fail_they_are_asked_again_as_often_as_the_alias_says(
    place: Place,
) -> None:
    decide(place.decided, retries=2)
    place.vendor.says("a", Unreachable("gone"))
    place.vendor.says("b", whole(500), whole(500), whole())

    answer = await place.ask()
    await answer.aclose()

    assert place.vendor.asked == ["a", "b"] * 3
    assert answer.attempts == 6


async def test_what_cannot_get_better_is_not_asked_again(place: Place) -> None:
    decide(place.decided, retries=5)
    place.vendor.says("a", whole(401))
    place.vendor.says("b", whole(401))

    with pytest.raises(Problem):
        await place.ask()

    assert place.vendor.asked == ["a", "b"]
    assert place.purses.spent == [0]
    assert place.purses.rows[0].status == 403


async def test_the_deadline_ends_the_search_with_the_last_problem(place: Place) -> None:
    decide(place.decided, retries=1000, deadline_s=0.05)
    place.vendor.says("a", Unreachable("gone"))
    place.vendor.says("b", Unreachable("gone too"))

    with pytest.raises(Unreachable, match="gone too"):
        await place.ask()


async def test_a_whole_answer_may_take_as_long_as_the_whole_and_a_stream_must_begin(
    place: Place,
) -> None:
    limits = TimeLimits(connect_s=1, first_s=2, gap_s=3, whole_s=400)
    decide(place.decided, limits=limits)

    await (await place.ask()).aclose()
    place.vendor.says("a", stream(WORD, END))
    await (await place.ask(body(stream=True))).aclose()

    assert [it.first_s for it in place.vendor.patience] == [400, 2]


async def test_a_deadline_without_any_word_says_so(place: Place) -> None:
    decide(place.decided, deadline_s=0.05)
    place.vendor.held = asyncio.Event()

    with pytest.raises(TooSlow, match="No model answered"):
        await place.ask()

    assert place.gateway.standings.of("a").in_hand == 0


async def test_a_deployment_that_keeps_failing_is_left_alone_until_it_has_rested(
    place: Place,
) -> None:
    place.vendor.says("a", Unreachable("gone"))
    for _ in range(FAILURES):
        await (await place.ask()).aclose()
    place.vendor.asked.clear()
    # What the time of day becomes changes nothing.
    place.wall.now += 10_000_000

    await (await place.ask()).aclose()
    resting = list(place.vendor.asked)
    place.clock.now += 11
    place.vendor.says("a", whole())
    answer = await place.ask()
    await answer.aclose()

    assert resting == ["b"]
    assert answer.deployment.id == "a"


async def test_when_everybody_rests_it_is_said_when_to_come_back(place: Place) -> None:
    for name in ("a", "b"):
        for _ in range(FAILURES):
            place.gateway.standings.of(name).breaker.failed()

    with pytest.raises(ModelUnavailable) as told:
        await place.ask()

    assert told.value.extra["retry_after"] == 10
    assert place.vendor.asked == []


async def test_more_than_a_deployment_takes_at_once_goes_to_the_next_and_then_waits(
    place: Place,
) -> None:
    decide(place.decided, max_parallel=1)
    place.vendor.says("a", whole())
    place.vendor.held = asyncio.Event()
    first = place.ask()
    while not place.vendor.asked:  # noqa: ASYNC110 - the double tells nobody that it was asked
        await asyncio.sleep(0)
    second = place.ask()
    place.vendor.held.set()
    two = [await first, await second]
    for answer in two:
        await answer.aclose()

    assert place.vendor.asked == ["a", "b"]


async def test_who_finds_the_only_one_full_waits_for_a_place(place: Place) -> None:
    place.decided.decide(deployment("a", "http://a/v1", max_parallel=1))
    place.vendor.says("a", whole())
    held = place.vendor.held = asyncio.Event()
    asked = [place.ask(body("a-model")) for _ in range(3)]
    while not place.vendor.asked:  # noqa: ASYNC110 - as above
        await asyncio.sleep(0)

    before = len(place.vendor.asked)
    held.set()
    for one in asked:
        await (await one).aclose()

    assert before == 1
    assert len(place.vendor.asked) == 3


@pytest.mark.parametrize(
    "broken",
    [
        stream(WORD[:30]),
        stream(BrokeOff("cut")),
        stream(b": ping\n\n", BrokeOff("cut")),
        stream(b'data: {"error": {"message": "overloaded"}}\n\n'),
        stream(b'data: {"choices": [{"delta": {"role": "assistant"}}]}\n\n', BrokeOff("cut")),
    ],
    ids=["half an event", "at once", "after a ping", "error first", "after the role"],
)
async def test_a_stream_that_breaks_before_its_first_word_was_never_heard_of(
    place: Place, broken: Scripted
) -> None:
    place.vendor.says("a", broken)
    place.vendor.says("b", stream(WORD, END))

    answer = await place.ask(body(stream=True))

    assert await parts_of(answer) == WORD + END
    assert broken.closed


async def test_a_stream_that_breaks_after_its_first_word_is_no_success(place: Place) -> None:
    place.vendor.says("a", stream(WORD, WORD[:20], BrokeOff("cut")))

    answer = await place.ask(body(stream=True))
    told = answer.parts()
    heard = await anext(told)
    with pytest.raises(BrokeOff):
        await anext(told)
    await answer.aclose()

    assert heard == WORD
    assert place.vendor.asked == ["a"]
    assert place.purses.rows[0].status == 502


async def test_an_event_without_end_is_not_kept_for_ever(place: Place) -> None:
    place.vendor.says("a", stream(WORD, *([b"x" * 2**20] * 40)))

    answer = await place.ask(body(stream=True))
    with pytest.raises(BrokeOff, match="longer than"):
        await parts_of(answer)


async def test_who_leaves_while_nobody_answered_leaves_nothing_held(place: Place) -> None:
    place.vendor.held = asyncio.Event()
    asking = place.ask()
    while not place.vendor.asked:  # noqa: ASYNC110 - as above
        await asyncio.sleep(0)

    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking

    assert place.purses.spent == [0]
    assert place.purses.rows[0].status == 499
    assert place.gateway.standings.of("a").in_hand == 0
