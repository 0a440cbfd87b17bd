"""Money: held before a request is sent, settled after it, so that a budget is what it says.

Far from the limit a process holds a small lease and spends from it without asking anybody; near
it every request asks the ledger. What a process holds when it dies comes back by itself.
"""

import asyncio
import contextlib
import logging
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Literal

from msgspec import Struct

from samoey.domains.models.gateway.shapes import KeyPolicy
from samoey.kit.ids import new_id
from samoey.kit.ports.ledger import Account, Closing, Grant, Ledger, LedgerAway, Sums
from samoey.kit.problems import TooMany

log = logging.getLogger(__name__)

# Sums up what an account had spent until a moment (milliseconds), from what is kept for good.
History = Callable[[str, int], Awaitable[Sums]]
WhenAway = Literal["closed", "open"]

# How long whoever finds everything held waits until the ledger is asked once more.
_LOOK_AGAIN_S = 0.05


class BudgetSpent(TooMany):
    """The key's budget is used up; `retry_at` (seconds since 1970) is when there is a new one.

    `held` tells that there is some left, which requests that still run may need.
    """

    title = "The budget of this key is spent."


class PurseLimits(Struct, frozen=True, kw_only=True):
    """How long money is held, and what happens while the ledger is away.

    A lease is spent from for `lease_s` and comes back `grace_s` later at the latest; one request's
    money comes back after `hold_s`, which is longer than any request takes. `share` is the part
    (1/`share`) of what is left that a lease may hold. Whoever finds nothing left because it is
    held waits `wait_s` for it to come back.
    """

    when_away: WhenAway = "closed"
    lease_s: float = 1.0
    grace_s: float = 9.0
    hold_s: float = 660.0
    share: int = 64
    wait_s: float = 3.0
    away_s: float = 0.5


class Hold:
    """Money that is held for one request, until `settle` tells what the request cost."""

    __slots__ = ("_lease", "_purse")

    def __init__(self, purse: "Purse | None", lease: "_Lease | None") -> None:
        self._purse, self._lease = purse, lease

    @property
    def id(self) -> str:
        """Under which reservation the money stands, or stood when it was settled."""
        return self._lease.id if self._lease else ""

    @property
    def at(self) -> float:
        """When the money was set aside, by the ledger's clock: no usage of it is older."""
        return self._lease.at if self._lease else 0.0

    def settle(self, spent_micro: int) -> None:
        """Tell what was spent; the first time counts. Never waits."""
        purse, lease = self._purse, self._lease
        if purse is None or lease is None:
            return
        self._purse = None
        lease.settle(self, spent_micro)
        purse.settled(lease)

    def move(self, lease: "_Lease") -> None:
        """Live on another reservation from now on."""
        self._lease = lease


class _Lease:
    """A reservation at the ledger, and the requests that live on it."""

    __slots__ = ("at", "id", "late", "left", "open", "owner", "spent", "until")

    def __init__(
        self, owner: str, reservation: str, amount: int, *, until: float = 0.0, at: float = 0.0
    ) -> None:
        self.owner, self.id, self.left = owner, reservation, amount
        self.until, self.at = until, at
        self.spent = 0
        self.late = False
        self.open: dict[Hold, int] = {}

    def give(self, purse: "Purse", amount: int) -> Hold:
        hold = Hold(purse, self)
        self.left -= amount
        self.open[hold] = amount
        return hold

    def settle(self, hold: Hold, spent: int) -> None:
        self.left += self.open.pop(hold) - spent
        self.spent += spent


class Purse:
    """The money of every key that this process answers for; `open` before use, `close` after."""

    def __init__(
        self,
        ledger: Ledger,
        history: History,
        limits: PurseLimits | None = None,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._ledger, self._history, self._clock = ledger, history, clock
        self._limits = limits or PurseLimits()
        self._leases: dict[str, _Lease] = {}
        self._locks: dict[str, asyncio.Lock] = {}
        self._short_until: dict[str, float] = {}
        # What the ledger has to be told; apart from it, what was spent while it was away.
        self._telling: dict[str, list[Closing]] = {}
        self._late: dict[str, Closing] = {}
        self._awake = asyncio.Event()
        self._away_until = 0.0
        self._teller: asyncio.Task[None] | None = None
        self._looking: set[asyncio.Task[None]] = set()

    async def open(self) -> None:
        """Begin to tell the ledger what was spent."""
        self._teller = asyncio.create_task(self._tell_forever())

    async def close(self) -> None:
        """Give back what is held for nobody, and tell the rest."""
        if self._teller is not None:
            self._teller.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._teller
        for task in list(self._looking):
            task.cancel()
        for owner in list(self._leases):
            self._end_lease(owner)
        await self._tell()

    async def reserve(self, policy: KeyPolicy, amount_micro: int) -> Hold:
        """Hold what a request will cost at the most.

        Raises:
            BudgetSpent: nothing is left of the key's budget, now or until its window ends.
            LedgerAway: it does not answer, and the settings refuse to spend without it.
        """
        if policy.key_id is None or (policy.day_micro is None and policy.month_micro is None):
            return Hold(None, None)
        amount = max(1, amount_micro)
        hold = self._from_lease(policy.key_id, amount)
        if hold is not None:
            return hold
        account = Account(policy.key_id, policy.day_micro, policy.month_micro)
        return await self._ask(account, amount)

    def settled(self, lease: "_Lease") -> None:
        """Tell the ledger, unless more will be spent from the same lease."""
        if self._leases.get(lease.owner) is lease or lease.open:
            return
        self._close(lease)

    def _from_lease(self, owner: str, amount: int) -> Hold | None:
        lease = self._leases.get(owner)
        if lease is None or lease.left < amount or self._clock() >= lease.until:
            return None
        return lease.give(self, amount)

    async def _ask(self, account: Account, amount: int) -> Hold:
        give_up = self._clock() + self._limits.wait_s
        lock = self._locks.setdefault(account.owner, asyncio.Lock())
        while True:
            async with lock:
                # Somebody who was before us in the queue may have brought a lease.
                hold = self._from_lease(account.owner, amount)
                if hold is None and self._clock() >= self._short_until.get(account.owner, 0.0):
                    hold = await self._ask_ledger(account, amount, give_up)
            if hold is not None:
                return hold
            await asyncio.sleep(_LOOK_AGAIN_S)

    async def _ask_ledger(self, account: Account, amount: int, give_up: float) -> Hold | None:
        owner, reservation = account.owner, new_id().hex
        try:
            asked = self._clock()
            grant = await self._reserve(account, reservation, amount)
            if grant.outcome == "unknown":
                await self._remind(owner, grant.now_ms)
                asked = self._clock()
                grant = await self._reserve(account, reservation, amount)
        except LedgerAway:
            return self._without_ledger(owner, amount)
        if grant.look is not None:
            self._look_again(owner, grant.look)
        if grant.outcome == "granted":
            # The ledger counts from when it heard: an answer that comes late is not used longer.
            until = asked + self._limits.lease_s
            return self._new_lease(owner, reservation, grant, amount, until=until)
        if grant.spent or self._clock() >= give_up:
            raise _spent(grant, final=grant.spent)
        if grant.outcome == "short":
            self._short_until[owner] = self._clock() + _LOOK_AGAIN_S
        return None

    async def _reserve(self, account: Account, reservation: str, amount: int) -> Grant:
        if self._clock() < self._away_until:
            raise LedgerAway
        self._end_lease(account.owner)
        closings = tuple(self._telling.pop(account.owner, ()))
        try:
            return await self._ledger.reserve(
                account,
                reservation,
                amount,
                share=self._limits.share,
                hold_s=self._limits.hold_s,
                lease_s=self._limits.lease_s + self._limits.grace_s,
                closings=closings,
            )
        except BaseException as error:
            # Whether it was heard, nobody knows: whatever it holds is given back.
            unused = Closing(id=reservation, spent=0)
            self._tell_again(account.owner, (*closings, unused))
            if isinstance(error, LedgerAway):
                self._away_until = self._clock() + self._limits.away_s
            raise

    def _new_lease(
        self, owner: str, reservation: str, grant: Grant, amount: int, *, until: float
    ) -> Hold:
        lease = _Lease(owner, reservation, grant.amount, until=until, at=grant.now_ms / 1000)
        if grant.amount > amount:
            self._leases[owner] = lease
        return lease.give(self, amount)

    def _without_ledger(self, owner: str, amount: int) -> Hold:
        if self._limits.when_away == "closed":
            raise LedgerAway
        lease = _Lease(owner, new_id().hex, amount)
        lease.late = True
        return lease.give(self, amount)

    async def _remind(self, owner: str, now_ms: int) -> None:
        try:
            sums = await self._history(owner, now_ms)
        except Exception as error:
            if self._limits.when_away == "closed":
                raise LedgerAway from error
            # It is summed up once more in a while.
            log.warning("what a key has spent could not be summed up", exc_info=True)
            sums = Sums()
        await self._ledger.restore(owner, now_ms, sums)

    def _look_again(self, owner: str, until_ms: int) -> None:
        async def look() -> None:
            try:
                await self._ledger.restore(owner, until_ms, await self._history(owner, until_ms))
            except Exception:
                log.warning("what a key has spent could not be summed up again", exc_info=True)

        task = asyncio.create_task(look())
        self._looking.add(task)
        task.add_done_callback(self._looking.discard)

    def _end_lease(self, owner: str) -> None:
        lease = self._leases.pop(owner, None)
        if lease is not None:
            self._close(lease)

    def _close(self, lease: _Lease) -> None:
        """Have the ledger told; what still runs goes on as a reservation of its own each."""
        self._awake.set()
        if lease.late:
            before = self._late.get(lease.owner)
            self._late[lease.owner] = Closing(
                id=before.id if before else lease.id,
                spent=lease.spent + (before.spent if before else 0),
                late_ms=before.late_ms if before else round(time.time() * 1000),
            )
            return
        carried = []
        for hold, amount in list(lease.open.items()):
            own = _Lease(lease.owner, new_id().hex, 0, at=lease.at)
            own.open[hold] = amount
            hold.move(own)
            carried.append((own.id, amount))
        closing = Closing(id=lease.id, spent=lease.spent, carried=tuple(carried))
        self._telling.setdefault(lease.owner, []).append(closing)

    async def _tell_forever(self) -> None:
        while True:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self._limits.lease_s / 4):
                    await self._awake.wait()
            self._awake.clear()
            now = self._clock()
            for owner in [owner for owner, it in self._leases.items() if now >= it.until]:
                self._end_lease(owner)
            if (self._telling or self._late) and now >= self._away_until:
                await self._tell()

    async def _tell(self) -> None:
        for owner, late in list(self._late.items()):
            # From here on it may have been heard: nothing more is added to it.
            self._telling.setdefault(owner, []).append(self._late.pop(owner, late))
        for owner in list(self._telling):
            # One after the other: what goes on as a reservation of its own is told before its end.
            async with self._locks.setdefault(owner, asyncio.Lock()):
                closings = tuple(self._telling.pop(owner, ()))
                try:
                    await self._ledger.settle(owner, closings, hold_s=self._limits.hold_s)
                except (LedgerAway, asyncio.CancelledError) as error:
                    self._tell_again(owner, closings)
                    if not isinstance(error, LedgerAway):
                        raise
                    self._away_until = self._clock() + self._limits.away_s
                    return

    def _tell_again(self, owner: str, closings: tuple[Closing, ...]) -> None:
        """Tell what may not have been heard before all that ended since."""
        self._telling[owner] = [*closings, *self._telling.get(owner, ())]


def _spent(grant: Grant, *, final: bool) -> BudgetSpent:
    seconds = max(1, -(-(grant.retry_ms - grant.now_ms) // 1000)) if final else 1
    when = datetime.fromtimestamp(grant.retry_ms / 1000, UTC)
    detail = (
        f"There is a new one from {when:%Y-%m-%d %H:%M} UTC."
        if final
        else "What is left of it is held by requests that still run."
    )
    return BudgetSpent(
        detail, retry_after=seconds, retry_at=grant.now_ms // 1000 + seconds, held=not final
    )
