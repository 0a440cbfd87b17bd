"""LangChain's own client of OpenAI against the relay."""

from collections.abc import AsyncIterator, Callable
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from pydantic import BaseModel

from tests.api.relay.conftest import Relayed
from tests.api.relay.sdk.conftest import CLAUDE, GPT
from tests.doubles.anthropic import AnthropicDouble
from tests.doubles.gateway import PROGRAM_KEY
from tests.doubles.openai import OpenAIDouble

if TYPE_CHECKING:
    from langchain_openai import ChatOpenAI

_USE = {"type": "tool_use", "id": "toolu_1", "name": "Weather", "input": {"place": "Paris"}}


class Weather(BaseModel):
    """The weather of a place."""

    place: str


Chat = Callable[..., "ChatOpenAI"]


@pytest.fixture
async def given(relay: Relayed) -> AsyncIterator[dict[str, Any]]:
    # Its own connections it never closes.
    async with httpx.AsyncClient() as http:
        yield {
            "base_url": f"{relay.url}/v1",
            "api_key": PROGRAM_KEY,
            "max_retries": 0,
            "http_async_client": http,
        }


@pytest.fixture
def chat(given: dict[str, Any]) -> Chat:
    from langchain_openai import ChatOpenAI

    return lambda model, **more: ChatOpenAI(model=model, **given, **more)


@pytest.mark.parametrize("model", [GPT, CLAUDE])
async def test_a_chain_is_answered_whole_and_piece_by_piece(
    chat: Chat, gpt: OpenAIDouble, claude: AnthropicDouble, model: str
) -> None:
    gpt.document("Hello.")
    claude.write("Hello.")
    whole = await chat(model).ainvoke("Hi")
    gpt.say("Hello there.")
    claude.write("Hello there.")
    pieces = [piece async for piece in chat(model, stream_usage=True).astream("Hi")]

    assert whole.content == "Hello."
    assert whole.usage_metadata is not None
    assert whole.usage_metadata["output_tokens"] == 7
    assert "".join(str(piece.content) for piece in pieces) == "Hello there."
    assert [it.usage_metadata["input_tokens"] for it in pieces if it.usage_metadata] == [12]


@pytest.mark.parametrize("model", [GPT, CLAUDE])
async def test_tools_are_bound_and_called(
    chat: Chat, gpt: OpenAIDouble, claude: AnthropicDouble, model: str
) -> None:
    gpt.document(None, tools=[("Weather", {"place": "Paris"})])
    claude.say(_USE, stop="tool_use")

    answer = await chat(model).bind_tools([Weather]).ainvoke("Paris?")

    assert [(call["name"], call["args"]) for call in answer.tool_calls] == [
        ("Weather", {"place": "Paris"})
    ]


@pytest.mark.parametrize("model", [GPT, CLAUDE])
async def test_structured_answers_have_their_structure(
    chat: Chat, gpt: OpenAIDouble, claude: AnthropicDouble, model: str
) -> None:
    gpt.document('{"place": "Paris"}')
    claude.write('{"place": "Paris"}')

    answer = await chat(model).with_structured_output(Weather).ainvoke("Paris?")

    assert answer == Weather(place="Paris")


async def test_responses_are_answered_too(chat: Chat, gpt: OpenAIDouble) -> None:
    gpt.document("Hello.")

    answer = await chat(GPT, use_responses_api=True).ainvoke("Hi")

    assert answer.text == "Hello."


async def test_texts_are_embedded(given: dict[str, Any]) -> None:
    from langchain_openai import OpenAIEmbeddings

    embeddings = OpenAIEmbeddings(model=GPT, check_embedding_ctx_length=False, **given)

    assert await embeddings.aembed_documents(["ab"]) == [[2.0, 0.5, -0.25]]
