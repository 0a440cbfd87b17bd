"""A cache in the whole house: an admin's alias, everybody's Redis, the model that runs here."""

import asyncio
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.domains.models.door import alias, deployment, provider
from tests.doubles import openai as double_openai
from tests.doubles.openai import KEY, OpenAIDouble
from tests.house.processes import RunningHouse
from tests.house.test_configured_models import answered_at_last, key_of


@pytest.fixture(scope="module")
def double() -> Iterator[OpenAIDouble]:
    with double_openai.running() as running:
        yield running


async def ask(http: httpx.AsyncClient, key: str, text: str) -> httpx.Response:
    return await http.post(
        "/v1/chat/completions",
        json={"model": "wise", "messages": [{"role": "user", "content": text}]},
        headers={"authorization": f"Bearer {key}"},
    )


async def told_again(http: httpx.AsyncClient, key: str, text: str) -> httpx.Response:
    """Ask in ever other words: what was told is kept soon after, while nobody waits for it."""
    async with asyncio.timeout(30):
        while True:
            text += "!"
            response = await ask(http, key, text)
            if response.headers["x-samoey-cache"] == "semantic":
                return response


async def test_an_alias_with_a_cache_answers_the_same_question_once(
    house: RunningHouse, double: OpenAIDouble
) -> None:
    for _ in range(100):
        double.document("Set it.")
    async with house.client(relay=True) as http:
        ada = await house.make.user()
        key, _ = await key_of(http, ada)
        made = await provider(http, ada, base_url=double.url, api_key=KEY)
        price = {"input": 1_000_000_000, "output": 1_000_000_000}
        model = await deployment(http, ada, made["id"], price=price)
        await alias(http, ada, model["id"], name="wise", cache="semantic")
        await answered_at_last(http, key, "wise", 200)
        # The model that runs here is built, and asked by its name.
        vectors = await http.post(
            "/v1/embeddings",
            json={"model": "all-MiniLM-L6-v2", "input": "a text"},
            headers={"authorization": f"Bearer {key}"},
        )

        one = await ask(http, key, "How do I enable debug logging?")
        same = await told_again(http, key, "Please tell me how to enable debug logging")
        near = await ask(http, key, "How do I disable debug logging?")
        metrics = (await http.get("/metrics")).text
        offered = (await http.get("/api/v1/models", headers=ada.headers)).json()

    heads: list[Any] = [it.headers for it in (one, same, near)]
    assert [it["x-samoey-cache"] for it in heads] == ["miss", "semantic", "miss"]
    assert float(heads[0]["x-samoey-cost-usd"]) > 0
    assert heads[1]["x-samoey-cost-usd"] == "0.000000"
    assert same.json()["choices"] == one.json()["choices"]
    assert len(vectors.json()["data"][0]["embedding"]) == 384
    assert 'samoey_models_cache_hits_total{model="wise"} 1.0' in metrics
    # What makes vectors is no model to talk to.
    assert "MiniLM" not in str(offered)
