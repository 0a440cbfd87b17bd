"""An answer that misses the shape that was asked for, and what is done about it."""

import asyncio
import json
from typing import Any

import pytest
from msgspec.structs import replace

from samoey.domains.models.gateway.shapes import Price
from samoey.kit.ports.upstreams import TimeLimits
from tests.api.relay.conftest import Relayed
from tests.doubles.gateway import alias, deployment
from tests.doubles.openai import OpenAIDouble

SHAPE = {
    "type": "object",
    "properties": {"name": {"type": "string"}},
    "required": ["name"],
    "additionalProperties": False,
}
CHAT: dict[str, Any] = {
    "model": "fast",
    "messages": [{"role": "user", "content": "Who?"}],
    "response_format": {"type": "json_schema", "json_schema": {"name": "who", "schema": SHAPE}},
}
MESSAGES: dict[str, Any] = {
    "model": "fast",
    "max_tokens": 100,
    "messages": [{"role": "user", "content": "Who?"}],
    "output_config": {"format": {"type": "json_schema", "schema": SHAPE}},
}
RESPONSES: dict[str, Any] = {
    "model": "fast",
    "input": "Who?",
    "text": {"format": {"type": "json_schema", "name": "who", "schema": SHAPE}},
}
TOOL: dict[str, Any] = {
    "model": "fast",
    "messages": [{"role": "user", "content": "Who?"}],
    "tools": [{"type": "function", "function": {"name": "tell", "parameters": SHAPE}}],
    "tool_choice": {"type": "function", "function": {"name": "tell"}},
}


@pytest.fixture
def repairing(relayed: Relayed) -> Relayed:
    """`fast` asks again twice; a million tokens cost a dollar to read and to write."""
    there = relayed.standing.decided.deployments
    priced = [replace(it, price=Price(1_000_000, 1_000_000)) for it in there]
    relayed.standing.decided.decide(*priced, aliases=(alias("fast", "first", repairs=2),))
    return relayed


@pytest.mark.parametrize(
    ("path", "asked"),
    [
        ("/v1/chat/completions", CHAT),
        ("/v1/messages", MESSAGES),
        ("/v1/responses", RESPONSES),
    ],
)
async def test_an_answer_of_the_wrong_shape_is_asked_for_again_with_what_is_wrong(
    repairing: Relayed, first: OpenAIDouble, path: str, asked: dict[str, Any]
) -> None:
    first.document("It is Ada.")
    first.document('{"name": 3}')
    first.document('{"name": "Ada"}')

    async with repairing.ask(asked, path=path) as response:
        told = await response.text()

    head = response.headers
    assert json.dumps('{"name": "Ada"}')[1:-1] in told
    assert (head["x-samoey-repairs"], head["x-samoey-attempts"]) == ("2", "3")
    _, second, third = (it["messages"] for it in first.requests)
    assert [it["role"] for it in second] == ["user", "assistant", "user"]
    assert "It is not JSON" in second[-1]["content"]
    assert "$.name: 3 is not of type 'string'" in third[-1]["content"]


async def test_the_cost_of_every_answer_is_charged_and_the_money_for_it_is_held(
    repairing: Relayed, first: OpenAIDouble
) -> None:
    first.document("It is Ada.")
    first.document('{"name": "Ada"}')

    async with repairing.ask(CHAT | {"max_tokens": 10}) as response:
        assert response.headers["x-samoey-cost-usd"] == "0.000038"

    purses = repairing.standing.purses
    [row] = purses.rows
    assert (row.prompt_tokens, row.completion_tokens, row.attempts) == (24, 14, 2)
    assert purses.spent == [38]
    assert purses.held[0] % 3 == 0


async def test_what_stays_wrong_is_told_after_as_many_tries_as_were_decided(
    repairing: Relayed, first: OpenAIDouble
) -> None:
    for _ in range(4):
        first.document("It is Ada.")

    async with repairing.ask(CHAT) as response:
        told = await response.json()

    assert (response.status, response.headers["x-samoey-repairs"]) == (200, "2")
    assert told["choices"][0]["message"]["content"] == "It is Ada."
    assert len(first.requests) == 3


async def test_a_forced_tool_is_told_what_is_wrong_with_its_arguments(
    repairing: Relayed, first: OpenAIDouble
) -> None:
    first.document("It is Ada.")
    first.document(None, tools=[("tell", {"who": "Ada"})])
    first.document(None, tools=[("tell", {"name": "Ada"})])

    async with repairing.ask(TOOL) as response:
        told = await response.json()

    [call] = told["choices"][0]["message"]["tool_calls"]
    assert json.loads(call["function"]["arguments"]) == {"name": "Ada"}
    _, second, third = (it["messages"] for it in first.requests)
    assert "No tool was called" in second[-1]["content"]
    assert (third[-1]["role"], third[-1]["tool_call_id"]) == ("tool", "call_0")
    assert "'name' is a required property" in third[-1]["content"]


async def test_a_model_that_fails_at_the_second_try_leaves_the_first_answer(
    repairing: Relayed, first: OpenAIDouble
) -> None:
    first.document("It is Ada.")
    first.fail(500)

    async with repairing.ask(CHAT) as response:
        told = await response.json()

    assert (response.status, response.headers["x-samoey-repairs"]) == (200, "1")
    assert told["choices"][0]["message"]["content"] == "It is Ada."
    assert repairing.standing.purses.spent == [19]
    standings = repairing.standing.gateway.standings
    assert standings.of("first").in_hand == 0


async def test_who_leaves_while_it_is_asked_again_has_paid_for_what_was_answered(
    repairing: Relayed, first: OpenAIDouble
) -> None:
    patient = deployment("first", first.url, limits=TimeLimits(), price=Price(1_000_000, 1_000_000))
    repairing.standing.decided.decide(patient, aliases=(alias("fast", "first", repairs=2),))
    first.document("It is Ada.")
    first.hang()

    asking = asyncio.create_task(_status(repairing, CHAT))
    async with asyncio.timeout(10):
        while len(first.requests) < 2:  # noqa: ASYNC110 - a double tells nobody that it was asked
            await asyncio.sleep(0.01)
        asking.cancel()
        while not repairing.standing.purses.spent:  # noqa: ASYNC110 - as above
            await asyncio.sleep(0.01)

    assert repairing.standing.purses.spent == [19]
    assert repairing.standing.gateway.standings.of("first").in_hand == 0


async def _status(relayed: Relayed, asked: dict[str, Any]) -> int:
    async with relayed.ask(asked) as response:
        status: int = response.status
        return status


@pytest.mark.parametrize(
    "asked",
    [
        CHAT | {"response_format": {"type": "text"}},
        CHAT | {"stream": True},
        {"model": "fast", "messages": CHAT["messages"]},
    ],
)
async def test_nobody_is_asked_again_for_what_has_no_shape_or_is_streamed(
    repairing: Relayed, first: OpenAIDouble, asked: dict[str, Any]
) -> None:
    if asked.get("stream"):
        first.say("It is Ada.")
    else:
        first.document("It is Ada.")

    async with repairing.ask(asked) as response:
        await response.read()

    assert "x-samoey-repairs" not in response.headers
    assert len(first.requests) == 1


async def test_without_a_decision_nobody_is_asked_again(
    relayed: Relayed, first: OpenAIDouble
) -> None:
    first.document("It is Ada.")

    async with relayed.ask(CHAT) as response:
        assert response.status == 200

    assert len(first.requests) == 1


async def test_a_model_that_takes_one_request_at_a_time_can_be_asked_again(
    repairing: Relayed, first: OpenAIDouble
) -> None:
    one = deployment("first", first.url, max_parallel=1)
    repairing.standing.decided.decide(one, aliases=(alias("fast", "first", repairs=1),))
    first.document("It is Ada.")
    first.document('{"name": "Ada"}')

    async with repairing.ask(CHAT) as response:
        assert response.headers["x-samoey-repairs"] == "1"
