"""OpenAI's own library asks the model that runs here."""

import socket
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, Any

import aiohttp
import numpy as np
import pytest

from samoey.adapters.embedders.minilm import MiniLM
from samoey.api.relay.app import Relay
from tests.api.relay.conftest import Relayed
from tests.doubles import gateway as double_gateway
from tests.doubles import loopback
from tests.doubles.gateway import PROGRAM_KEY, Kept

if TYPE_CHECKING:
    from openai import AsyncOpenAI

MODEL = "all-MiniLM-L6-v2"
TEXTS = ["def add(a, b): return a + b", "Return the sum of two numbers.", "The weather in Rome."]


@pytest.fixture(scope="module")
async def minilm(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[MiniLM]:
    opened = MiniLM(tmp_path_factory.mktemp("home"), threads=1)
    yield opened
    await opened.close()


@pytest.fixture
async def here(minilm: MiniLM) -> AsyncIterator[Relayed]:
    """A relay to which nobody connected anything."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        async with double_gateway.standing(embedder=minilm) as standing:
            relay = Relay(standing.gateway, max_body=2**20, responses=Kept())
            async with (
                loopback.in_this_loop(relay, listening) as url,
                aiohttp.ClientSession() as http,
            ):
                yield Relayed(url, standing, http)


@pytest.fixture
async def openai(here: Relayed) -> AsyncIterator["AsyncOpenAI"]:
    from openai import AsyncOpenAI

    async with AsyncOpenAI(api_key=PROGRAM_KEY, base_url=f"{here.url}/v1", max_retries=0) as client:
        yield client


async def test_texts_become_vectors_and_their_tokens_are_counted(
    openai: "AsyncOpenAI", here: Relayed
) -> None:
    # The library asks for base64 unless it is told otherwise.
    packed = await openai.embeddings.create(model=MODEL, input=TEXTS)
    plain = await openai.embeddings.create(model=MODEL, input=TEXTS, encoding_format="float")

    vectors = np.array([it.embedding for it in plain.data], np.float32)
    assert vectors.shape == (3, 384)
    assert np.array_equal(np.array([it.embedding for it in packed.data], np.float32), vectors)
    assert [it.index for it in plain.data] == [0, 1, 2]
    assert vectors[0] @ vectors[1] > vectors[0] @ vectors[2]
    assert plain.model == MODEL
    assert plain.usage.prompt_tokens == plain.usage.total_tokens == 30
    row = here.standing.purses.rows[-1]
    assert (row.prompt_tokens, row.cost_micro, row.status) == (30, 0, 200)
    assert row.deployment == f"local/{MODEL}"


async def test_the_model_is_listed_and_asked_by_its_full_name_too(openai: "AsyncOpenAI") -> None:
    listed = [model.id async for model in openai.models.list()]
    one = await openai.embeddings.create(model=f"local/{MODEL}", input="one text")

    assert listed == [MODEL]
    assert len(one.data) == 1


@pytest.mark.parametrize(
    ("changes", "param"),
    [
        ({"dimensions": 256}, "dimensions"),
        ({"input": [[9906, 1917]]}, "input"),
        ({"input": [1, 2, 3]}, "input"),
        ({"input": []}, "input"),
        ({"input": ["x"] * 2049}, "input"),
        ({"input": ["", "x"]}, "input"),
        ({"encoding_format": "int8"}, "encoding_format"),
    ],
)
async def test_what_it_cannot_do_is_refused_by_the_name_of_the_field(
    openai: "AsyncOpenAI", changes: dict[str, Any], param: str
) -> None:
    from openai import BadRequestError

    asked: dict[str, Any] = {"model": MODEL, "input": "text", "encoding_format": "float"}

    with pytest.raises(BadRequestError) as refused:
        await openai.embeddings.create(**(asked | changes))

    assert refused.value.param == param
    assert refused.value.type == "invalid_request_error"


async def test_a_model_of_vectors_does_not_chat(openai: "AsyncOpenAI") -> None:
    from openai import BadRequestError

    with pytest.raises(BadRequestError, match=r"does not answer requests of the kind openai\.chat"):
        await openai.chat.completions.create(
            model=MODEL, messages=[{"role": "user", "content": "Hi"}]
        )
