"""What ends is told to the ledger in the order in which it ended."""

import asyncio
import secrets
from collections.abc import AsyncIterator

import pytest

from samoey.adapters.embedded.servers import Servers
from samoey.adapters.ledger import ValkeyLedger
from samoey.domains.models.gateway.budget import BudgetSpent, Purse
from samoey.kit.ports.ledger import Closing
from tests.domains.models.gateway.spender import LIMITS, nothing_yet, policy


@pytest.fixture
async def ledger(servers: Servers) -> AsyncIterator[ValkeyLedger]:
    opened = ValkeyLedger(servers.redis_url, prefix=f"{secrets.token_hex(6)}:")
    yield opened
    await opened.close()


class Slow(ValkeyLedger):
    """A ledger that hears what is settled only when it is let."""

    def __init__(self, ledger: ValkeyLedger) -> None:
        self.__dict__ |= vars(ledger)
        self.let, self.asked = asyncio.Event(), asyncio.Event()

    async def settle(self, owner: str, closings: tuple[Closing, ...], *, hold_s: float) -> None:
        self.asked.set()
        await self.let.wait()
        await super().settle(owner, closings, hold_s=hold_s)


async def test_a_request_that_outlives_its_lease_is_counted_however_slowly_that_is_told(
    ledger: ValkeyLedger,
) -> None:
    slow = Slow(ledger)
    purse = Purse(slow, nothing_yet, LIMITS)
    running = await purse.reserve(policy(10_000), 10)
    purse._end_lease("key")
    telling = asyncio.create_task(purse._tell())
    await slow.asked.wait()
    running.settle(10)
    next_one = asyncio.create_task(purse.reserve(policy(10_000), 10))
    await asyncio.sleep(0.1)
    slow.let.set()
    (await next_one).settle(0)
    await telling
    await purse.close()

    other = Purse(ledger, nothing_yet, LIMITS)
    (await other.reserve(policy(10_000), 9_990)).settle(9_990)
    with pytest.raises(BudgetSpent) as refused:
        await other.reserve(policy(10_000), 1)

    assert not refused.value.extra["held"]
