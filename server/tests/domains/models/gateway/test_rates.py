"""Requests and tokens per minute, over processes that share a ledger."""

import secrets
from collections.abc import AsyncIterator

import pytest

from samoey.adapters.embedded.servers import Servers
from samoey.adapters.ledger import ValkeyLedger
from samoey.domains.models.gateway.rates import NO_LIMITS, RateLimited, Rates
from samoey.domains.models.gateway.shapes import KeyPolicy
from samoey.kit.ports.ledger import LedgerAway


def policy(rpm: int | None = None, tpm: int | None = None) -> KeyPolicy:
    return KeyPolicy(key_id="key", user_id="ada", workspace_id="here", rpm=rpm, tpm=tpm)


@pytest.fixture
async def ledger(servers: Servers) -> AsyncIterator[ValkeyLedger]:
    opened = ValkeyLedger(servers.redis_url, prefix=f"{secrets.token_hex(6)}:")
    yield opened
    await opened.close()


async def admitted(rates: list[Rates], limits: KeyPolicy, tokens: int) -> int:
    """How many requests pass, asking one process after the other, until one refuses."""
    count = 0
    while True:
        try:
            await rates[count % len(rates)].admit(limits, tokens)
        except RateLimited:
            return count
        count += 1


async def test_two_processes_together_admit_what_the_key_may(ledger: ValkeyLedger) -> None:
    rates = [Rates(ledger), Rates(ledger)]

    passed = await admitted(rates, policy(rpm=100), 0)
    with pytest.raises(RateLimited) as refused:
        await rates[0].admit(policy(rpm=100), 0)

    # A few come in while this runs.
    assert 100 <= passed <= 105
    assert refused.value.extra["retry_after"] == 1


async def test_tokens_are_limited_too_and_what_was_not_used_comes_back(
    ledger: ValkeyLedger,
) -> None:
    rates = Rates(ledger)
    first = await rates.admit(policy(tpm=1000), 900)
    with pytest.raises(RateLimited):
        await rates.admit(policy(tpm=1000), 900)
    rates.correct(policy(tpm=1000), 890)
    second = await rates.admit(policy(tpm=1000), 900)

    assert (first.limit_requests, first.limit_tokens) == (None, 1000)
    assert first.left_tokens == 100
    assert first.reset_tokens_s == pytest.approx(54)
    assert second.left_tokens is not None
    assert second.left_tokens < 100


async def test_a_key_without_limits_asks_nobody() -> None:
    away = ValkeyLedger("redis://127.0.0.1:1/0")

    assert await Rates(away).admit(policy(), 10**9) is NO_LIMITS
    await away.close()


async def test_without_the_ledger_requests_are_refused_or_pass_as_the_settings_say() -> None:
    away = ValkeyLedger("redis://127.0.0.1:1/0")

    with pytest.raises(LedgerAway):
        await Rates(away).admit(policy(rpm=1), 1)
    for _ in range(3):
        state = await Rates(away, when_away="open").admit(policy(rpm=1), 1)
        assert state.limit_requests == 1
    await away.close()
