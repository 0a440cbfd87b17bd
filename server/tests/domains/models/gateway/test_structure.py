"""Which answers have the shape that was asked for; looking at them has an end."""

import json
from typing import Any

import pytest

from samoey.domains.models.gateway.asked import Asked, read
from samoey.domains.models.gateway.structure import may_wish, once_more, wrong


def asked(shape: Any) -> Asked:
    form = {"type": "json_schema", "json_schema": {"name": "x", "schema": shape}}
    body = {"model": "m", "messages": [], "response_format": form}
    return read("openai.chat", json.dumps(body).encode())


def answer(text: str, finish: str = "stop", **message: Any) -> bytes:
    said = {"role": "assistant", "content": text} | message
    return json.dumps({"choices": [{"message": said, "finish_reason": finish}]}).encode()


LIST = {"type": "array", "items": {"type": "integer"}}


@pytest.mark.parametrize(
    ("shape", "text", "error"),
    [
        (LIST, "[1, 2]", None),
        (LIST, '[1, "2"]', "$[1]: '2' is not of type 'integer'"),
        (LIST, "[1, 2", "It is not JSON"),
        (LIST, "```json\n[1]\n```", "It is not JSON"),
        ({"$ref": "#/$defs/a", "$defs": {"a": LIST}}, "{}", "$: {} is not of type 'array'"),
        (True, '"anything"', None),
    ],
)
def test_what_is_wrong_is_told_with_its_place(shape: Any, text: str, error: str | None) -> None:
    found = wrong(asked(shape), answer(text))

    assert found is None if error is None else found is not None and found.startswith(error)


@pytest.mark.parametrize(
    "told",
    [
        answer("[1", finish="length"),
        answer("", refusal="No."),
        answer("", finish="content_filter"),
        answer("x" * 300_000),
        b"{}",
        b'{"choices": [{"message": 3}]}',
        b"no JSON",
    ],
)
def test_what_asking_again_would_not_mend_is_not_wrong(told: bytes) -> None:
    assert wrong(asked(LIST), told) is None


def doubling(depth: int) -> dict[str, Any]:
    """A shape whose every step is looked at twice as often as the one before."""
    steps = {f"s{at}": {"allOf": [{"$ref": f"#/$defs/s{at + 1}"}] * 2} for at in range(depth)}
    return {"$ref": "#/$defs/s0", "$defs": steps | {f"s{depth}": {"type": "object"}}}


@pytest.mark.parametrize(
    ("shape", "text"),
    [
        (doubling(60), "{}"),
        ({"$ref": "#"}, "{}"),
        ({"type": "string", "pattern": "^(a+)+$"}, json.dumps("a" * 60 + "!")),
        ({"patternProperties": {"^(a+)+$": False}}, json.dumps({"a" * 60 + "!": 1})),
        ({"uniqueItems": True}, json.dumps([{"a": at} for at in range(9000)])),
        ({"$ref": "http://127.0.0.1:1/shape.json"}, "{}"),
        ({"type": "no such type"}, "{}"),
        (LIST, "[" * 100_000),
        ({"enum": ["x" * 70_000]}, "{}"),
    ],
)
def test_a_shape_that_cannot_be_checked_in_time_is_not_checked(shape: Any, text: str) -> None:
    assert wrong(asked(shape), answer(text)) is None


def test_it_goes_on_after_the_answer_and_leaves_the_rest_as_it_was() -> None:
    one = asked(LIST)

    told = json.loads(once_more(one, answer("Three."), "It is not JSON.").body)

    before = json.loads(one.body)
    assert told | {"messages": []} == before
    assert [it["role"] for it in told["messages"]] == ["assistant", "user"]
    assert told["messages"][0]["content"] == "Three."


def test_anthropics_calls_are_answered_with_what_is_wrong() -> None:
    body = {
        "model": "m",
        "max_tokens": 9,
        "messages": [{"role": "user", "content": "Who?"}],
        "tools": [{"name": "tell", "input_schema": {"required": ["name"]}}],
        "tool_choice": {"type": "tool", "name": "tell"},
    }
    one = read("anthropic.messages", json.dumps(body).encode())
    use = {"type": "tool_use", "id": "t1", "name": "tell", "input": {}}
    told = json.dumps({"stop_reason": "tool_use", "content": [use]}).encode()

    error = wrong(one, told)
    assert error == "The arguments of tell: $: 'name' is a required property"
    again = json.loads(once_more(one, told, error).body)

    assert may_wish(one)
    assert again["messages"][1] == {"role": "assistant", "content": [use]}
    [result] = again["messages"][2]["content"]
    assert (result["tool_use_id"], result["is_error"]) == ("t1", True)
    assert error in result["content"]
