import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from samoey.domains.models.gateway.dialects import families, schemas
from samoey.domains.models.gateway.dialects.errors import Misshapen, UnsupportedParameter
from samoey.domains.models.gateway.dialects.translation import Translation, between
from samoey.kit.ports.upstreams import BrokeOff, Dialect
from tests.domains.models.dialects import golden

_HI = [{"role": "user", "content": "Hi"}]
_CHAT: dict[str, Any] = {"model": "m", "messages": _HI}
_MESSAGE: dict[str, Any] = {"model": "m", "max_tokens": 9, "messages": _HI}
_RESPONSE: dict[str, Any] = {"model": "m", "input": "Hi"}
_SAMPLES: dict[Dialect, dict[str, Any]] = {
    "openai.chat": _CHAT,
    "anthropic.messages": _MESSAGE,
    "openai.responses": _RESPONSE,
}
_SPOKEN: dict[Dialect, Dialect] = {
    "openai.chat": "anthropic.messages",
    "anthropic.messages": "openai.chat",
    "openai.responses": "openai.chat",
}


def _asked(dialect: Dialect, **more: Any) -> dict[str, Any]:
    body = json.dumps(_SAMPLES[dialect] | more).encode()
    wire: dict[str, Any] = json.loads(
        Translation(dialect, _SPOKEN[dialect]).request(body, "gpt-4.1")
    )
    return wire


@pytest.mark.parametrize(
    ("dialect", "more", "param"),
    [
        ("openai.chat", {"n": 2}, "n"),
        ("openai.chat", {"logprobs": True}, "logprobs"),
        ("openai.chat", {"modalities": ["text", "audio"]}, "modalities"),
        ("openai.chat", {"functions": [{"name": "f"}]}, "functions"),
        ("openai.chat", {"tools": [{"type": "custom", "custom": {"name": "f"}}]}, "tools"),
        (
            "openai.chat",
            {"messages": [{"role": "user", "content": [{"type": "input_audio"}]}]},
            "messages.content",
        ),
        (
            "openai.chat",
            {
                "messages": [
                    {
                        "role": "user",
                        "content": [
                            {
                                "type": "image_url",
                                "image_url": {"url": "data:image/tiff;base64,AA=="},
                            }
                        ],
                    }
                ]
            },
            "messages.content.image_url",
        ),
        ("anthropic.messages", {"mcp_servers": [{"name": "s"}]}, "mcp_servers"),
        (
            "anthropic.messages",
            {"tools": [{"type": "web_search_20250305", "name": "web_search"}]},
            "tools",
        ),
        ("openai.responses", {"tools": [{"type": "web_search"}]}, "tools"),
        ("openai.responses", {"tools": [{"type": "file_search"}]}, "tools"),
        ("openai.responses", {"background": True}, "background"),
        ("openai.responses", {"conversation": "conv_1"}, "conversation"),
        ("openai.responses", {"truncation": "auto"}, "truncation"),
        ("openai.responses", {"include": ["web_search_call.results"]}, "include"),
        ("openai.responses", {"input": [{"type": "item_reference", "id": "msg_1"}]}, "input"),
        (
            "openai.responses",
            {"input": [{"role": "user", "content": [{"type": "input_image", "file_id": "f"}]}]},
            "input",
        ),
    ],
)
def test_what_has_no_place_is_refused_by_its_name(
    dialect: Dialect, more: dict[str, Any], param: str
) -> None:
    with pytest.raises(UnsupportedParameter) as refused:
        _asked(dialect, **more)

    assert refused.value.extra["param"] == param


@pytest.mark.parametrize("dialect", list(_SAMPLES))
@pytest.mark.parametrize("body", [b"", b"[]", b"{", b"{}", b'{"model": 3}', b"\xff"])
def test_what_is_no_request_is_refused(dialect: Dialect, body: bytes) -> None:
    with pytest.raises(Misshapen):
        Translation(dialect, _SPOKEN[dialect]).request(body, "m")


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["type", "text", "role", "content", "name"]), inner)
    ),
    max_leaves=8,
)
_FIELDS = ("messages", "input", "tools", "tool_choice", "system", "stop", "response_format",
           "text", "metadata", "reasoning", "output_config", "stream_options",
           "thinking")  # fmt: skip


@given(st.sampled_from(list(_SAMPLES)), st.dictionaries(st.sampled_from(_FIELDS), _JSON))
def test_whatever_stands_in_the_fields_is_translated_or_refused(
    dialect: Dialect, more: dict[str, Any]
) -> None:
    try:
        wire = _asked(dialect, **more)
    except (Misshapen, UnsupportedParameter):
        return
    assert wire["model"] == "gpt-4.1"


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"<html>", b"{}", b'{"choices": []}', b'{"content": 3}']
)
@pytest.mark.parametrize("name", ["a_text", "a_completion", "a_response"])
def test_what_is_no_answer_is_told_to_be_none(name: str, body: bytes) -> None:
    translation, _ = golden.asked(golden.recorded("answers")[name])

    with pytest.raises(BrokeOff):
        translation.answer(body)


def test_what_a_deployment_understands_is_handed_on_as_it_stands() -> None:
    chat: frozenset[Dialect] = frozenset({"openai.chat"})
    messages: frozenset[Dialect] = frozenset({"anthropic.messages"})

    assert between("openai.chat", chat) is None
    assert between("anthropic.messages", messages) is None
    translation = between("openai.chat", messages)
    assert translation is not None
    assert translation.spoken == "anthropic.messages"
    with pytest.raises(UnsupportedParameter):
        between("openai.embeddings", messages)


def test_only_what_the_system_says_is_asked_as_a_person_would() -> None:
    wire = _asked("openai.chat", messages=[{"role": "system", "content": "Say hello."}])

    assert wire["messages"] == [{"role": "user", "content": "Say hello."}]
    assert "system" not in wire


def test_empty_texts_are_left_out_and_turns_of_one_speaker_are_joined() -> None:
    wire = _asked(
        "openai.chat",
        messages=[
            {"role": "user", "content": "a"},
            {"role": "assistant", "content": ""},
            {
                "role": "user",
                "content": [{"type": "text", "text": ""}, {"type": "text", "text": "b"}],
            },
            {"role": "assistant", "content": "so far  "},
        ],
    )

    assert wire["messages"] == [
        {"role": "user", "content": [{"type": "text", "text": "a"}, {"type": "text", "text": "b"}]},
        {"role": "assistant", "content": "so far"},
    ]


def test_some_of_the_tools_may_be_allowed() -> None:
    tools = [{"type": "function", "function": {"name": name}} for name in ("one", "two")]
    allowed = {"mode": "required", "tools": [tools[1]]}

    wire = _asked(
        "openai.chat",
        tools=tools,
        tool_choice={"type": "allowed_tools", "allowed_tools": allowed},
    )

    assert [tool["name"] for tool in wire["tools"]] == ["two"]
    assert wire["tool_choice"] == {"type": "any"}


@pytest.mark.parametrize(("model", "role"), [("gpt-5.6", "developer"), ("qwen3", "system")])
def test_developers_speak_as_the_system_where_their_role_is_not_known(
    model: str, role: str
) -> None:
    body = json.dumps(_RESPONSE | {"input": [{"role": "developer", "content": "Be brief."}]})

    wire = json.loads(Translation("openai.responses", "openai.chat").request(body.encode(), model))

    assert wire["messages"] == [{"role": role, "content": "Be brief."}]


def test_thoughts_go_back_to_their_vendor_as_they_came() -> None:
    thought = {"type": "thinking", "thinking": "Hm.", "signature": "sig"}

    wire = _asked(
        "openai.chat",
        messages=[*_HI, {"role": "assistant", "content": "Hi", "thinking_blocks": [thought]}],
    )

    assert wire["messages"][1]["content"] == [thought, {"type": "text", "text": "Hi"}]


@pytest.mark.parametrize(
    ("model", "sampling", "formats", "limit"),
    [
        ("claude-3-haiku-20240307", True, False, 4096),
        ("claude-3-5-sonnet-latest", True, False, 8192),
        ("claude-sonnet-4-20250514", True, False, 16_384),
        ("claude-sonnet-4-5-20250929", True, True, 16_384),
        ("anthropic/claude-opus-4.6", True, True, 16_384),
        ("claude-opus-4-7", False, True, 16_384),
        ("claude-haiku-5", False, True, 16_384),
        ("something-else", False, True, 16_384),
    ],
)
def test_a_family_is_told_from_the_name(
    model: str,
    limit: int,
    *,
    sampling: bool,
    formats: bool,
) -> None:
    family = families.of(model)

    assert (family.sampling, family.formats, family.most_tokens) == (sampling, formats, limit)


def test_schemas_are_closed_and_strict_where_each_vendor_wants_it() -> None:
    inner = {"type": "object", "properties": {"a": {"type": "string"}}, "required": ["a"]}
    schema = {"type": "object", "properties": {"b": {"anyOf": [inner, {"type": "null"}]}},
              "required": ["b"], "$defs": {"c": inner}}  # fmt: skip

    closed = schemas.closed(schema)

    assert not schemas.is_strict(schema)
    assert schemas.is_strict(closed)
    assert not schemas.is_strict(closed | {"required": []})


@pytest.mark.parametrize(
    ("dialect", "status", "body", "told"),
    [
        (
            "openai.chat",
            400,
            {"type": "error", "error": {"type": "invalid_request_error",
                                        "message": "prompt is too long: 9 > 8"}},
            {"error": {"message": "prompt is too long: 9 > 8", "type": "invalid_request_error",
                       "param": None, "code": "context_length_exceeded"}},
        ),
        (
            "anthropic.messages",
            400,
            {"error": {"message": "9 > 8", "type": "x", "param": None,
                       "code": "context_length_exceeded"}},
            {"type": "error", "error": {"type": "invalid_request_error",
                                        "message": "prompt is too long: 9 > 8"}},
        ),
        (
            "anthropic.messages",
            529,
            "rubbish",
            {"type": "error", "error": {"type": "overloaded_error", "message": "rubbish"}},
        ),
    ],
)  # fmt: skip
def test_a_refusal_is_told_in_the_callers_shape(
    dialect: Dialect, status: int, body: Any, told: dict[str, Any]
) -> None:
    translation = Translation(dialect, _SPOKEN[dialect])

    assert json.loads(translation.refusal(status, json.dumps(body).encode())) == told
