import asyncio
import json
from typing import Any

import pytest

from tests.api.relay.conftest import Relayed
from tests.api.relay.wire import ASKED, CHUNK, STREAMED, events, words
from tests.doubles.openai import OpenAIDouble

ROLE = b'data: {"choices":[{"index":0,"delta":{"role":"assistant","content":""}}]}\n\n'


async def test_a_stream_that_breaks_before_its_first_word_falls_back_unseen(
    relayed: Relayed, first: OpenAIDouble, second: OpenAIDouble
) -> None:
    first.raw(ROLE)
    second.say("From the second.")

    async with relayed.ask(STREAMED) as response:
        body = await response.read()

    assert words(body) == "From the second."
    assert response.headers["x-samoey-deployment"] == "at-second/second-model"
    assert response.headers["x-samoey-attempts"] == "2"


DEEP = b'{"choices": ' + b"[" * 100_000 + b"]" * 100_000 + b"}"
BEFORE = {
    "500": lambda d: d.fail(500),
    "429": lambda d: d.fail(429),
    "401": lambda d: d.fail(401),
    "too long": lambda d: d.fail(400, code="context_length_exceeded"),
    "unknown model": lambda d: d.fail(404, code="model_not_found"),
    "silent": lambda d: d.hang(),
    "html": lambda d: d.raw(b"<html>", content_type=b"text/html"),
    "half a document": lambda d: d.raw(b'{"id": "1", "choi', content_type=b"application/json"),
    "nested without end": lambda d: d.raw(DEEP, content_type=b"application/json"),
    "empty": lambda d: d.raw(b""),
    "error at once": lambda d: d.raw(b'data: {"error": {"message": "overloaded"}}\n\n'),
    "half an event": lambda d: d.raw(b'data: {"choices":[{"del'),
    "dies at once": lambda d: d.half(""),
}


TOO_LONG = [
    "This model's maximum context length is 4096 tokens. However, you requested 9000 tokens.",
    "prompt is too long: 250000 tokens > 200000 maximum",
    "input length and `max_tokens` exceed context limit: 190000 + 20000 > 200000",
    "the request exceeds the available context size. try increasing the context size",
    "The input token count (2000000) exceeds the maximum number of tokens allowed (1048576).",
    "Input validation error: `inputs` tokens + `max_new_tokens` must be <= 4096",
]


@pytest.mark.parametrize("message", TOO_LONG)
async def test_what_is_too_long_is_answered_by_who_has_room_however_that_is_said(
    relayed: Relayed, first: OpenAIDouble, second: OpenAIDouble, message: str
) -> None:
    first.fail(400, message=message)
    second.document("Yes.")

    async with relayed.ask(ASKED) as response:
        body = await response.read()

    assert b"Yes." in body
    assert relayed.standing.gateway.standings.of("first").breaker.state == "closed"


@pytest.mark.parametrize("failure", BEFORE)
@pytest.mark.parametrize("asked", [ASKED, STREAMED], ids=["whole", "stream"])
async def test_what_fails_before_its_first_word_is_answered_by_the_next(
    relayed: Relayed,
    first: OpenAIDouble,
    second: OpenAIDouble,
    failure: str,
    asked: dict[str, Any],
) -> None:
    if failure == "silent":
        relayed.hasten(first, second, first_s=0.4, whole_s=0.4)
    BEFORE[failure](first)
    if asked is STREAMED:
        second.say("Yes.")
    else:
        second.document("Yes.")

    async with relayed.ask(asked) as response:
        body = await response.read()

    assert response.status == 200
    assert b"Yes." in body
    assert response.headers["x-samoey-attempts"] == "2"


async def test_a_stream_that_breaks_after_its_first_word_ends_with_an_honest_error(
    relayed: Relayed, first: OpenAIDouble, second: OpenAIDouble
) -> None:
    first.half("Half an answer that")

    async with relayed.ask(STREAMED) as response:
        body = await response.read()

    assert words(body) == "Half an answer that"
    assert events(body)[-1]["error"]["code"] == "broke_off"
    assert second.requests == []
    assert relayed.standing.gateway.standings.of("first").in_hand == 0


@pytest.mark.parametrize(
    ("sent", "hold"),
    [
        (CHUNK, False),
        (CHUNK, True),
        (CHUNK + b'data: {"choices":[{"index":0,"delta":{"con', False),
    ],
    ids=["ends without an end", "falls silent", "half a json"],
)
async def test_a_stream_without_an_honest_end_is_given_one(
    relayed: Relayed, first: OpenAIDouble, second: OpenAIDouble, sent: bytes, *, hold: bool
) -> None:
    relayed.hasten(first, second, gap_s=0.4)
    first.raw(sent, hold=hold)

    async with relayed.ask(STREAMED) as response:
        body = await response.read()

    assert words(body) == "Half a"
    assert "error" in events(body)[-1]
    assert b"[DONE]" not in body


async def test_ten_megabytes_in_one_event_are_passed_on_whole(
    relayed: Relayed, first: OpenAIDouble
) -> None:
    big = json.dumps({"choices": [{"index": 0, "delta": {"content": "x" * 10_000_000}}]})
    first.raw(b"data: " + big.encode() + b"\n\ndata: [DONE]\n\n")

    async with relayed.ask(STREAMED) as response:
        body = await response.read()

    assert len(words(body)) == 10_000_000


async def test_a_stream_that_never_ends_is_ended_by_the_limit_of_the_whole(
    relayed: Relayed, first: OpenAIDouble, second: OpenAIDouble
) -> None:
    relayed.hasten(first, second, whole_s=3)
    first.say("x" * 10_000, size=1, pace_s=0.02)

    async with relayed.ask(STREAMED) as response:
        body = await response.read()

    assert events(body)[-1]["error"]["code"] == "too_slow"
    assert len(words(body)) < 10_000


async def test_when_a_program_hangs_up_the_vendor_is_left_and_only_what_was_told_is_paid(
    relayed: Relayed, first: OpenAIDouble
) -> None:
    first.say("x" * 1000, size=1, pace_s=0.02)
    standing = relayed.standing.gateway.standings.of("first")

    response = await relayed.ask(STREAMED)
    await response.content.readany()
    assert standing.in_hand == 1
    response.close()
    async with asyncio.timeout(60):
        while standing.in_hand:  # noqa: ASYNC110 - the gateway tells nobody that it has let go
            await asyncio.sleep(0.01)

    assert len(relayed.standing.purses.spent) == 1


async def test_who_hangs_up_before_the_answer_leaves_nothing_behind(
    relayed: Relayed, first: OpenAIDouble, second: OpenAIDouble
) -> None:
    first.hang()
    standing = relayed.standing.gateway.standings.of("first")

    asking = asyncio.create_task(_ask_and_wait(relayed))
    async with asyncio.timeout(60):
        while not standing.in_hand:  # noqa: ASYNC110 - as above
            await asyncio.sleep(0.005)
    asking.cancel()
    async with asyncio.timeout(60):
        while standing.in_hand:  # noqa: ASYNC110 - as above
            await asyncio.sleep(0.005)

    assert relayed.standing.purses.spent == [0]
    assert second.requests == []
    assert standing.breaker.state == "closed"


async def _ask_and_wait(relayed: Relayed) -> None:
    async with relayed.ask(STREAMED) as response:
        await response.read()


async def test_when_nobody_answers_it_is_said_who_was_asked_last_and_when_to_come_back(
    relayed: Relayed, first: OpenAIDouble, second: OpenAIDouble
) -> None:
    first.fail(500)
    second.fail(429, retry_after="7")

    async with relayed.ask(ASKED) as response:
        told = await response.json()

    assert response.status == 429
    assert response.headers["retry-after"] == "7"
    assert told["error"]["type"] == "rate_limit_error"
