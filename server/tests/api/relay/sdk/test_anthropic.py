"""Anthropic's own library against the relay; whoever answers, its program notices no difference."""

from typing import TYPE_CHECKING, Any

import pytest
from pydantic import BaseModel

from tests.api.relay.sdk.conftest import CLAUDE, GPT
from tests.doubles import vendors
from tests.doubles.anthropic import AnthropicDouble
from tests.doubles.openai import OpenAIDouble

if TYPE_CHECKING:
    from anthropic import AsyncAnthropic

_HI: Any = [{"role": "user", "content": "Hi"}]
_TOOLS: Any = [
    {
        "name": "weather",
        "description": "The weather of a place.",
        "input_schema": {
            "type": "object",
            "properties": {"place": {"type": "string"}},
            "required": ["place"],
        },
    }
]
_USE = {"type": "tool_use", "id": "toolu_1", "name": "weather", "input": {"place": "Paris"}}


class Form(BaseModel):
    name: str


@pytest.mark.parametrize("model", [GPT, CLAUDE])
async def test_a_message_is_read_with_its_usage(
    anthropic: "AsyncAnthropic", gpt: OpenAIDouble, claude: AnthropicDouble, model: str
) -> None:
    gpt.document("Hello.")
    claude.write("Hello.")

    message = await anthropic.messages.create(
        model=model, max_tokens=20, system="Be brief.", messages=_HI, stop_sequences=["END"]
    )

    assert [block.text for block in message.content if block.type == "text"] == ["Hello."]
    assert message.stop_reason == "end_turn"
    assert message._request_id
    assert (message.usage.input_tokens, message.usage.output_tokens) == (12, 7)


@pytest.mark.parametrize("model", [GPT, CLAUDE])
async def test_a_stream_with_calls_of_tools_is_read(
    anthropic: "AsyncAnthropic", gpt: OpenAIDouble, claude: AnthropicDouble, model: str
) -> None:
    gpt.say("I look.", tools=[("weather", {"place": "Paris"}), ("weather", {"place": "Rome"})])
    rome = _USE | {"id": "toolu_2", "input": {"place": "Rome"}}
    claude.say({"type": "text", "text": "I look."}, _USE, rome, stop="tool_use")

    async with anthropic.messages.stream(
        model=model, max_tokens=20, messages=_HI, tools=_TOOLS
    ) as stream:
        said = [text async for text in stream.text_stream]
        message = await stream.get_final_message()

    assert "".join(said) == "I look."
    assert [block.input for block in message.content if block.type == "tool_use"] == [
        {"place": "Paris"},
        {"place": "Rome"},
    ]
    assert message.stop_reason == "tool_use"
    assert (message.usage.input_tokens, message.usage.output_tokens) == (12, 7)


@pytest.mark.parametrize("model", [GPT, CLAUDE])
async def test_results_of_tools_and_images_reach_the_model(
    anthropic: "AsyncAnthropic", gpt: OpenAIDouble, claude: AnthropicDouble, model: str
) -> None:
    gpt.document("Sun.")
    image = {"type": "image", "source": {"type": "url", "url": "https://example.com/a.png"}}
    asked: Any = [
        {"role": "user", "content": [image, {"type": "text", "text": "Where?"}]},
        {"role": "assistant", "content": [_USE]},
        {
            "role": "user",
            "content": [{"type": "tool_result", "tool_use_id": "toolu_1", "content": "sun"}],
        },
    ]

    await anthropic.messages.create(model=model, max_tokens=20, messages=asked, tools=_TOOLS)

    if model == CLAUDE:
        assert claude.requests[0]["messages"] == asked
    else:
        wire = gpt.requests[0]["messages"]
        assert wire[0]["content"][0]["image_url"]["url"] == "https://example.com/a.png"
        assert wire[2] == {"role": "tool", "tool_call_id": "toolu_1", "content": "sun"}


@pytest.mark.parametrize("model", [GPT, CLAUDE])
async def test_structured_answers_have_their_structure(
    anthropic: "AsyncAnthropic", gpt: OpenAIDouble, claude: AnthropicDouble, model: str
) -> None:
    gpt.document('{"name": "a"}')
    claude.write('{"name": "a"}')

    message = await anthropic.messages.parse(
        model=model, max_tokens=20, messages=_HI, output_format=Form
    )

    assert message.parsed_output == Form(name="a")


@pytest.mark.parametrize("model", [GPT, CLAUDE])
async def test_errors_are_the_librarys_own(
    anthropic: "AsyncAnthropic", gpt: OpenAIDouble, claude: AnthropicDouble, model: str
) -> None:
    import anthropic as library

    async def ask(name: str = model, **more: Any) -> Any:
        return await anthropic.messages.create(
            **({"model": name, "max_tokens": 20, "messages": _HI} | more)
        )

    with pytest.raises(library.AuthenticationError):
        await anthropic.with_options(api_key="sk-wrong").messages.create(
            model=model, max_tokens=20, messages=_HI
        )
    with pytest.raises(library.NotFoundError) as missing:
        await ask("nobody-knows-it")
    assert "not_found_error" in str(missing.value.body)
    gpt.fail(400, message="too odd")
    claude.fail(400, "invalid_request_error", "too odd")
    with pytest.raises(library.BadRequestError, match="too odd"):
        await ask()
    gpt.fail(429, retry_after="7")
    claude.fail(429, "rate_limit_error", retry_after="7")
    with pytest.raises(library.RateLimitError) as busy:
        await ask()
    assert busy.value.response.headers["retry-after"] == "7"


async def test_a_stream_that_breaks_off_raises(
    anthropic: "AsyncAnthropic", gpt: OpenAIDouble, claude: AnthropicDouble
) -> None:
    import anthropic as library

    async def read(model: str) -> None:
        asked = anthropic.messages.stream(model=model, max_tokens=20, messages=_HI)
        async with asked as stream:
            await stream.get_final_message()

    gpt.half("Hello there.")
    claude.half("Hello there.")
    for model in (GPT, CLAUDE):
        with pytest.raises(library.APIError):
            await read(model)


async def test_betas_and_marks_reach_anthropic_untouched(
    anthropic: "AsyncAnthropic", claude: AnthropicDouble
) -> None:
    system: Any = [{"type": "text", "text": "Long.", "cache_control": {"type": "ephemeral"}}]

    await anthropic.messages.create(
        model=CLAUDE,
        max_tokens=20,
        system=system,
        messages=_HI,
        extra_headers={"anthropic-beta": "one-2026, two-2026"},
    )

    assert claude.requests[0]["system"] == system
    assert claude.headers[0]["anthropic-beta"] == "one-2026,two-2026"


async def test_tokens_are_counted_by_their_vendor_and_estimated_elsewhere(
    anthropic: "AsyncAnthropic", gpt: OpenAIDouble, claude: AnthropicDouble
) -> None:
    counted = await anthropic.messages.count_tokens(model=CLAUDE, messages=_HI)
    estimated = await anthropic.messages.count_tokens(model=GPT, messages=_HI)

    assert counted.input_tokens == 14
    assert 0 < estimated.input_tokens < 100
    assert gpt.requests == []


async def test_the_models_are_listed(anthropic: "AsyncAnthropic") -> None:
    listed = [model async for model in anthropic.models.list()]

    assert {GPT, CLAUDE} <= {model.id for model in listed}
    assert [vendors.faults("model", model.to_dict()) for model in listed] == [[]] * len(listed)
