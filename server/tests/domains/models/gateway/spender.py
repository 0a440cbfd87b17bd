"""A purse as a process of its own: it spends until nothing is left, or holds until it is killed."""

import asyncio
import random
import sys

from samoey.adapters.ledger import ValkeyLedger
from samoey.domains.models.gateway.budget import BudgetSpent, Purse, PurseLimits
from samoey.domains.models.gateway.shapes import KeyPolicy
from samoey.kit.ports.ledger import Sums

MOST = 100
# No busy machine keeps a process from its lease for as long as the grace.
LIMITS = PurseLimits(lease_s=0.3, grace_s=60, hold_s=60, wait_s=3)


def policy(day_micro: int, key: str = "key") -> KeyPolicy:
    return KeyPolicy(key_id=key, user_id="ada", workspace_id="here", day_micro=day_micro)


async def nothing_yet(_owner: str, _until_ms: int) -> Sums:
    return Sums()


async def spend(purse: Purse, budget: int, chance: random.Random) -> int:
    """Spend as one client after another until nothing is left; gives what was spent."""
    spent = 0
    while True:
        try:
            hold = await purse.reserve(policy(budget), MOST)
        except BudgetSpent as refused:
            if refused.extra["held"]:
                # Others still run; on a busy machine for longer than anybody waits.
                continue
            return spent
        await asyncio.sleep(0)
        cost = chance.randint(1, MOST)
        hold.settle(cost)
        spent += cost


def say(word: str) -> None:
    sys.stdout.write(word + "\n")
    sys.stdout.flush()


async def main(url: str, prefix: str, what: str, budget: int) -> None:
    purse = Purse(ValkeyLedger(url, prefix=prefix), nothing_yet, LIMITS)
    await purse.open()
    if what == "hold":
        short = Purse(
            ValkeyLedger(url, prefix=prefix), nothing_yet, PurseLimits(hold_s=0.5, lease_s=0.1)
        )
        for _ in range(5):
            await short.reserve(policy(budget), budget // 5)
        say("holding")
        await asyncio.sleep(600)
    chance = random.Random()
    say("ready")
    await asyncio.to_thread(sys.stdin.readline)
    clients = (spend(purse, budget, chance) for _ in range(16))
    total = sum(await asyncio.gather(*clients))
    await purse.close()
    say(str(total))


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4])))
