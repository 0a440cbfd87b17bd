"""The vendors' own libraries in front of a relay, with both vendors' doubles behind it."""

from collections.abc import AsyncIterator, Iterator
from typing import TYPE_CHECKING, Any

import pytest

from samoey.kit.ports.upstreams import VendorKey
from tests.api.relay.conftest import Relayed
from tests.doubles import anthropic as double_anthropic
from tests.doubles.anthropic import AnthropicDouble
from tests.doubles.gateway import PROGRAM_KEY, alias, deployment
from tests.doubles.openai import OpenAIDouble

if TYPE_CHECKING:
    from anthropic import AsyncAnthropic
    from openai import AsyncOpenAI

# Both vendors behind one relay; by these names a program chooses who answers.
GPT, CLAUDE, OLD_CLAUDE = "gpt", "claude", "old-claude"


@pytest.fixture(scope="module")
def running_anthropic() -> Iterator[AnthropicDouble]:
    with double_anthropic.running() as double:
        yield double


@pytest.fixture
def claude(running_anthropic: AnthropicDouble) -> AnthropicDouble:
    running_anthropic.forget()
    return running_anthropic


@pytest.fixture
def gpt(first: OpenAIDouble) -> OpenAIDouble:
    return first


@pytest.fixture
def relay(relayed: Relayed, gpt: OpenAIDouble, claude: AnthropicDouble) -> Relayed:
    def anthropic(name: str, model: str) -> Any:
        return deployment(
            name,
            claude.url,
            kind="anthropic",
            key=VendorKey(claude.key),
            model=model,
        )

    relayed.standing.decided.decide(
        deployment("openai", gpt.url, model="gpt-4.1"),
        anthropic("anthropic", "claude-opus-4-8"),
        anthropic("older", "claude-3-5-haiku-20241022"),
        aliases=(
            alias(GPT, "openai"),
            alias(CLAUDE, "anthropic"),
            alias(OLD_CLAUDE, "older"),
            alias("either", "anthropic", "openai"),
        ),
    )
    return relayed


@pytest.fixture
async def openai(relay: Relayed) -> AsyncIterator["AsyncOpenAI"]:
    from openai import AsyncOpenAI

    async with AsyncOpenAI(
        base_url=f"{relay.url}/v1", api_key=PROGRAM_KEY, max_retries=0
    ) as client:
        yield client


@pytest.fixture
async def anthropic(relay: Relayed) -> AsyncIterator["AsyncAnthropic"]:
    from anthropic import AsyncAnthropic

    async with AsyncAnthropic(base_url=relay.url, api_key=PROGRAM_KEY, max_retries=0) as client:
        yield client
