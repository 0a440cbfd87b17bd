"""Anthropic over real HTTP, by a double that is held to the types of its own library."""

import json
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest

from samoey.adapters.models.connect.anthropic import AnthropicUpstream
from samoey.adapters.models.connect.http import Vendors
from samoey.adapters.network import NetworkGuard
from samoey.domains.models.gateway.shapes import Deployment
from samoey.kit.ports.upstreams import BrokeOff, Unreachable, VendorKey
from tests.doubles import anthropic as double_anthropic
from tests.doubles.anthropic import AnthropicDouble

_ASKED: dict[str, Any] = {
    "model": "claude-opus-4-8",
    "max_tokens": 20,
    "messages": [{"role": "user", "content": "Hi"}],
}


@pytest.fixture(scope="module")
def running() -> Iterator[AnthropicDouble]:
    with double_anthropic.running() as double:
        yield double


@pytest.fixture
def double(running: AnthropicDouble) -> AnthropicDouble:
    running.forget()
    return running


@pytest.fixture
async def upstream() -> AsyncIterator[AnthropicUpstream]:
    vendors = Vendors(NetworkGuard("test", private_allowed=True, outside_allowed=False))
    yield AnthropicUpstream(vendors)
    await vendors.close()


def _deployment(double: AnthropicDouble, **changes: Any) -> Deployment:
    given: dict[str, Any] = {
        "id": "d1",
        "provider_id": "p1",
        "provider": "anthropic",
        "kind": "anthropic",
        "base_url": double.url,
        "key": VendorKey(double.key),
        "model": "claude-opus-4-8",
    }
    return Deployment(**(given | changes))


async def _read(upstream: AnthropicUpstream, deployment: Deployment, **more: Any) -> Any:
    body = json.dumps(_ASKED | more).encode()
    reply = await upstream.send(deployment, "anthropic.messages", body)
    try:
        return reply.status, await reply.read(1_000_000)
    finally:
        await reply.aclose()


@pytest.mark.parametrize("end", ["", "/", "/v1", "/v1/"])
async def test_it_answers_at_its_address_however_that_is_written(
    upstream: AnthropicUpstream, double: AnthropicDouble, end: str
) -> None:
    double.write("Hello.")

    status, body = await _read(upstream, _deployment(double, base_url=double.url + end))

    assert status == 200
    assert json.loads(body)["content"] == [{"type": "text", "text": "Hello."}]
    assert double.headers[0]["anthropic-version"] == "2023-06-01"
    assert "authorization" not in double.headers[0]


async def test_betas_go_where_anthropic_looks_for_them(
    upstream: AnthropicUpstream, double: AnthropicDouble
) -> None:
    await _read(upstream, _deployment(double), anthropic_beta=["one-2026", "two-2026", "a\r\nb: c"])
    await _read(upstream, _deployment(double))

    assert double.headers[0]["anthropic-beta"] == "one-2026,two-2026"
    assert "anthropic_beta" not in double.requests[0]
    assert "anthropic-beta" not in double.headers[1]


async def test_a_refusal_comes_as_it_is_with_the_time_to_wait(
    upstream: AnthropicUpstream, double: AnthropicDouble
) -> None:
    double.fail(429, "rate_limit_error", retry_after="7")

    body = json.dumps(_ASKED).encode()
    reply = await upstream.send(_deployment(double), "anthropic.messages", body)

    assert (reply.status, reply.retry_after_s) == (429, 7)
    await reply.aclose()
    wrong = _deployment(double, key=VendorKey("sk-ant-wrong"))
    assert (await _read(upstream, wrong))[0] == 401


async def test_a_stream_that_is_cut_is_told_to_have_broken_off(
    upstream: AnthropicUpstream, double: AnthropicDouble
) -> None:
    double.half("Hello there.")

    with pytest.raises(BrokeOff):
        await _read(upstream, _deployment(double), stream=True)


async def test_where_nobody_listens_nobody_answers(
    upstream: AnthropicUpstream, double: AnthropicDouble
) -> None:
    with pytest.raises(Unreachable):
        await _read(upstream, _deployment(double, base_url="http://127.0.0.1:1"))
