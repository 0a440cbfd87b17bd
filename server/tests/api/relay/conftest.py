import contextlib
import socket
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import pytest
from msgspec.structs import replace

from samoey.api.protocol import InOneGo
from samoey.api.relay.app import Relay
from tests.doubles import gateway as double_gateway
from tests.doubles import loopback
from tests.doubles import openai as double_openai
from tests.doubles.gateway import PATIENT, PROGRAM_KEY, Kept, Standing, alias, deployment
from tests.doubles.openai import OpenAIDouble


@dataclass
class Relayed:
    """A relay at a real socket, the vendors behind it, and a program that asks."""

    url: str
    standing: Standing
    http: aiohttp.ClientSession
    kept: Kept = field(default_factory=Kept)

    def ask(self, body: Any, *, path: str = "/v1/chat/completions", key: str = PROGRAM_KEY) -> Any:
        headers = {"authorization": f"Bearer {key}"}
        return self.http.post(self.url + path, json=body, headers=headers)

    def hasten(self, first: OpenAIDouble, second: OpenAIDouble, **limits: float) -> None:
        """Wait no longer than these limits for the first of both vendors."""
        self.decide(first, second, limits=replace(PATIENT, **limits))

    def decide(self, first: OpenAIDouble, second: OpenAIDouble, **of_first: Any) -> None:
        """Two deployments `first` and `second`, and an alias that tries them in this order."""
        self.standing.decided.decide(
            deployment("first", first.url, **of_first),
            deployment("second", second.url),
            aliases=(alias("fast", "first", "second"),),
        )

    def get(self, path: str, **headers: str) -> Any:
        given = {"authorization": f"Bearer {PROGRAM_KEY}"} | headers
        return self.http.get(self.url + path, headers=given)


@pytest.fixture(scope="module")
def vendors() -> Iterator[list[OpenAIDouble]]:
    with contextlib.ExitStack() as stack:
        yield [stack.enter_context(double_openai.running()) for _ in range(2)]


@pytest.fixture
def first(vendors: list[OpenAIDouble]) -> OpenAIDouble:
    vendors[0].forget()
    return vendors[0]


@pytest.fixture
def second(vendors: list[OpenAIDouble]) -> OpenAIDouble:
    vendors[1].forget()
    return vendors[1]


@pytest.fixture
def spoken() -> Any:
    """By which protocol the relay's server speaks: the one of our processes."""
    return InOneGo


@pytest.fixture
async def relayed(first: OpenAIDouble, second: OpenAIDouble, spoken: Any) -> AsyncIterator[Relayed]:
    """Two deployments `first` and `second`, and the alias `fast` that tries them in this order."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        async with double_gateway.standing() as standing:
            kept = Kept()
            relay = Relay(standing.gateway, max_body=20 * 2**20, responses=kept)
            async with (
                loopback.in_this_loop(relay, listening, http=spoken) as url,
                aiohttp.ClientSession(auto_decompress=False) as http,
            ):
                relayed = Relayed(url, standing, http, kept)
                relayed.decide(first, second)
                yield relayed


Script = Callable[[OpenAIDouble], None]
