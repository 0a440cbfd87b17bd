"""OpenAI's responses by its own library, over both vendors' words; each is its key's alone."""

from typing import TYPE_CHECKING, Any

import pytest
from pydantic import BaseModel

from tests.api.relay.conftest import Relayed
from tests.api.relay.sdk.conftest import CLAUDE, GPT
from tests.doubles.anthropic import AnthropicDouble
from tests.doubles.gateway import POLICY
from tests.doubles.openai import OpenAIDouble

if TYPE_CHECKING:
    from openai import AsyncOpenAI

_TOOL: Any = {
    "type": "function",
    "name": "weather",
    "description": "The weather of a place.",
    "parameters": {
        "type": "object",
        "properties": {"place": {"type": "string"}},
        "required": ["place"],
        "additionalProperties": False,
    },
    "strict": True,
}
_USE = {"type": "tool_use", "id": "toolu_1", "name": "weather", "input": {"place": "Paris"}}
_SECOND_KEY = "sk-samoey-of-another"


class Form(BaseModel):
    name: str


@pytest.mark.parametrize("model", [GPT, CLAUDE])
async def test_a_response_is_read(
    openai: "AsyncOpenAI", gpt: OpenAIDouble, claude: AnthropicDouble, model: str
) -> None:
    gpt.document("Hello.")
    claude.write("Hello.")

    response = await openai.responses.create(
        model=model, instructions="Be brief.", input="Hi", metadata={"a": "b"}
    )

    assert response.output_text == "Hello."
    assert response.status == "completed"
    assert response.usage is not None
    assert response.usage.output_tokens == 7
    assert response.metadata == {"a": "b"}


@pytest.mark.parametrize("model", [GPT, CLAUDE])
async def test_a_response_is_streamed(
    openai: "AsyncOpenAI", gpt: OpenAIDouble, claude: AnthropicDouble, model: str
) -> None:
    gpt.say("Hello there, you.", tools=[("weather", {"place": "Paris"})])
    claude.say({"type": "text", "text": "Hello there, you."}, _USE, stop="tool_use")

    async with openai.responses.stream(model=model, input="Hi", tools=[_TOOL]) as stream:
        events = [event async for event in stream]
        final = await stream.get_final_response()

    assert final.output_text == "Hello there, you."
    [call] = [item for item in final.output if item.type == "function_call"]
    assert call.parsed_arguments == {"place": "Paris"}
    deltas = [event.delta for event in events if event.type == "response.output_text.delta"]
    assert "".join(deltas) == "Hello there, you."
    assert len(deltas) > 1
    assert final.usage is not None
    assert final.usage.input_tokens == 12


@pytest.mark.parametrize("model", [GPT, CLAUDE])
@pytest.mark.parametrize("stream", [True, False])
async def test_a_conversation_goes_on_from_the_response_before(
    openai: "AsyncOpenAI", gpt: OpenAIDouble, claude: AnthropicDouble, model: str, *, stream: bool
) -> None:
    gpt.document(None, tools=[("weather", {"place": "Paris"})])
    claude.say(_USE, stop="tool_use")
    first = await openai.responses.create(
        model=model, instructions="Be brief.", input="Paris?", tools=[_TOOL]
    )
    [call] = [item for item in first.output if item.type == "function_call"]
    output: Any = {"type": "function_call_output", "call_id": call.call_id, "output": "sun"}
    (gpt.say if stream else gpt.document)("Sun.")
    claude.write("Sun.")

    if stream:
        async with openai.responses.stream(
            model=model, input=[output], previous_response_id=first.id
        ) as streamed:
            second: Any = await streamed.get_final_response()
    else:
        second = await openai.responses.create(
            model=model, input=[output], previous_response_id=first.id
        )
    gpt.document("Yes.")
    claude.write("Yes.")
    third = await openai.responses.create(
        model=model, input="Sure?", previous_response_id=second.id
    )

    assert (second.output_text, third.output_text) == ("Sun.", "Yes.")
    assert third.previous_response_id == second.id
    double: Any = gpt if model == GPT else claude
    roles = [message["role"] for message in double.requests[-1]["messages"]]
    expected = ["user", "assistant", "tool", "assistant", "user"]
    assert roles == (expected if model == GPT else ["user", "assistant", "user", *expected[3:]])
    # What the first was told to be is not told again: instructions are not carried over.
    assert "Be brief." not in str(double.requests[-1])


async def test_a_response_is_found_and_dropped_by_its_key_alone(
    openai: "AsyncOpenAI", relay: Relayed, gpt: OpenAIDouble
) -> None:
    import openai as library
    from msgspec.structs import replace

    relay.standing.decided.keys[_SECOND_KEY] = replace(POLICY, key_id="k2")
    stranger = openai.with_options(api_key=_SECOND_KEY)
    gpt.document("Hello.")
    response = await openai.responses.create(model=GPT, input="Hi")

    assert (await openai.responses.retrieve(response.id)).output_text == "Hello."
    with pytest.raises(library.NotFoundError):
        await stranger.responses.retrieve(response.id)
    with pytest.raises(library.BadRequestError) as gone:
        await stranger.responses.create(model=GPT, input="Hi", previous_response_id=response.id)
    assert gone.value.code == "previous_response_not_found"
    with pytest.raises(library.NotFoundError):
        await stranger.responses.delete(response.id)
    await openai.responses.delete(response.id)
    with pytest.raises(library.NotFoundError):
        await openai.responses.retrieve(response.id)
    assert len(gpt.requests) == 1


async def test_what_shall_not_be_stored_is_not(openai: "AsyncOpenAI", gpt: OpenAIDouble) -> None:
    import openai as library

    gpt.document("Hello.")
    response = await openai.responses.create(model=GPT, input="Hi", store=False)

    with pytest.raises(library.NotFoundError):
        await openai.responses.retrieve(response.id)


async def test_structured_responses_have_their_structure(
    openai: "AsyncOpenAI", gpt: OpenAIDouble
) -> None:
    gpt.document('{"name": "a"}')

    response = await openai.responses.parse(model=GPT, input="Hi", text_format=Form)

    assert response.output_parsed == Form(name="a")


@pytest.mark.parametrize(
    "more",
    [
        {"tools": [{"type": "web_search"}]},
        {"tools": [{"type": "code_interpreter", "container": {"type": "auto"}}]},
        {"background": True},
        {"conversation": "conv_1"},
    ],
)
async def test_what_is_not_there_is_a_clear_bad_request(
    openai: "AsyncOpenAI", gpt: OpenAIDouble, more: Any
) -> None:
    import openai as library

    with pytest.raises(library.BadRequestError) as refused:
        await openai.responses.create(model=GPT, input="Hi", **more)

    assert refused.value.param in more
    assert refused.value.code == "unsupported_parameter"
    assert gpt.requests == []


async def test_a_response_that_breaks_off_is_told_to_have_failed(
    openai: "AsyncOpenAI", gpt: OpenAIDouble
) -> None:
    gpt.half("Hello there.")

    stream = await openai.responses.create(model=GPT, input="Hi", stream=True)
    events = [event async for event in stream]

    assert events[-1].type == "response.failed"
    assert events[-1].response.error is not None


async def test_while_nothing_can_be_kept_answers_are_given_and_going_on_is_refused(
    openai: "AsyncOpenAI", relay: Relayed, gpt: OpenAIDouble
) -> None:
    import openai as library

    gpt.document("Hello.")
    kept = await openai.responses.create(model=GPT, input="Hi")
    relay.kept.away = True
    gpt.document("Hello again.")

    response = await openai.responses.create(model=GPT, input="Hi")

    assert response.output_text == "Hello again."
    with pytest.raises(library.InternalServerError) as away:
        await openai.responses.create(model=GPT, input="Hi", previous_response_id=kept.id)
    assert away.value.status_code == 503
    assert len(gpt.requests) == 2


@pytest.mark.parametrize("given", [None, 7, {"a": 1}])
async def test_an_input_that_is_none_is_a_bad_request(openai: "AsyncOpenAI", given: Any) -> None:
    import openai as library

    with pytest.raises(library.BadRequestError) as refused:
        await openai.responses.create(model=GPT, input=given)

    assert refused.value.param == "input"
