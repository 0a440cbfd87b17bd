"""The seam to the ledger: money that is held and spent, and requests and tokens per minute.

All processes of an installation share it, and its own clock rules: what a replica takes for the
time changes nothing. Amounts are millionths of a dollar. What it forgets is summed up again from
the usage that is kept elsewhere.
"""

from typing import Literal, Protocol

from msgspec import Struct

from samoey.kit.problems import Unavailable


class LedgerAway(Unavailable):
    """Budgets and limits cannot be looked up now, and the settings refuse what needs them."""

    title = "The ledger of budgets and limits does not answer."


class Account(Struct, frozen=True):
    """Whose money it is, and the most of it in a day and a month (UTC); None is no limit."""

    owner: str
    day_micro: int | None = None
    month_micro: int | None = None


class Closing(Struct, frozen=True, kw_only=True):
    """The end of a reservation: what of it was spent, and what still runs goes on by itself.

    Told twice, it counts once. `late_ms` is when something was spent that could not be reserved,
    because the ledger was away; it is counted once, too.
    """

    id: str
    spent: int
    carried: tuple[tuple[str, int], ...] = ()
    late_ms: int = 0


class Grant(Struct, frozen=True):
    """What became of the wish to reserve.

    `unknown`: the ledger knows nothing of this account, and has to be told what was spent.
    `short`: nothing is left; `retry_ms` is when the window ends, or the first reservation that is
    still out. `look` is not None: what was summed up for the account until then may have missed
    something that was written late, and is to be summed up once more.
    """

    outcome: Literal["granted", "short", "unknown"]
    amount: int
    now_ms: int
    spent: bool
    retry_ms: int
    look: int | None


class Bucket(Struct, frozen=True):
    """Who is limited, and to how many requests and tokens in a minute; None is no limit."""

    owner: str
    requests: int | None = None
    tokens: int | None = None


class Taken(Struct, frozen=True):
    """What was taken from a bucket, what is left in it, and how long until there is enough."""

    granted: bool
    requests: int
    tokens: int
    left_requests: int
    left_tokens: int
    wait_ms: int


class Sums(Struct, frozen=True):
    """What was spent in the day and the month of a moment, until that moment."""

    day: int = 0
    month: int = 0


class Ledger(Protocol):
    """One round trip each; every verb raises `LedgerAway` when it has no answer."""

    async def reserve(
        self,
        account: Account,
        reservation: str,
        amount: int,
        *,
        share: int,
        hold_s: float,
        lease_s: float,
        closings: tuple[Closing, ...] = (),
    ) -> Grant:
        """Hold `amount`, or the share (1/`share` of what is left) where that is more: a lease.

        It comes back by itself: an amount after `hold_s`, a lease after `lease_s`. Before all
        else, `closings` are settled and what has expired is given back. It is granted as long as
        anything at all is left, so that nobody is refused who has money.
        """

    async def settle(self, owner: str, closings: tuple[Closing, ...], *, hold_s: float) -> None:
        """Count what was spent, and give back the rest."""

    async def restore(self, owner: str, until_ms: int, sums: Sums) -> None:
        """Tell what an account had spent until a moment, or tell it better than before."""

    async def take(
        self, bucket: Bucket, requests: int, tokens: int, *, share: int, back: tuple[int, int]
    ) -> Taken:
        """Take requests and tokens from a bucket, or a share where that is more.

        `back` is given back before. Whatever is larger than the bucket is granted when it is full.
        """

    async def close(self) -> None:
        """Close every connection."""
