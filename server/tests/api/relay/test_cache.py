"""Answers that are told again: to whom, when, in which form, and when never."""

import asyncio
import json
import secrets
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Any

import aiohttp
import pytest
from msgspec.structs import replace

from samoey.adapters.embedded.servers import Servers
from samoey.adapters.embedders.minilm import MiniLM
from samoey.adapters.responses import ValkeyResponses
from samoey.api.relay.app import Relay
from samoey.domains.models.gateway.cache import Cache
from samoey.domains.models.gateway.keeping import Keeping
from samoey.domains.models.gateway.semantic import Semantic
from samoey.kit.ports.upstreams import TimeLimits
from tests.api.relay.wire import events, words
from tests.doubles import gateway as double_gateway
from tests.doubles import loopback
from tests.doubles.gateway import POLICY, PROGRAM_KEY, Kept, Standing, alias, deployment
from tests.doubles.openai import OpenAIDouble

KEEP_S = 60.0
# These tests ask what is found, not how long a busy machine takes.
PATIENT_S = 20.0


def asked(text: str = "How do I sort a list?", **more: Any) -> dict[str, Any]:
    system = {"role": "system", "content": "Be brief."}
    return {"model": "fast", "messages": [system, {"role": "user", "content": text}]} | more


@dataclass
class Process:
    """A gateway with a cache, as one process of an installation has it."""

    url: str
    standing: Standing
    http: aiohttp.ClientSession
    cache: Cache

    def post(
        self, body: Any, *, path: str = "chat/completions", key: str = PROGRAM_KEY, wish: str = ""
    ) -> Any:
        headers = {"authorization": f"Bearer {key}"} | ({"cache-control": wish} if wish else {})
        return self.http.post(f"{self.url}/v1/{path}", json=body, headers=headers)

    async def ask(self, body: Any, **more: Any) -> tuple[str, Any]:
        """How it came of the cache, and the document."""
        async with self.post(body, **more) as response:
            told = await response.read()
        assert response.status == 200, told
        await self.cache.close()
        return response.headers.get("x-samoey-cache", ""), (
            told if body.get("stream") else json.loads(told)
        )


Start = Callable[[], Awaitable[Process]]


@pytest.fixture(scope="module")
async def minilm(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[MiniLM]:
    opened = MiniLM(tmp_path_factory.mktemp("home"), threads=1)
    await opened.embed(["loaded"])
    yield opened
    await opened.close()


@pytest.fixture
async def start(first: OpenAIDouble, servers: Servers, minilm: MiniLM) -> AsyncIterator[Start]:
    """Start processes of one installation."""
    prefix = f"{secrets.token_hex(6)}:"
    async with AsyncExitStack() as stack:

        async def started() -> Process:
            shared = ValkeyResponses(
                servers.redis_url, prefix=prefix, kept_s=KEEP_S, most_bytes=2**20
            )
            stack.push_async_callback(shared.close)
            keeping = Keeping(shared, secret=b"k" * 32, kept_s=KEEP_S, patience_s=PATIENT_S)
            cache = Cache(keeping, Semantic(keeping, minilm, patience_s=PATIENT_S))
            standing = await stack.enter_async_context(double_gateway.standing(cache=cache))
            standing.decided.keys["other"] = replace(POLICY, key_id="k2", workspace_id="w2")
            standing.decided.decide(
                deployment("first", first.url, limits=TimeLimits()),
                aliases=(
                    alias("fast", "first", cache="exact", deadline_s=60),
                    alias("wise", "first", cache="semantic", deadline_s=60),
                    alias("plain", "first", deadline_s=60),
                ),
            )
            relay = Relay(standing.gateway, max_body=2**20, responses=Kept())
            listening = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
            url = await stack.enter_async_context(loopback.in_this_loop(relay, listening))
            http = await stack.enter_async_context(aiohttp.ClientSession())
            return Process(url, standing, http, cache)

        yield started


@pytest.fixture
async def process(start: Start) -> Process:
    return await start()


async def test_an_answer_is_told_again_at_no_cost_and_noted(
    process: Process, first: OpenAIDouble
) -> None:
    first.document("Call sort.")

    how, told = await process.ask(asked())
    # The same request, written otherwise.
    again = dict(reversed(asked(user="somebody", metadata={"a": "b"}, temperature=0).items()))
    del again["temperature"]
    how_again, told_again = await process.ask(again)

    assert (how, how_again) == ("miss", "hit")
    assert told_again == told
    assert len(first.requests) == 1
    row = process.standing.purses.rows[-1]
    assert (row.attempts, row.cost_micro, row.prompt_tokens, row.status) == (0, 0, 0, 200)
    assert row.deployment == "first"
    assert len(process.standing.purses.held) == 1


async def test_the_head_of_what_is_told_again_says_so(
    process: Process, first: OpenAIDouble
) -> None:
    first.document("Call sort.")
    await process.ask(asked())

    async with process.post(asked()) as response:
        head = response.headers

    assert head["x-samoey-cache"] == "hit"
    assert head["x-samoey-route"] == "kept from before"
    assert head["x-samoey-attempts"] == "0"
    assert head["x-samoey-cost-usd"] == "0.000000"
    assert head["x-samoey-model"] == "first-model"


async def test_what_was_told_whole_is_told_again_as_a_stream_and_the_other_way_round(
    process: Process, first: OpenAIDouble
) -> None:
    first.document("Call sort.")
    first.say("Word by word.", size=3)

    await process.ask(asked())
    with_usage = asked(stream=True, stream_options={"include_usage": True})
    how, stream = await process.ask(with_usage)
    how_plain, plain = await process.ask(asked(stream=True))
    assert (how, how_plain, words(stream)) == ("hit", "hit", "Call sort.")
    assert events(stream)[-2]["usage"]["total_tokens"] == 19
    assert events(plain)[-1] == "[DONE]"
    assert all(event["choices"] for event in events(plain)[:-1])

    await process.ask(asked("In a stream?", stream=True))
    how, whole = await process.ask(asked("In a stream?"))
    assert how == "hit"
    [choice] = whole["choices"]
    assert choice["message"] == {"role": "assistant", "content": "Word by word."}
    assert choice["finish_reason"] == "stop"
    assert whole["usage"]["total_tokens"] == 19
    assert len(first.requests) == 2


async def test_what_one_process_keeps_every_process_tells(
    start: Start, first: OpenAIDouble
) -> None:
    one, other = await start(), await start()
    first.document("Call sort.")
    first.document("Use sorted.")

    await one.ask(asked())
    await one.ask(asked("What is a mutex?", model="wise"))

    assert (await other.ask(asked()))[0] == "hit"
    assert (await other.ask(asked("Please explain a mutex", model="wise")))[0] == "semantic"
    assert len(first.requests) == 2


@pytest.mark.parametrize(
    "changes",
    [
        {"messages": [{"role": "user", "content": "How do I sort a list?"}]},
        {"max_tokens": 5},
        {"model": "wise"},
        {"response_format": {"type": "json_object"}},
        {"seed": 4},
    ],
    ids=lambda it: next(iter(it)),
)
async def test_another_request_has_another_answer(
    process: Process, first: OpenAIDouble, changes: dict[str, Any]
) -> None:
    first.document("One.")
    first.document("Two.")

    await process.ask(asked())
    how, told = await process.ask(asked() | changes)

    assert how == "miss"
    assert told["choices"][0]["message"]["content"] == "Two."


async def test_nobody_is_told_what_another_workspace_was(
    process: Process, first: OpenAIDouble
) -> None:
    for _ in range(4):
        first.document("For you.")

    for model in ("fast", "wise"):
        await process.ask(asked(model=model))
        assert (await process.ask(asked(model=model), key="other"))[0] == "miss"
        assert (await process.ask(asked(model=model)))[0] == "hit"


TOOL = {"type": "function", "function": {"name": "look", "parameters": {"type": "object"}}}


@pytest.mark.parametrize(
    "body",
    [
        asked(temperature=0.7),
        asked(n=2),
        asked(tools=[TOOL]),
        asked(model="plain"),
        asked() | {"messages": [{"role": "tool", "tool_call_id": "1", "content": "x"}]},
    ],
    ids=["variety", "several", "tools", "an alias without a cache", "a call's outcome"],
)
async def test_what_wants_an_act_or_a_surprise_is_never_kept(
    process: Process, first: OpenAIDouble, body: dict[str, Any]
) -> None:
    first.document("One.")
    first.document("Two.")

    await process.ask(body)
    how, told = await process.ask(body)

    assert how == ""
    assert told["choices"][0]["message"]["content"] == "Two."


async def test_an_answer_that_calls_tools_or_broke_off_is_not_kept(
    process: Process, first: OpenAIDouble
) -> None:
    first.say("I look.", tools=[("look", {})])
    first.half("Half of")
    first.fail(400)
    first.document("Whole.")

    assert (await process.ask(asked(stream=True)))[0] == "miss"
    async with process.post(asked(stream=True)) as broken:
        assert b"error" in await broken.read()
    async with process.post(asked()) as refused:
        assert refused.status == 400
    how, told = await process.ask(asked())

    assert how == "miss"
    assert told["choices"][0]["message"]["content"] == "Whole."


async def test_a_program_may_ask_for_a_new_answer_or_for_none_to_be_kept(
    process: Process, first: OpenAIDouble
) -> None:
    for text in ("Old.", "New.", "Unkept."):
        first.document(text)

    async def with_wish(wish: str) -> str:
        _, told = await process.ask(asked(), wish=wish)
        return str(told["choices"][0]["message"]["content"])

    assert (await process.ask(asked()))[1]["choices"][0]["message"]["content"] == "Old."
    assert await with_wish("no-cache") == "New."
    assert await with_wish("no-store") == "Unkept."
    assert await with_wish("max-age=60") == "New."


async def test_the_same_question_in_other_words_is_answered_and_a_near_miss_is_not(
    process: Process, first: OpenAIDouble
) -> None:
    for text in ("Enable.", "Disable.", "In Rust."):
        first.document(text)

    async def content(text: str) -> tuple[str, str]:
        how, told = await process.ask(asked(text, model="wise"))
        return how, told["choices"][0]["message"]["content"]

    assert await content("How do I enable debug logging?") == ("miss", "Enable.")
    assert await content("Please tell me how to enable debug logging") == ("semantic", "Enable.")
    assert await content("How do I disable debug logging?") == ("miss", "Disable.")
    assert await content("How do I enable debug logging in Rust?") == ("miss", "In Rust.")
    assert await content("How do I enable debug logging?") == ("hit", "Enable.")


async def test_other_words_are_not_enough_where_anything_else_was_said(
    process: Process, first: OpenAIDouble
) -> None:
    first.document("One.")
    first.document("Two.")
    system = {"role": "system", "content": "These documents: A."}
    one = asked(model="wise", messages=[system, {"role": "user", "content": "What is A?"}])
    system = {"role": "system", "content": "These documents: B."}
    other = asked(model="wise", messages=[system, {"role": "user", "content": "Explain A."}])

    await process.ask(one)

    assert (await process.ask(other))[0] == "miss"


async def test_a_question_about_today_is_not_answered_by_what_was_said_yesterday(
    process: Process, first: OpenAIDouble
) -> None:
    first.document("One.")
    first.document("Two.")

    await process.ask(asked("What is the latest release?", model="wise"))

    how, _ = await process.ask(asked("Please tell me what the latest release is", model="wise"))
    assert how == "miss"


async def test_vectors_are_kept_like_answers(process: Process, first: OpenAIDouble) -> None:
    body = {"model": "fast", "input": ["a text"]}

    kinds = [await process.ask(body, path="embeddings") for _ in range(2)]

    assert [how for how, _ in kinds] == ["miss", "hit"]
    assert kinds[0][1] == kinds[1][1]


async def test_many_who_ask_at_once_are_all_answered(process: Process, first: OpenAIDouble) -> None:
    for _ in range(8):
        first.document("Same.")

    told = await asyncio.gather(*(process.ask(asked(model="wise")) for _ in range(8)))

    assert {it["choices"][0]["message"]["content"] for _, it in told} == {"Same."}
    assert (await process.ask(asked(model="wise")))[0] == "hit"
