"""Anthropic connected by its two variables alone, in a house that really runs."""

import socket
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from pydantic import SecretStr

from samoey.kit.ports.models import ChatMessage, ChatRequest
from samoey.kit.settings import ModelSettings
from tests.conftest import OpenHouse
from tests.doubles import anthropic as double_anthropic
from tests.doubles import loopback
from tests.doubles.anthropic import AnthropicDouble


@pytest.fixture(scope="module")
def running() -> Iterator[AnthropicDouble]:
    with double_anthropic.running() as double:
        yield double


@pytest.fixture
def claude(running: AnthropicDouble) -> AnthropicDouble:
    running.forget()
    return running


def _connected(claude: AnthropicDouble) -> dict[str, Any]:
    return {
        "anthropic_base_url": claude.url,
        "anthropic_api_key": SecretStr(claude.key),
        "models": ModelSettings(local_only=True),
    }


async def test_a_key_alone_lets_the_newest_of_its_middle_kind_write(
    open_test_house: OpenHouse, claude: AnthropicDouble
) -> None:
    claude.write("Hello from there.")
    async with open_test_house(**_connected(claude)) as house:
        offered = await house.tools.models.offered()
        request = ChatRequest(messages=(ChatMessage("user", "Hi"),))
        told = [piece async for piece in house.tools.models.stream(request)]

    assert [it.id for it in offered if it.is_default] == ["anthropic:claude-sonnet-4-6"]
    assert "".join(piece.text for piece in told) == "Hello from there."
    assert [piece.usage.prompt_tokens for piece in told if piece.usage] == [12]
    assert claude.requests[0]["model"] == "claude-sonnet-4-6"


async def test_programs_ask_it_in_either_vendors_words_and_come_back_to_responses(
    open_test_house: OpenHouse, claude: AnthropicDouble
) -> None:
    claude.write("In OpenAI's words.")
    claude.write("In its own words.")
    claude.write("First.")
    claude.write("Second.")
    async with open_test_house(**_connected(claude)) as house:
        ada = await house.make.user()
        async with house.client() as client:
            made = await client.post(
                "/api/v1/identity/keys", json={"name": "p"}, headers=ada.headers
            )
        key = made.json()["key"]
        relay = await house.gate.relay()
        with socket.create_server(("127.0.0.1", 0)) as listening:
            async with (
                loopback.in_this_loop(relay, listening) as url,
                httpx.AsyncClient(base_url=url, timeout=20) as http,
            ):
                hi = [{"role": "user", "content": "Hi"}]
                model = "anthropic/claude-opus-4-8"
                chat = await http.post(
                    "/v1/chat/completions",
                    json={"model": model, "messages": hi},
                    headers={"authorization": f"Bearer {key}"},
                )
                message = await http.post(
                    "/v1/messages",
                    json={"model": "claude-opus-4-8", "max_tokens": 9, "messages": hi},
                    headers={"x-api-key": key},
                )
                first = await http.post(
                    "/v1/responses",
                    json={"model": model, "input": "One?"},
                    headers={"api-key": key},
                )
                second = await http.post(
                    "/v1/responses",
                    json={
                        "model": model,
                        "input": "Two?",
                        "previous_response_id": first.json()["id"],
                    },
                    headers={"api-key": key},
                )

    assert chat.json()["choices"][0]["message"]["content"] == "In OpenAI's words."
    assert message.json()["content"][0]["text"] == "In its own words."
    assert second.json()["output"][0]["content"][0]["text"] == "Second."
    roles = [said["role"] for said in claude.requests[-1]["messages"]]
    assert roles == ["user", "assistant", "user"]
