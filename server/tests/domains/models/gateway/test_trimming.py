"""A conversation that is too long loses its oldest turns, and nothing that others need."""

import json
from typing import Any

import pytest

from samoey.domains.models.gateway.asked import Asked, read
from samoey.domains.models.gateway.trimming import MOST_MESSAGES, Trimming
from samoey.kit.ports.upstreams import Dialect
from tests.doubles.gateway import deployment

LONG = "word " * 80  # a hundred tokens


def asked(dialect: Dialect, conversation: Any, **more: Any) -> Asked:
    field = "input" if dialect == "openai.responses" else "messages"
    body = {"model": "m", "max_tokens": 100, field: conversation} | more
    return read(dialect, json.dumps(body).encode())


def cut(one: Asked, room: int) -> tuple[list[Any], int]:
    """What is left where `room` tokens fit beside the answer's hundred."""
    there = deployment("a", "http://127.0.0.1:1/v1", context_tokens=room + 100)
    left, gone = Trimming(one).cut(there)
    told = json.loads(left.body)
    return told.get("messages", told.get("input")), gone


def marked(messages: list[Any]) -> str:
    """The first letters of what was said."""
    return "".join(str(it["content"])[0] for it in messages)


def user(mark: str) -> dict[str, Any]:
    return {"role": "user", "content": mark + LONG}


def assistant(mark: str) -> dict[str, Any]:
    return {"role": "assistant", "content": mark + LONG}


CHAT = [
    {"role": "system", "content": "S" + LONG},
    user("a"),
    assistant("b"),
    user("c"),
    assistant("d"),
    user("e"),
]


@pytest.mark.parametrize(
    ("room", "left", "gone"),
    [(2000, "Sabcde", 0), (600, "Scde", 2), (500, "Scde", 2), (420, "Se", 4), (5, "Se", 4)],
)
def test_the_oldest_turns_go_whole_and_neither_the_system_prompt_nor_the_last_question(
    room: int, left: str, gone: int
) -> None:
    messages, count = cut(asked("openai.chat", CHAT), room)

    assert (marked(messages), count) == (left, gone)


def test_what_fits_is_not_touched() -> None:
    one = asked("openai.chat", CHAT)
    there = deployment("a", "http://127.0.0.1:1/v1", context_tokens=100_000)

    assert Trimming(one).cut(there) == (one, 0)
    assert Trimming(one).cut(deployment("a", "http://127.0.0.1:1/v1")) == (one, 0)


def test_an_answer_for_which_there_is_no_room_at_all_costs_no_message() -> None:
    one = asked("openai.chat", CHAT, max_tokens=5000)

    assert cut(one, 500)[1] == 0


def test_the_other_fields_stay_as_they_were() -> None:
    one = asked("openai.chat", CHAT, custom={"deep": [1, None]})
    there = deployment("a", "http://127.0.0.1:1/v1", context_tokens=600)

    left, gone = Trimming(one).cut(there)

    told = json.loads(left.body)
    assert gone
    assert (told["custom"], told["max_tokens"]) == ({"deep": [1, None]}, 100)
    assert left.needs.tokens < one.needs.tokens


def chat_call(mark: str) -> dict[str, Any]:
    call = {"id": mark, "type": "function", "function": {"name": "look", "arguments": "{}"}}
    return {"role": "assistant", "content": mark + LONG, "tool_calls": [call]}


def chat_result(mark: str) -> dict[str, Any]:
    return {"role": "tool", "content": mark + LONG, "tool_call_id": mark}


def test_in_a_long_last_turn_its_older_calls_go_together_with_their_results() -> None:
    steps = [it for mark in "123" for it in (chat_call(mark), chat_result(mark))]
    messages, gone = cut(asked("openai.chat", [user("q"), *steps]), 520)

    assert (marked(messages), gone) == ("q33", 4)


def anthropic_step(mark: str, said: str = "") -> list[Any]:
    use = {"type": "tool_use", "id": mark, "name": "look", "input": {}}
    result = {"type": "tool_result", "tool_use_id": mark, "content": mark + LONG}
    text = [{"type": "text", "text": said}] if said else []
    return [
        {"role": "assistant", "content": [{"type": "text", "text": mark + LONG}, use]},
        {"role": "user", "content": [result, *text]},
    ]


def test_anthropics_results_stay_with_their_calls_and_what_a_person_says_beside_them() -> None:
    conversation = [user("q"), *anthropic_step("1"), *anthropic_step("2", "And now?")]

    messages, gone = cut(asked("anthropic.messages", conversation), 300)

    assert (messages, gone) == ([conversation[0], *conversation[3:]], 2)


def test_anthropics_conversation_still_begins_with_a_person() -> None:
    conversation = [user("a"), *anthropic_step("1"), assistant("b"), user("q")]

    messages, gone = cut(asked("anthropic.messages", conversation, system="S" + LONG), 400)

    assert (messages, gone) == ([conversation[-1]], 4)


def test_items_of_responses_go_with_what_they_belong_to() -> None:
    thought = {"type": "reasoning", "id": "r1", "summary": []}
    call = {"type": "function_call", "call_id": "1", "name": "look", "arguments": LONG}
    result = {"type": "function_call_output", "call_id": "1", "output": LONG}
    conversation = [user("q"), thought, call, result, thought | {"id": "r2"}, assistant("b")]

    messages, gone = cut(asked("openai.responses", conversation), 320)

    assert (messages, gone) == ([conversation[0], *conversation[4:]], 3)


def test_what_nobody_could_have_talked_is_left_to_whoever_is_asked() -> None:
    one = asked("openai.chat", [{"role": "user", "content": "a"}] * (MOST_MESSAGES + 1))

    assert cut(one, 100)[1] == 0


@pytest.mark.parametrize("conversation", ["text " * 500, [1, 2], {"a": 1}, [{"content": 5}]])
def test_what_is_no_conversation_is_left_to_whoever_is_asked(conversation: Any) -> None:
    there = deployment("a", "http://127.0.0.1:1/v1", context_tokens=110)
    one = asked("openai.responses", conversation)

    assert Trimming(one).cut(there) == (one, 0)
