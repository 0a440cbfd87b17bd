from collections.abc import Iterator

import httpx
import pytest
from pydantic import SecretStr

from samoey.gate import Gate
from samoey.kit.ports.models import (
    ChatMessage,
    ChatRequest,
    ModelNotAllowed,
    ModelNotFound,
    ModelUnknown,
    OfferedModel,
)
from samoey.kit.settings import ModelSettings, Settings
from tests.doubles import openai as double_openai
from tests.doubles.openai import OpenAIDouble
from tests.make import Make


@pytest.fixture(scope="module")
def endpoint_double() -> Iterator[OpenAIDouble]:
    with double_openai.running() as running:
        yield running


@pytest.fixture
def double(endpoint_double: OpenAIDouble) -> OpenAIDouble:
    endpoint_double.forget()
    return endpoint_double


def connected(
    double: OpenAIDouble, *, model: str | None = None, default: str | None = None
) -> Settings:
    return Settings(
        openai_base_url=double.url,
        openai_api_key=SecretStr(double.key),
        openai_model=model,
        models=ModelSettings(local_only=True, default=default),
    )


async def test_with_nothing_connected_only_the_extractive_one_is_offered(
    client: httpx.AsyncClient, make: Make
) -> None:
    ada = await make.user()

    [offered] = (await client.get("/api/v1/models", headers=ada.headers)).json()

    assert (offered["id"], offered["connected"], offered["is_default"]) == (
        "extractive",
        True,
        True,
    )
    assert "OPENAI_API_KEY" in offered["detail"]


async def test_nobody_signed_in_sees_no_models(client: httpx.AsyncClient) -> None:
    assert (await client.get("/api/v1/models")).status_code == 401


@pytest.mark.parametrize(
    ("default", "model", "chosen"),
    [
        (None, None, "openai:double-large"),
        (None, "other", "openai:other"),
        ("extractive", None, "extractive"),
        ("openai:double-large", None, "openai:double-large"),
    ],
)
async def test_exactly_one_model_is_the_default(
    double: OpenAIDouble, default: str | None, model: str | None, chosen: str
) -> None:
    gate = Gate(connected(double, model=model, default=default))

    offered = await gate.models.offered()
    await gate.close()

    assert [it.id for it in offered if it.is_default] == [chosen]
    assert offered[-1].id == "extractive"


@pytest.mark.parametrize(
    ("alias", "asked"),
    [
        (None, "double-large"),
        ("openai", "double-large"),
        ("openai:x/y:z", "x/y:z"),
        ("llama3:8b", "llama3:8b"),
    ],
)
async def test_an_alias_finds_its_model(
    double: OpenAIDouble, alias: str | None, asked: str
) -> None:
    gate = Gate(connected(double))
    double.say("Hello.")

    said = [
        piece.text
        async for piece in gate.models.stream(
            ChatRequest((ChatMessage("user", "Hi"),), model=alias)
        )
    ]
    named = await gate.models.named(alias)
    await gate.close()

    assert "".join(said) == "Hello."
    assert double.requests[0]["model"] == asked
    assert named == f"openai:{asked}"


async def test_a_name_that_the_endpoint_lists_is_asked_for_once_and_others_are_refused(
    double: OpenAIDouble,
) -> None:
    gate = Gate(connected(double, model="unlisted-default"))
    double.models += ["llama3:latest", "vendor/*"]
    good = ["openai", "extractive", "unlisted-default", "openai:double-large", "llama3", "vendor/x"]

    for name in good:
        await gate.models.check(name)
    for name in ("gpt-9", "openai:gpt-9", "double"):
        with pytest.raises(ModelUnknown) as refused:
            await gate.models.check(name)
    await gate.close()

    assert refused.value.detail == (
        "“double” is none of the models of 127.0.0.1: double-large, llama3:latest, vendor/*."
    )
    assert "openai:double-large" in str(refused.value.extra["models"])
    assert len(double.headers) == 1


async def test_where_no_list_can_be_had_every_name_is_tried_and_the_list_is_asked_for_once(
    double: OpenAIDouble,
) -> None:
    settings = connected(double).model_copy(update={"openai_api_key": SecretStr("sk-wrong")})
    gate, empty = Gate(settings), Gate(connected(double))

    for _ in range(3):
        await gate.models.check("gpt-9")
    asked = len(double.headers)
    double.models = []
    await empty.models.check("gpt-9")
    await gate.close()
    await empty.close()

    assert asked == 1


async def test_where_no_endpoint_is_an_answer_tells_what_a_model_needs() -> None:
    gate = Gate(Settings(openai_api_key=None, openai_base_url=None))

    await gate.models.check("gpt-9")


async def test_a_model_where_none_is_connected_is_told_with_what_to_do() -> None:
    gate = Gate(Settings(openai_api_key=None, openai_base_url=None))

    with pytest.raises(ModelNotFound, match="set OPENAI_API_KEY"):
        await gate.models.named("gpt-9")


def test_no_test_can_build_a_model_at_a_vendors_address() -> None:
    settings = Settings(openai_api_key=SecretStr("sk-x"), models=ModelSettings(local_only=True))

    with pytest.raises(ModelNotAllowed, match=r"api\.openai\.com"):
        Gate(settings)


def test_an_offered_model_is_no_default_by_itself() -> None:
    assert not OfferedModel("x", "openai", connected=True, detail="").is_default
