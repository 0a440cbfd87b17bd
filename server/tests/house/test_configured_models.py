"""What an admin configures is what programs are answered by, in the same process and at once."""

import asyncio
from collections.abc import Iterator

import httpx
import pytest

from samoey.kit.ports.models import ChatMessage, ChatRequest
from tests.domains.models.door import PLACE, alias, deployment, provider
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


async def key_of(http: httpx.AsyncClient, who: Somebody) -> tuple[str, str]:
    made = await http.post("/api/v1/identity/keys", json={"name": "ci"}, headers=who.headers)
    return made.json()["key"], made.json()["id"]


async def asked(http: httpx.AsyncClient, key: str, model: str) -> httpx.Response:
    body = {"model": model, "messages": [{"role": "user", "content": "Hi"}]}
    return await http.post(
        "/v1/chat/completions", json=body, headers={"authorization": f"Bearer {key}"}
    )


async def answered_at_last(
    http: httpx.AsyncClient, key: str, model: str, status: int
) -> httpx.Response:
    """Ask until the gateway has learnt of what was decided a moment ago."""
    async with asyncio.timeout(20):
        while True:
            response = await asked(http, key, model)
            if response.status_code == status:
                return response
            await asyncio.sleep(0.01)


async def test_an_alias_that_was_just_named_is_answered_and_a_revoked_key_is_not(
    house: RunningHouse, double: OpenAIDouble
) -> None:
    async with house.client(relay=True) as http:
        ada = await house.make.user()
        key, key_id = await key_of(http, ada)
        made = await provider(http, ada, base_url=double.url, api_key=KEY)
        model = await deployment(http, ada, made["id"])
        await alias(http, ada, model["id"])
        for _ in range(5):
            double.document("Hello.")

        answer = await answered_at_last(http, key, "fast", 200)
        policy = {"version": 0, "models": ["another"]}
        await http.put(f"{PLACE}/policies/{key_id}", json=policy, headers=ada.headers)
        forbidden = await answered_at_last(http, key, "fast", 403)
        await http.delete(f"/api/v1/identity/keys/{key_id}", headers=ada.headers)
        refused = await answered_at_last(http, key, "fast", 401)

    assert answer.json()["choices"][0]["message"]["content"] == "Hello."
    assert answer.headers["x-samoey-deployment"] == "ours/double-large"
    assert forbidden.json()["error"]["type"]
    assert refused.json()["error"]["type"]


async def test_explained_routes_know_how_the_models_of_this_process_stand(
    house: RunningHouse, double: OpenAIDouble
) -> None:
    async with house.client(relay=True) as http:
        ada = await house.make.user()
        made = await provider(http, ada, base_url=double.url, api_key=KEY)
        models = [
            await deployment(http, ada, made["id"], model=name, **known)
            for name, known in (
                ("first", {"context_tokens": 1000}),
                ("second", {}),
                ("third", {"tools": False}),
            )
        ]
        await alias(http, ada, *(it["id"] for it in models))
        gateway = await house.gate.open()
        breaker = gateway.standings.of(models[1]["id"]).breaker
        for _ in range(10):
            breaker.failed()

        async def explained(**query: int) -> dict[str, tuple[bool, str]]:
            params: dict[str, str | int] = {"model": "fast", **query}
            response = await http.get(f"{PLACE}/explain", params=params, headers=ada.headers)
            assert response.status_code == 200, response.text
            return {
                it["model"]: (it["asked"], it["breaker"]) for it in response.json()["candidates"]
            }

        plain = await explained()
        long = await explained(tokens=100_000, tools=True)
        nothing = await http.get(
            f"{PLACE}/explain", params={"model": "nothing"}, headers=ada.headers
        )

    assert plain == {
        "first": (True, "closed"),
        "third": (True, "closed"),
        "second": (False, "open"),
    }
    assert list(plain) == ["first", "third", "second"]
    assert {name: it[0] for name, it in long.items()} == {
        "first": False,
        "second": False,
        "third": False,
    }
    assert nothing.status_code == 404


async def test_what_was_written_down_answers_chats_when_nobody_chose_and_nothing_is_given(
    house: RunningHouse, double: OpenAIDouble
) -> None:
    async with house.client(relay=True) as http:
        ada = await house.make.user()
        before = house.tools.models.default
        made = await provider(http, ada, base_url=double.url, api_key=KEY)
        embeds = await deployment(http, ada, made["id"], model="text-embedding-3-small")
        await alias(http, ada, embeds["id"], name="aaa")
        model = await deployment(http, ada, made["id"], model="double-large")
        await alias(http, ada, model["id"], name="fast")
        async with asyncio.timeout(20):
            while house.tools.models.default != "fast":  # noqa: ASYNC110 - the keeper tells nobody
                await asyncio.sleep(0.01)
        double.say("Hello.")
        asked = ChatRequest((ChatMessage("user", "Hi"),))
        said = [piece.text async for piece in house.tools.models.stream(asked)]
        listed = (await http.get("/api/v1/models", headers=ada.headers)).json()

    assert before == "extractive"
    assert "".join(said) == "Hello."
    assert double.requests[-1]["model"] == "double-large"
    assert [it["id"] for it in listed if it["is_default"]] == ["fast"]
