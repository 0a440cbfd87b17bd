"""What becomes of a conversation that is longer than a model takes."""

from typing import Any

import pytest

from tests.api.relay.conftest import Relayed
from tests.doubles.gateway import alias, deployment
from tests.doubles.openai import OpenAIDouble

LONG = "word " * 400  # five hundred tokens
TALK: list[dict[str, Any]] = [
    {"role": "user", "content": f"a {LONG}"},
    {"role": "assistant", "content": f"b {LONG}"},
    {"role": "user", "content": "And now?"},
]
ASKED: dict[str, Any] = {"model": "fast", "messages": TALK, "max_tokens": 100}


def decide(relayed: Relayed, *rooms: int | None, trim: bool) -> None:
    """`fast` leads to as many models as there are rooms, with so much room each."""
    urls = {it.id: it.base_url for it in relayed.standing.decided.deployments}
    names = ("first", "second")[: len(rooms)]
    there = [
        deployment(name, urls[name], context_tokens=room)
        for name, room in zip(names, rooms, strict=True)
    ]
    relayed.standing.decided.decide(*there, aliases=(alias("fast", *names, trim=trim),))


@pytest.mark.parametrize("path", ["/v1/chat/completions", "/v1/messages", "/v1/responses"])
async def test_where_an_alias_trims_the_oldest_turns_go_and_the_head_tells_how_many(
    relayed: Relayed, first: OpenAIDouble, path: str
) -> None:
    decide(relayed, 800, None, trim=True)
    first.document("Like this.")
    asked = ASKED
    if path == "/v1/responses":
        asked = {"model": "fast", "input": TALK, "max_output_tokens": 100}

    async with relayed.ask(asked, path=path) as response:
        assert response.status == 200
        head = response.headers

    assert (head["x-samoey-trimmed"], head["x-samoey-deployment"]) == ("2", "at-first/first-model")
    assert [it["content"] for it in first.requests[0]["messages"]] == ["And now?"]


async def test_a_model_with_room_is_asked_for_everything(
    relayed: Relayed, first: OpenAIDouble, second: OpenAIDouble
) -> None:
    decide(relayed, 1000, 4000, trim=False)
    second.document("Like this.")

    async with relayed.ask(ASKED) as response:
        head = response.headers

    assert "x-samoey-trimmed" not in head
    assert head["x-samoey-deployment"] == "at-second/second-model"
    assert len(second.requests[0]["messages"]) == 3
    assert first.requests == []


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("/v1/chat/completions", {"code": "context_length_exceeded"}),
        ("/v1/messages", {"type": "invalid_request_error"}),
    ],
)
async def test_what_is_too_long_for_everybody_is_told_in_the_vendors_words(
    relayed: Relayed, first: OpenAIDouble, path: str, told: dict[str, str]
) -> None:
    decide(relayed, 300, 400, trim=False)

    async with relayed.ask(ASKED, path=path) as response:
        error = (await response.json())["error"]

    assert response.status == 400
    assert told.items() <= error.items()
    assert "takes 300 tokens" in error["message"]
    assert (path != "/v1/messages") or error["message"].startswith("prompt is too long")
    assert first.requests == []
