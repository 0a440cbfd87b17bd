"""Trying a provider: one tiny real request, and a plain reason when it does not work."""

import re
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from samoey.kit.settings import ModelSettings
from tests.conftest import OpenHouse
from tests.domains.models.door import PLACE, deployment, provider, slug
from tests.doubles import anthropic as double_anthropic
from tests.doubles import openai as double_openai
from tests.doubles.anthropic import AnthropicDouble
from tests.doubles.openai import KEY, OpenAIDouble
from tests.make import Make, Somebody


@pytest.fixture(scope="module")
def endpoint_double() -> Iterator[OpenAIDouble]:
    with double_openai.running() as running:
        yield running


@pytest.fixture
def double(endpoint_double: OpenAIDouble) -> OpenAIDouble:
    endpoint_double.forget()
    return endpoint_double


@pytest.fixture
async def ada(make: Make) -> Somebody:
    return await make.user()


async def tried(
    client: httpx.AsyncClient, who: Somebody, provider_id: str, model: str | None = None
) -> dict[str, Any]:
    response = await client.post(
        f"{PLACE}/providers/{provider_id}/try", json={"model": model}, headers=who.headers
    )
    assert response.status_code == 200, response.text
    told: dict[str, Any] = response.json()
    return told


async def test_a_provider_that_works_says_which_model_answered(
    client: httpx.AsyncClient, ada: Somebody, double: OpenAIDouble
) -> None:
    made = await provider(client, ada, base_url=double.url, api_key=KEY)
    double.document("OK")
    double.document("OK")

    by_its_list = await tried(client, ada, made["id"])
    await deployment(client, ada, made["id"], model="set-up")
    by_what_is_set_up = await tried(client, ada, made["id"])

    assert (by_its_list["ok"], by_its_list["model"]) == (True, "double-large")
    assert (by_what_is_set_up["ok"], by_what_is_set_up["model"]) == (True, "set-up")
    assert by_its_list["problem"] is None
    assert by_its_list["ms"] >= 0
    assert double.requests[0]["max_tokens"] <= 16


async def test_the_vendors_own_list_is_told(
    client: httpx.AsyncClient, ada: Somebody, double: OpenAIDouble
) -> None:
    made = await provider(client, ada, base_url=double.url, api_key=KEY)

    listed = await client.get(f"{PLACE}/providers/{made['id']}/models", headers=ada.headers)

    assert listed.json() == [{"id": "double-embedding"}, {"id": "double-large"}]


@pytest.mark.parametrize(
    ("changes", "problem", "said"),
    [
        ({"api_key": "sk-wrong-0123456789abcdef"}, "model-refused-key", "does not accept the key"),
        ({"api_key": None}, "model-refused-key", "wants a key"),
        ({"base_url": "/v2"}, "model-spoke-nonsense", "mostly ends in /v1"),
        ({"base_url": "https"}, "unreachable", "certificate|HTTP|broke off|reached"),
        ({"base_url": "http://127.0.0.1:9/v1"}, "unreachable", "cannot be reached"),
        ({"base_url": "http://nowhere.invalid/v1"}, "host-unknown", "nowhere.invalid"),
    ],
)
async def test_what_is_wrong_with_a_provider_is_said_plainly(
    client: httpx.AsyncClient,
    ada: Somebody,
    double: OpenAIDouble,
    changes: dict[str, Any],
    problem: str,
    said: str,
) -> None:
    here = double.url.removesuffix("/v1")
    places = {"/v2": f"{here}/v2", "https": double.url.replace("http:", "https:")}
    given = {"base_url": double.url, "api_key": KEY} | changes
    given["base_url"] = places.get(given["base_url"], given["base_url"])
    made = await provider(client, ada, **given)

    told = await tried(client, ada, made["id"], "double-large")
    listed = await client.get(f"{PLACE}/providers/{made['id']}/models", headers=ada.headers)

    assert told["ok"] is False
    assert told["problem"]["type"] == f"/problems/{problem}"
    assert re.search(said, told["problem"]["detail"])
    assert slug(listed) == problem
    for key in (KEY, "sk-wrong-0123456789abcdef"):
        assert key not in str(told) + listed.text


async def test_a_model_that_is_not_there_is_told(
    client: httpx.AsyncClient, ada: Somebody, double: OpenAIDouble
) -> None:
    made = await provider(client, ada, base_url=double.url, api_key=KEY)
    double.fail(404, code="model_not_found", message="The model `gpt-99` does not exist")

    told = await tried(client, ada, made["id"], "gpt-99")

    assert told["problem"]["type"] == "/problems/model-not-found"
    assert "gpt-99" in told["problem"]["detail"]


async def test_a_server_that_says_nothing_is_not_waited_for(
    open_test_house: OpenHouse, double: OpenAIDouble
) -> None:
    hasty = ModelSettings(local_only=True, first_word_s=0.5)
    async with open_test_house(models=hasty) as house, house.client() as client:
        ada = await house.make.user()
        made = await provider(client, ada, base_url=double.url, api_key=KEY)
        double.hang()

        told = await tried(client, ada, made["id"], "double-large")

    assert told["problem"]["type"] == "/problems/too-slow"


async def test_what_is_no_server_of_models_is_told(
    client: httpx.AsyncClient, ada: Somebody, double: OpenAIDouble
) -> None:
    made = await provider(client, ada, base_url=double.url, api_key=KEY)
    double.raw(b"<html>Welcome!</html>", content_type=b"text/html")

    told = await tried(client, ada, made["id"], "double-large")

    assert told["problem"]["type"] == "/problems/model-spoke-nonsense"


async def test_a_vendor_that_quotes_the_key_does_not_have_it_told(
    client: httpx.AsyncClient, ada: Somebody, double: OpenAIDouble
) -> None:
    made = await provider(client, ada, base_url=double.url, api_key=KEY)
    double.fail(400, message=f"Bad request with key {KEY}")

    told = await tried(client, ada, made["id"], "double-large")

    assert told["problem"]["type"] == "/problems/model-refused-request"
    assert KEY not in str(told)


@pytest.fixture(scope="module")
def claude() -> Iterator[AnthropicDouble]:
    with double_anthropic.running() as running:
        yield running


async def test_anthropic_is_tried_and_listed_in_its_own_words(
    client: httpx.AsyncClient, ada: Somebody, claude: AnthropicDouble
) -> None:
    made = await provider(
        client, ada, kind="anthropic", base_url=claude.url, api_key=double_anthropic.KEY
    )
    wrong = await provider(client, ada, kind="anthropic", base_url=claude.url, name="wrong")
    claude.write("OK")

    told = await tried(client, ada, made["id"], "claude-haiku-4-5")
    listed = await client.get(f"{PLACE}/providers/{made['id']}/models", headers=ada.headers)
    refused = await tried(client, ada, wrong["id"], "claude-haiku-4-5")

    assert (told["ok"], told["model"]) == (True, "claude-haiku-4-5")
    assert [it["id"] for it in listed.json()] == claude.models
    assert refused["problem"]["type"] == "/problems/model-refused-key"
