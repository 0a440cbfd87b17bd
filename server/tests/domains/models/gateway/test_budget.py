"""Budgets: exact over several processes, alive through crashes, open to whoever has money left."""

import asyncio
import contextlib
import random
import secrets
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from samoey.adapters.embedded.servers import Servers
from samoey.adapters.ledger import ValkeyLedger
from samoey.domains.models.gateway.budget import BudgetSpent, Hold, Purse, PurseLimits
from samoey.domains.models.gateway.shapes import KeyPolicy
from samoey.kit.ports.ledger import Account, Closing, Grant, LedgerAway, Sums
from tests.domains.models.gateway.spender import LIMITS, MOST, nothing_yet, policy, spend

SERVER = Path(__file__).parents[4]


@contextlib.asynccontextmanager
async def purse_on(
    ledger: ValkeyLedger, limits: PurseLimits = LIMITS, history: object = nothing_yet
) -> AsyncIterator[Purse]:
    purse = Purse(ledger, history, limits)  # type: ignore[arg-type]  # any history will do
    await purse.open()
    yield purse
    await purse.close()


@pytest.fixture
async def ledger(servers: Servers) -> AsyncIterator[ValkeyLedger]:
    opened = ValkeyLedger(servers.redis_url, prefix=f"{secrets.token_hex(6)}:")
    yield opened
    await opened.close()


def process(servers: Servers, ledger: ValkeyLedger, *words: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [
            sys.executable,
            "-m",
            "tests.domains.models.gateway.spender",
            servers.redis_url,
            ledger._prefix,
            *words,
        ],
        cwd=SERVER,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


@pytest.mark.slow
async def test_three_processes_on_one_key_end_within_one_request_of_the_budget(
    servers: Servers, ledger: ValkeyLedger
) -> None:
    budget = 300_000
    running = [process(servers, ledger, "spend", str(budget)) for _ in range(3)]
    for one in running:
        assert one.stdout is not None
        await asyncio.to_thread(one.stdout.readline)

    told = await asyncio.gather(*(asyncio.to_thread(one.communicate, "\n") for one in running))

    totals = [int(out) for out, _ in told]
    assert min(totals) > 0
    assert budget <= sum(totals) <= budget + MOST


@pytest.mark.slow
async def test_what_a_killed_process_held_comes_back(
    servers: Servers, ledger: ValkeyLedger
) -> None:
    held = process(servers, ledger, "hold", "1000")
    assert held.stdout is not None
    await asyncio.to_thread(held.stdout.readline)
    full = await ledger.reserve(
        Account("key", day_micro=1000), "x", 1, share=10**9, hold_s=1, lease_s=1
    )
    held.kill()
    await asyncio.to_thread(held.communicate)

    async with purse_on(ledger) as purse:
        hold = await purse.reserve(policy(1000), 1000)
        hold.settle(1000)
        with pytest.raises(BudgetSpent):
            await purse.reserve(policy(1000), 1)

    assert full.outcome == "short"


async def test_far_from_the_limit_a_process_asks_rarely_and_near_it_each_time(
    ledger: ValkeyLedger,
) -> None:
    asked = Counting(ledger)
    async with purse_on(asked) as purse:
        for _ in range(50):
            (await purse.reserve(policy(1_000_000), 10)).settle(10)
        far = asked.reserved
        for _ in range(5):
            (await purse.reserve(policy(1_000, "near"), 50)).settle(50)

    assert far == 2
    assert asked.reserved >= far + 5


async def test_a_hold_counts_once_and_keys_without_a_budget_ask_nobody(
    ledger: ValkeyLedger,
) -> None:
    asked = Counting(ledger)
    free = KeyPolicy(key_id="key", user_id="ada", workspace_id="here")
    async with purse_on(asked) as purse:
        (await purse.reserve(free, 10**9)).settle(10**9)
        none = asked.reserved
        hold = await purse.reserve(policy(100), 60)
        for _ in range(3):
            hold.settle(60)
        (await purse.reserve(policy(100), 40)).settle(39)
        last = await purse.reserve(policy(100), 1)
        last.settle(1)
        with pytest.raises(BudgetSpent) as refused:
            await purse.reserve(policy(100), 1)

    assert none == 0
    assert refused.value.extra["retry_at"] == pytest.approx(
        (await now_of(ledger)) // 86_400_000 * 86_400 + 86_400, abs=1
    )


async def test_money_that_others_hold_is_waited_for(ledger: ValkeyLedger) -> None:
    async with purse_on(ledger) as one, purse_on(ledger) as other:
        hold = await one.reserve(policy(100), 100)
        waiting = asyncio.create_task(other.reserve(policy(100), 10))
        await asyncio.sleep(0.1)
        done = waiting.done()
        hold.settle(5)
        (await waiting).settle(0)

    assert not done


class Counting(ValkeyLedger):
    """A ledger that counts how often it is asked."""

    def __init__(self, ledger: ValkeyLedger) -> None:
        self.__dict__ |= vars(ledger)
        self.reserved = 0

    async def reserve(self, *args: object, **named: object) -> Grant:
        self.reserved += 1
        return await super().reserve(*args, **named)  # type: ignore[arg-type]  # passed on as it came


class Late(Counting):
    """A ledger whose answers take a second of a clock."""

    now = 0.0

    def clock(self) -> float:
        return self.now

    async def reserve(self, *args: object, **named: object) -> Grant:
        grant = await super().reserve(*args, **named)
        self.now += 1.0
        return grant


async def test_a_lease_lasts_from_when_it_was_asked_for_however_late_the_answer_comes(
    ledger: ValkeyLedger,
) -> None:
    late = Late(ledger)
    purse = Purse(late, nothing_yet, PurseLimits(lease_s=1.5), clock=late.clock)
    for _ in range(3):
        (await purse.reserve(policy(1_000_000), 10)).settle(10)
    in_time = late.reserved
    late.now += 0.6
    (await purse.reserve(policy(1_000_000), 10)).settle(10)
    await purse.close()

    # The first answer is that nothing is known of the key.
    assert in_time == 2
    assert late.reserved == 3


class Switched(Counting):
    """A ledger that can be away, before it has heard or before its answer is."""

    away = False
    deaf = True

    async def reserve(self, *args: object, **named: object) -> Grant:
        if self.away and self.deaf:
            raise LedgerAway
        grant = await super().reserve(*args, **named)
        if self.away:
            raise LedgerAway
        return grant

    async def settle(self, owner: str, closings: tuple[Closing, ...], *, hold_s: float) -> None:
        if not (self.away and self.deaf):
            await super().settle(owner, closings, hold_s=hold_s)
        if self.away:
            raise LedgerAway


async def now_of(ledger: ValkeyLedger) -> int:
    account = Account("nobody", day_micro=1)
    return (await ledger.reserve(account, "x", 1, share=1, hold_s=1, lease_s=1)).now_ms


async def test_without_the_ledger_what_needs_it_is_refused_or_not_as_the_settings_say(
    ledger: ValkeyLedger,
) -> None:
    switched = Switched(ledger)
    limits = PurseLimits(when_away="open", lease_s=0.1, away_s=0.05)
    free = KeyPolicy(key_id="key", user_id="ada", workspace_id="here")
    async with purse_on(switched, LIMITS) as shut, purse_on(switched, limits) as open_:
        switched.away = True
        with pytest.raises(LedgerAway):
            await shut.reserve(policy(100), 1)
        (await shut.reserve(free, 1)).settle(1)
        (await open_.reserve(policy(100), 60)).settle(60)
        (await open_.reserve(policy(100), 60)).settle(60)


@pytest.mark.parametrize("deaf", [True, False])
async def test_the_ledger_catches_up_with_what_was_spent_while_it_was_away(
    ledger: ValkeyLedger, *, deaf: bool
) -> None:
    switched = Switched(ledger)
    switched.deaf = deaf
    limits = PurseLimits(when_away="open", lease_s=0.1, away_s=0.05, wait_s=0.2)
    async with purse_on(switched, limits) as purse:
        (await purse.reserve(policy(100), 1)).settle(1)
        running = await purse.reserve(policy(100), 5)
        switched.away = True
        for _ in range(2):
            (await purse.reserve(policy(100), 40)).settle(40)
        running.settle(5)
        await asyncio.sleep(0.2)
        switched.away = False
    left = 0
    async with purse_on(ledger) as purse:
        with contextlib.suppress(BudgetSpent):
            while True:
                (await purse.reserve(policy(100), 1)).settle(1)
                left += 1

    assert left == 100 - 1 - 5 - 80


async def test_a_ledger_that_forgot_everything_is_told_again_what_was_spent(
    ledger: ValkeyLedger,
) -> None:
    sums = [Sums(50, 50), Sums(90, 90)]
    asked: list[tuple[str, int]] = []

    async def history(owner: str, until_ms: int) -> Sums:
        asked.append((owner, until_ms))
        return sums[len(asked) - 1]

    limits = PurseLimits(wait_s=0.2)
    async with purse_on(ledger, limits, history) as purse:
        (await purse.reserve(policy(100), 40)).settle(0)
        purse._look_again(*asked[0])
        await asyncio.gather(*purse._looking)
        (await purse.reserve(policy(100), 10)).settle(10)
        with pytest.raises(BudgetSpent):
            await purse.reserve(policy(100), 1)

    assert [owner for owner, _ in asked] == ["key", "key"]
    assert asked[0] == asked[1]


async def test_no_usage_is_older_than_the_sums_that_its_money_was_set_aside_after(
    ledger: ValkeyLedger,
) -> None:
    asked: list[int] = []

    async def history(_owner: str, until_ms: int) -> Sums:
        asked.append(until_ms)
        return Sums()

    async with purse_on(ledger, LIMITS, history) as purse:
        lease = await purse.reserve(policy(10**9), 1)
        same = await purse.reserve(policy(10**9), 1)
        purse._end_lease("key")
        carried = lease.at
        free = await purse.reserve(KeyPolicy(key_id=None, user_id="a", workspace_id="h"), 1)

    assert lease.at == same.at == carried >= asked[0] / 1000
    assert free.at == 0


async def test_a_history_that_is_away_refuses_or_counts_from_nothing(
    ledger: ValkeyLedger,
) -> None:
    async def away(_owner: str, _until_ms: int) -> Sums:
        raise OSError

    async with purse_on(ledger, LIMITS, away) as purse:
        with pytest.raises(LedgerAway):
            await purse.reserve(policy(100), 1)
    async with purse_on(ledger, PurseLimits(when_away="open"), away) as purse:
        (await purse.reserve(policy(100), 1)).settle(1)


STEP = st.tuples(st.integers(0, 2), st.sampled_from(["ask", "ask", "settle", "crash"]))


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    steps=st.lists(STEP, min_size=5, max_size=60),
    budget=st.integers(1, 2000),
    seed=st.integers(0, 10**6),
)
async def test_however_requests_and_crashes_fall_nobody_is_refused_who_has_money_left(
    servers: Servers, steps: list[tuple[int, str]], budget: int, seed: int
) -> None:
    ledger = ValkeyLedger(servers.redis_url, prefix=f"{secrets.token_hex(6)}:")
    played = Played(ledger, budget, random.Random(seed))
    for who, what in steps:
        await played.step(who, what)

    total = await played.end()

    assert budget <= total <= budget + MOST
    await ledger.close()


class Played:
    """Three gateways on one key; a crash forgets what a purse knows, but not its journal."""

    limits = PurseLimits(lease_s=0.02, wait_s=0.001, share=4)
    patient = PurseLimits(lease_s=0.02, share=4)

    def __init__(self, ledger: ValkeyLedger, budget: int, chance: random.Random) -> None:
        self.ledger, self.budget, self.chance = ledger, budget, chance
        self.purses = [Purse(ledger, nothing_yet, self.limits) for _ in range(3)]
        self.running: list[list[Hold]] = [[], [], []]
        self.journals: list[list[tuple[str, int]]] = [[], [], []]
        self.spent = 0

    async def step(self, who: int, what: str) -> None:
        if what == "ask":
            with contextlib.suppress(BudgetSpent):
                hold = await self.purses[who].reserve(policy(self.budget), MOST)
                self.running[who].append(hold)
        elif what == "settle" and self.running[who]:
            place = self.chance.randrange(len(self.running[who]))
            self.settle(who, self.running[who].pop(place))
        elif what == "crash":
            await self.crash(who)

    def settle(self, who: int, hold: Hold) -> None:
        cost = self.chance.randint(0, MOST)
        hold.settle(cost)
        self.journals[who].append((hold.id, cost))
        self.spent += cost

    async def crash(self, who: int) -> None:
        purse = self.purses[who]
        untold = [closing.id for closing in purse._telling.get("key", ())]
        held = [hold.id for hold in self.running[who]]
        leases = [lease.id for lease in purse._leases.values()]
        # As if time had passed for these alone.
        ends = self.ledger._keys("key")[2]
        if lapsed := dict.fromkeys([*untold, *held, *leases], 1):
            await self.ledger._redis.zadd(ends, lapsed, xx=True)
        self.purses[who] = Purse(self.ledger, nothing_yet, self.limits)
        self.running[who] = []
        sums: dict[str, int] = {}
        for reservation, cost in self.journals[who]:
            sums[reservation] = sums.get(reservation, 0) + cost
        closings = tuple(Closing(id=one, spent=cost) for one, cost in sums.items())
        await self.ledger.settle("key", closings, hold_s=self.limits.hold_s)

    async def end(self) -> int:
        for who, running in enumerate(self.running):
            for hold in running:
                self.settle(who, hold)
            await self.purses[who].close()
        async with purse_on(self.ledger, self.patient) as purse:
            self.spent += await spend(purse, self.budget, self.chance)
        return self.spent
