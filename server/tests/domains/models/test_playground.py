"""The playground: a person asks one model directly."""

import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.domains.models.door import PLACE, deployment, provider, slug
from tests.doubles import openai as double_openai
from tests.doubles.openai import KEY, OpenAIDouble
from tests.house.processes import RunningHouse
from tests.make import Somebody


@pytest.fixture(scope="module")
def endpoint_double() -> Iterator[OpenAIDouble]:
    with double_openai.running() as running:
        yield running


@pytest.fixture
def double(endpoint_double: OpenAIDouble) -> OpenAIDouble:
    endpoint_double.forget()
    return endpoint_double


async def ask(client: httpx.AsyncClient, who: Somebody, **body: Any) -> httpx.Response:
    given = {"workspace_id": str(who.workspace_id), "model": "ours/double-large", "prompt": "Hi?"}
    return await client.post(f"{PLACE}/playground", json=given | body, headers=who.headers)


def events(response: httpx.Response) -> list[dict[str, Any]]:
    assert response.headers["content-type"].startswith("text/event-stream")
    return [json.loads(part.removeprefix("data: ")) for part in response.text.split("\n\n")[:-1]]


async def test_the_answer_comes_in_pieces_and_says_how_it_went(
    house: RunningHouse, double: OpenAIDouble
) -> None:
    ada = await house.make.user()
    double.say("It is forty-two, as ever.")
    async with house.client() as client:
        made = await provider(client, ada, base_url=double.url, api_key=KEY)
        await deployment(client, ada, made["id"])
        *pieces, last = events(await ask(client, ada, system="Be brief."))

    assert len(pieces) > 1
    assert "".join(it["text"] for it in pieces) == "It is forty-two, as ever."
    assert last["end"]["model"] == "double-large"
    assert last["end"]["completion_tokens"] > 0
    assert last["end"]["first_ms"] <= last["end"]["ms"]
    said = [(it["role"], it["content"]) for it in double.requests[-1]["messages"]]
    assert said == [("system", "Be brief."), ("user", "Hi?")]


async def test_a_model_that_fails_ends_the_answer_with_the_reason(
    house: RunningHouse, double: OpenAIDouble
) -> None:
    ada = await house.make.user()
    double.half("It is forty")
    async with house.client() as client:
        made = await provider(client, ada, base_url=double.url, api_key=KEY)
        await deployment(client, ada, made["id"])
        broken = events(await ask(client, ada))
        unknown = events(await ask(client, ada, model="nobody"))

    assert "".join(it.get("text", "") for it in broken).startswith("It is")
    assert broken[-1]["problem"]["status"] >= 400
    assert [it["problem"]["status"] for it in unknown] == [404]


async def test_viewers_ask_no_model(house: RunningHouse) -> None:
    vera = await house.make.user("Vera", role="viewer")
    async with house.client() as client:
        refused = await ask(client, vera)

    assert slug(refused) == "not-permitted"
