"""The ledger on a real Valkey: what is held, spent, given back, forgotten and summed up again."""

import asyncio
import calendar
import secrets
import time
from collections.abc import AsyncIterator

import pytest
from redis.asyncio import Redis

from samoey.adapters.embedded.servers import Servers
from samoey.adapters.ledger import ValkeyLedger
from samoey.kit.ports.ledger import Account, Bucket, Closing, Grant, LedgerAway, Sums

ACCOUNT = Account("key", day_micro=1000)


@pytest.fixture
async def ledger(servers: Servers) -> AsyncIterator[ValkeyLedger]:
    opened = ValkeyLedger(servers.redis_url, prefix=f"{secrets.token_hex(6)}:")
    yield opened
    await opened.close()


async def reserve(
    ledger: ValkeyLedger,
    reservation: str,
    amount: int,
    account: Account = ACCOUNT,
    **changes: float | tuple[Closing, ...],
) -> Grant:
    given = {"share": 10**9, "hold_s": 60, "lease_s": 60} | changes
    grant = await ledger.reserve(account, reservation, amount, **given)  # type: ignore[arg-type]  # a test's own short form
    if grant.outcome == "unknown":
        await ledger.restore(account.owner, grant.now_ms, Sums())
        grant = await ledger.reserve(account, reservation, amount, **given)  # type: ignore[arg-type]  # as above
    return grant


async def spend(ledger: ValkeyLedger, *closings: Closing) -> None:
    await ledger.settle("key", closings, hold_s=60)


async def test_what_is_held_or_spent_is_not_there_for_others(ledger: ValkeyLedger) -> None:
    first = await reserve(ledger, "a", 600)
    second = await reserve(ledger, "b", 600)
    third = await reserve(ledger, "c", 1)
    await spend(ledger, Closing(id="a", spent=100))
    fourth = await reserve(ledger, "d", 1)

    assert [first.outcome, second.outcome, third.outcome] == ["granted", "granted", "short"]
    assert not third.spent
    assert fourth.outcome == "granted"


async def test_a_budget_that_is_spent_says_when_the_window_ends(ledger: ValkeyLedger) -> None:
    both = Account("key", day_micro=100, month_micro=1000)
    await reserve(ledger, "a", 100, both)
    await spend(ledger, Closing(id="a", spent=100))
    of_day = await reserve(ledger, "b", 1, both)
    of_month = await reserve(ledger, "b", 1, Account("key", day_micro=1000, month_micro=100))

    now = time.gmtime(of_month.now_ms / 1000)
    after = (now.tm_year + now.tm_mon // 12, now.tm_mon % 12 + 1)
    assert (of_day.outcome, of_day.spent) == ("short", True)
    assert of_day.retry_ms == (of_day.now_ms // 86_400_000 + 1) * 86_400_000
    assert of_month.retry_ms == calendar.timegm((*after, 1, 0, 0, 0)) * 1000


async def test_a_settlement_counts_once_however_often_it_is_told(ledger: ValkeyLedger) -> None:
    await reserve(ledger, "a", 400)
    for _ in range(3):
        await spend(ledger, Closing(id="a", spent=400))
    await reserve(ledger, "b", 600)
    full = await reserve(ledger, "c", 1)
    await spend(ledger, Closing(id="b", spent=599))

    assert full.outcome == "short"
    assert (await reserve(ledger, "d", 1)).outcome == "granted"
    assert (await reserve(ledger, "e", 1)).outcome == "short"


async def test_the_same_reservation_asked_for_twice_is_held_once(ledger: ValkeyLedger) -> None:
    first = await reserve(ledger, "a", 600)
    again = await reserve(ledger, "a", 600)

    assert (first.amount, again.amount) == (600, 600)
    assert (await reserve(ledger, "b", 400)).outcome == "granted"
    assert (await reserve(ledger, "c", 1)).outcome == "short"


async def test_an_expired_reservation_comes_back_and_can_still_be_told(
    ledger: ValkeyLedger,
) -> None:
    await reserve(ledger, "a", 1000, hold_s=0.01)
    await asyncio.sleep(0.03)
    back = await reserve(ledger, "b", 1)
    await spend(ledger, Closing(id="a", spent=999), Closing(id="b", spent=1))
    await spend(ledger, Closing(id="a", spent=999))

    assert back.outcome == "granted"
    assert (await reserve(ledger, "c", 1)).spent


async def test_a_lease_is_a_share_of_what_is_left_and_what_runs_is_carried_on(
    ledger: ValkeyLedger,
) -> None:
    lease = await reserve(ledger, "a", 1, share=10)
    closing = Closing(id="a", spent=20, carried=(("x", 30),))
    near = await reserve(ledger, "b", 95, share=10, closings=(closing,))
    await reserve(ledger, "c", 855)
    full = await reserve(ledger, "d", 1)
    await spend(ledger, Closing(id="x", spent=5))

    assert (lease.amount, near.amount) == (100, 95)
    assert full.outcome == "short"
    assert (await reserve(ledger, "e", 1)).outcome == "granted"


async def test_what_was_spent_while_the_ledger_was_away_counts_once(ledger: ValkeyLedger) -> None:
    first = await reserve(ledger, "a", 1)
    late = Closing(id="late", spent=999, late_ms=first.now_ms + 1)
    missed = Closing(id="older", spent=999, late_ms=first.now_ms - 60_000)
    for _ in range(2):
        await spend(ledger, late, missed)
    await spend(ledger, Closing(id="a", spent=0))

    assert (await reserve(ledger, "b", 1)).outcome == "granted"
    assert (await reserve(ledger, "c", 1)).outcome == "short"


async def test_what_was_summed_up_too_early_is_corrected_by_a_better_sum(
    ledger: ValkeyLedger,
) -> None:
    unknown = await ledger.reserve(ACCOUNT, "a", 1, share=1, hold_s=1, lease_s=1)
    await ledger.restore("key", unknown.now_ms, Sums(500, 500))
    await reserve(ledger, "a", 100)
    await spend(ledger, Closing(id="a", spent=100))
    for _ in range(2):
        await ledger.restore("key", unknown.now_ms, Sums(800, 800))
    await ledger.restore("key", unknown.now_ms - 1, Sums(5000, 5000))
    last = await reserve(ledger, "b", 100)

    assert unknown.outcome == "unknown"
    assert last.outcome == "granted"
    assert (await reserve(ledger, "c", 1)).outcome == "short"


async def test_what_was_summed_up_is_looked_at_again_a_few_times(
    ledger: ValkeyLedger, servers: Servers
) -> None:
    began = await reserve(ledger, "a", 1)
    redis = Redis.from_url(servers.redis_url)
    looks = []
    for number, ago in enumerate((9_000, 11_000, 11_000, 121_000, 901_000, 10**8)):
        cut = began.now_ms - ago
        await redis.hset(f"{ledger._prefix}ledger:{{key}}", "cut", str(cut))
        looks.append((await reserve(ledger, f"b{number}", 1)).look == cut)
    await redis.aclose()

    assert looks == [False, True, False, True, True, False]


async def test_each_day_begins_anew_and_what_was_held_before_it_is_forgotten(
    ledger: ValkeyLedger, servers: Servers
) -> None:
    both = Account("key", day_micro=1000, month_micro=1500)
    began = await reserve(ledger, "a", 1000, both)
    yesterday = began.now_ms // 86_400_000 - 1
    redis = Redis.from_url(servers.redis_url)
    whole = f"{ledger._prefix}ledger:{{key}}"
    month = int(await redis.hget(whole, "m") or 0)
    await redis.hset(whole, "d", str(yesterday))
    await redis.hset(f"{whole}:holds", "a", f"1000 {yesterday} {month}")
    await redis.aclose()

    today = await reserve(ledger, "b", 400, both)
    await spend(ledger, Closing(id="a", spent=1000))
    rest = await reserve(ledger, "c", 100, both)
    spent = await reserve(ledger, "d", 1, both)

    assert [today.outcome, rest.outcome, spent.outcome] == ["granted", "granted", "short"]


async def test_a_clock_that_goes_back_opens_no_window_again(
    ledger: ValkeyLedger, servers: Servers
) -> None:
    began = await reserve(ledger, "a", 1000)
    redis = Redis.from_url(servers.redis_url)
    tomorrow = began.now_ms // 86_400_000 + 1
    whole = f"{ledger._prefix}ledger:{{key}}"
    await redis.hset(whole, "d", str(tomorrow))
    await redis.hset(whole, "ds", "1000")
    await redis.aclose()

    assert (await reserve(ledger, "b", 1)).outcome == "short"


async def test_months_are_those_of_the_calendar(servers: Servers) -> None:
    from samoey.adapters import ledger_scripts as scripts

    redis = Redis.from_url(servers.redis_url)
    month_of = scripts._OPEN.split("local account")[0] + "return month_of(tonumber(ARGV[1]))"
    for day in range(0, 60_000, 17):
        moment = time.gmtime(day * 86_400)
        told = await redis.eval(month_of, 0, str(day))
        assert told == moment.tm_year * 12 + moment.tm_mon - 1
    await redis.aclose()


async def test_a_bucket_gives_what_it_holds_and_fills_again(ledger: ValkeyLedger) -> None:
    bucket = Bucket("key", requests=3, tokens=100)
    taken = [await ledger.take(bucket, 1, 10, share=10**9, back=(0, 0)) for _ in range(4)]
    returned = await ledger.take(bucket, 1, 10, share=10**9, back=(1, 0))

    assert [one.granted for one in taken] == [True, True, True, False]
    assert [one.left_requests for one in taken] == [2, 1, 0, 0]
    assert 19_000 < taken[3].wait_ms <= 20_000
    assert returned.granted


async def test_more_tokens_than_a_bucket_holds_wait_for_a_full_one(ledger: ValkeyLedger) -> None:
    bucket = Bucket("key", tokens=600)
    whole = await ledger.take(bucket, 1, 900, share=10**9, back=(0, 0))
    after = await ledger.take(bucket, 1, 1, share=10**9, back=(0, 0))

    assert whole.granted
    assert not after.granted
    assert 29_000 < after.wait_ms <= 30_200


async def test_a_share_of_a_full_bucket_is_taken_at_once(ledger: ValkeyLedger) -> None:
    taken = await ledger.take(
        Bucket("key", requests=640, tokens=None), 1, 50, share=64, back=(0, 0)
    )

    assert (taken.requests, taken.tokens, taken.left_requests) == (10, 0, 630)


async def test_a_ledger_that_is_away_says_so() -> None:
    ledger = ValkeyLedger("redis://127.0.0.1:1/0")

    with pytest.raises(LedgerAway):
        await reserve(ledger, "a", 1)
    with pytest.raises(LedgerAway):
        await ledger.take(Bucket("key", requests=1), 1, 0, share=1, back=(0, 0))
    await ledger.close()
