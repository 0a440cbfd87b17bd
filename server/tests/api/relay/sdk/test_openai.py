"""OpenAI's own library against the relay; whoever answers, its program notices no difference."""

from typing import TYPE_CHECKING, Any

import pytest
from pydantic import BaseModel

from tests.api.relay.conftest import Relayed
from tests.api.relay.sdk.conftest import CLAUDE, GPT, OLD_CLAUDE
from tests.doubles.anthropic import AnthropicDouble
from tests.doubles.openai import OpenAIDouble

if TYPE_CHECKING:
    from openai import AsyncOpenAI

_HI: Any = [{"role": "user", "content": "Hi"}]
_TOOLS: Any = [
    {
        "type": "function",
        "function": {
            "name": "weather",
            "description": "The weather of a place.",
            "parameters": {
                "type": "object",
                "properties": {"place": {"type": "string"}},
                "required": ["place"],
                "additionalProperties": False,
            },
            "strict": True,
        },
    }
]
_USE = {"type": "tool_use", "id": "toolu_1", "name": "weather", "input": {"place": "Paris"}}
_PNG = "data:image/png;base64,iVBORw0KGgo="


class Form(BaseModel):
    name: str
    lines: list[int]


@pytest.mark.parametrize("model", [GPT, CLAUDE])
async def test_an_answer_is_read_with_its_usage(
    openai: "AsyncOpenAI", gpt: OpenAIDouble, claude: AnthropicDouble, model: str
) -> None:
    gpt.document("Hello.")
    claude.write("Hello.", usage={"cache_read_input_tokens": 100})

    told = await openai.chat.completions.with_raw_response.create(model=model, messages=_HI)

    answer = told.parse()
    assert answer.choices[0].message.content == "Hello."
    assert answer.choices[0].finish_reason == "stop"
    assert answer.usage is not None
    assert answer.usage.prompt_tokens == (12 if model == GPT else 112)
    assert answer.usage.completion_tokens == 7
    assert told.headers["x-samoey-model"].startswith(("gpt-", "claude-"))


@pytest.mark.parametrize("model", [GPT, CLAUDE])
@pytest.mark.parametrize("usage", [True, False])
async def test_a_stream_is_read_and_tells_usage_to_who_asks_for_it(
    openai: "AsyncOpenAI", gpt: OpenAIDouble, claude: AnthropicDouble, model: str, *, usage: bool
) -> None:
    gpt.say("Hello there, you.")
    claude.write("Hello there, you.")
    more: Any = {"stream_options": {"include_usage": True}} if usage else {}

    stream = await openai.chat.completions.create(model=model, messages=_HI, stream=True, **more)
    chunks = [chunk async for chunk in stream]

    said = "".join(it.choices[0].delta.content or "" for it in chunks if it.choices)
    assert said == "Hello there, you."
    assert [it.usage.completion_tokens for it in chunks if it.usage] == ([7] if usage else [])
    assert [it.choices[0].finish_reason for it in chunks if it.choices][-1] == "stop"


@pytest.mark.parametrize("model", [GPT, CLAUDE])
async def test_tools_are_called_and_answered(
    openai: "AsyncOpenAI", gpt: OpenAIDouble, claude: AnthropicDouble, model: str
) -> None:
    gpt.document(None, tools=[("weather", {"place": "Paris"})])
    gpt.document("Sun.")
    claude.say({"type": "text", "text": "I look."}, _USE, stop="tool_use")
    claude.write("Sun.")

    asked: Any = [{"role": "user", "content": "Paris?"}]
    first = await openai.chat.completions.create(
        model=model, messages=asked, tools=_TOOLS, tool_choice="auto", parallel_tool_calls=False
    )
    message = first.choices[0].message
    assert message.tool_calls
    call: Any = message.tool_calls[0]
    asked += [
        message.model_dump(exclude_none=True),
        {"role": "tool", "tool_call_id": call.id, "content": "sun"},
    ]
    second = await openai.chat.completions.create(model=model, messages=asked, tools=_TOOLS)

    assert first.choices[0].finish_reason == "tool_calls"
    assert (call.function.name, call.function.arguments.replace(" ", "")) == (
        "weather",
        '{"place":"Paris"}',
    )
    assert second.choices[0].message.content == "Sun."


@pytest.mark.parametrize("model", [GPT, CLAUDE])
async def test_calls_of_tools_are_streamed(
    openai: "AsyncOpenAI", gpt: OpenAIDouble, claude: AnthropicDouble, model: str
) -> None:
    gpt.say("I look.", tools=[("weather", {"place": "Paris"}), ("weather", {"place": "Rome"})])
    rome = _USE | {"id": "toolu_2", "input": {"place": "Rome"}}
    claude.say({"type": "text", "text": "I look."}, _USE, rome, stop="tool_use")

    async with openai.chat.completions.stream(model=model, messages=_HI, tools=_TOOLS) as stream:
        final = await stream.get_final_completion()

    message = final.choices[0].message
    assert message.content == "I look."
    assert [call.function.parsed_arguments for call in message.tool_calls or ()] == [
        {"place": "Paris"},
        {"place": "Rome"},
    ]
    assert final.choices[0].finish_reason == "tool_calls"


@pytest.mark.parametrize("model", [GPT, CLAUDE, OLD_CLAUDE])
async def test_structured_answers_have_their_structure(
    openai: "AsyncOpenAI", gpt: OpenAIDouble, claude: AnthropicDouble, model: str
) -> None:
    written = '{"name": "a", "lines": [1, 2]}'
    gpt.document(written)
    if model == OLD_CLAUDE:
        given = {"name": "a", "lines": [1, 2]}
        claude.say(_USE | {"name": "structured_answer", "input": given}, stop="tool_use")
    else:
        claude.write(written)

    answer = await openai.chat.completions.parse(model=model, messages=_HI, response_format=Form)

    assert answer.choices[0].message.parsed == Form(name="a", lines=[1, 2])
    if model == CLAUDE:
        assert claude.requests[0]["output_config"]["format"]["type"] == "json_schema"
    if model == OLD_CLAUDE:
        assert claude.requests[0]["tool_choice"]["name"] == "structured_answer"


@pytest.mark.parametrize("model", [GPT, CLAUDE])
async def test_images_reach_the_model(
    openai: "AsyncOpenAI", gpt: OpenAIDouble, claude: AnthropicDouble, model: str
) -> None:
    gpt.document("A picture.")
    content: Any = [
        {"type": "text", "text": "What is it?"},
        {"type": "image_url", "image_url": {"url": _PNG}},
        {"type": "image_url", "image_url": {"url": "https://example.com/a.png"}},
    ]

    await openai.chat.completions.create(
        model=model, messages=[{"role": "user", "content": content}]
    )

    if model == GPT:
        assert gpt.requests[0]["messages"][0]["content"] == content
    else:
        [_, inline, linked] = claude.requests[0]["messages"][0]["content"]
        assert inline["source"]["data"] == "iVBORw0KGgo="
        assert linked["source"] == {"type": "url", "url": "https://example.com/a.png"}


async def test_embeddings_are_read_however_they_are_packed(openai: "AsyncOpenAI") -> None:
    # The library asks for them packed by itself.
    packed = await openai.embeddings.create(model=GPT, input=["ab", "abc"])
    plain = await openai.embeddings.create(model=GPT, input="ab", encoding_format="float")

    assert [it.embedding for it in packed.data] == [[2.0, 0.5, -0.25], [3.0, 0.5, -0.25]]
    assert plain.data[0].embedding == [2.0, 0.5, -0.25]


async def test_the_models_are_listed(openai: "AsyncOpenAI") -> None:
    names = [model.id async for model in openai.models.list()]

    assert {GPT, CLAUDE} <= set(names)
    assert (await openai.models.retrieve(GPT)).id == GPT


async def test_errors_are_the_librarys_own(
    openai: "AsyncOpenAI", gpt: OpenAIDouble, claude: AnthropicDouble
) -> None:
    import openai as library

    async def ask(model: str, **more: Any) -> Any:
        return await openai.chat.completions.create(model=model, messages=_HI, **more)

    with pytest.raises(library.AuthenticationError):
        await openai.with_options(api_key="sk-wrong").chat.completions.create(
            model=GPT, messages=_HI
        )
    with pytest.raises(library.NotFoundError) as missing:
        await ask("nobody-knows-it", extra_headers={"x-request-id": "of-a-test-1"})
    assert missing.value.code == "model_not_found"
    assert missing.value.request_id == "of-a-test-1"
    gpt.fail(429, retry_after="7")
    claude.fail(429, "rate_limit_error", retry_after="7")
    for model in (GPT, CLAUDE):
        with pytest.raises(library.RateLimitError) as busy:
            await ask(model)
        assert busy.value.response.headers["retry-after"] == "7"


async def test_what_the_vendor_refuses_and_what_has_no_place_are_bad_requests(
    openai: "AsyncOpenAI", claude: AnthropicDouble
) -> None:
    import openai as library

    claude.fail(400, "invalid_request_error", "messages: too odd")
    with pytest.raises(library.BadRequestError, match="too odd"):
        await openai.chat.completions.create(model=CLAUDE, messages=_HI)
    claude.fail(400, "invalid_request_error", "prompt is too long: 9 > 8")
    with pytest.raises(library.BadRequestError) as too_long:
        await openai.chat.completions.create(model=CLAUDE, messages=_HI)
    assert too_long.value.code == "context_length_exceeded"
    with pytest.raises(library.BadRequestError) as two:
        await openai.chat.completions.create(model=CLAUDE, messages=_HI, n=2)
    assert two.value.param == "n"


async def test_what_one_vendor_has_no_place_for_another_answers(
    openai: "AsyncOpenAI", gpt: OpenAIDouble, claude: AnthropicDouble
) -> None:
    gpt.document("Two.")

    answer = await openai.chat.completions.create(model="either", messages=_HI, n=2)

    assert answer.choices[0].message.content == "Two."
    assert claude.requests == []


async def test_a_stream_that_fails_in_its_middle_raises(
    openai: "AsyncOpenAI", claude: AnthropicDouble
) -> None:
    import openai as library

    async def read() -> None:
        asked: Any = {"model": CLAUDE, "messages": _HI, "stream": True}
        async for _ in await openai.chat.completions.create(**asked):
            pass

    for error in ({"type": "overloaded_error", "message": "Overloaded"}, None):
        claude.half("Hello there.", error=error)
        with pytest.raises(library.APIError):
            await read()


async def test_marks_for_what_shall_be_remembered_reach_anthropic(
    openai: "AsyncOpenAI", relay: Relayed, claude: AnthropicDouble
) -> None:
    part: Any = {"type": "text", "text": "Long.", "cache_control": {"type": "ephemeral"}}

    await openai.chat.completions.create(
        model=CLAUDE, messages=[{"role": "system", "content": [part]}, *_HI]
    )

    assert claude.requests[0]["system"] == [part]
