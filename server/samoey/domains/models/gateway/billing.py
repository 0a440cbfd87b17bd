"""What one request holds, gives back and leaves behind, however it ends: exactly once."""

from asyncio import CancelledError
from typing import NamedTuple, Protocol

from samoey.domains.models.gateway.answering import Answer, Outcome
from samoey.domains.models.gateway.asked import Asked
from samoey.domains.models.gateway.breaker import Clock
from samoey.domains.models.gateway.budget import Hold
from samoey.domains.models.gateway.cost import Tokens, cost_micro, estimate
from samoey.domains.models.gateway.rates import NO_LIMITS, RateState
from samoey.domains.models.gateway.routing import Route
from samoey.domains.models.gateway.shapes import Caller, KeyPolicy
from samoey.domains.models.gateway.structure import most_asked
from samoey.domains.models.gateway.usage import Usage
from samoey.kit.ids import new_text_id
from samoey.kit.problems import Problem

# As proxies write them: who asked left, the answer broke off, and a fault of our own.
_STATUS: dict[Outcome, int] = {"left": 499, "failed": 502}
_BUG = 500
# What a row can hold, whatever a vendor tells.
_MOST = 2**31 - 1


class Budgets(Protocol):
    """Holds money before it is spent."""

    async def reserve(self, policy: KeyPolicy, amount_micro: int, /) -> Hold:
        """Hold what a request will cost at the most; raises where nothing is left."""


class Limits(Protocol):
    """Counts requests and tokens."""

    async def admit(self, policy: KeyPolicy, tokens: int, /) -> RateState:
        """Let a request pass, or raise when the next one may."""

    def correct(self, policy: KeyPolicy, tokens: int, /) -> None:
        """Give back what was estimated and not used."""


class Books(Protocol):
    """Keeps what was used, for good."""

    def note(self, row: Usage, /) -> None:
        """One more request; never waits."""


class Till(NamedTuple):
    """Where requests are counted, paid and written down."""

    budgets: Budgets
    limits: Limits
    books: Books


class _Uncounted:
    """Lets everything pass and remembers nothing: for a look at what the environment connects."""

    async def reserve(self, _policy: KeyPolicy, _amount_micro: int, /) -> Hold:
        return Hold(None, None)

    async def admit(self, _policy: KeyPolicy, _tokens: int, /) -> RateState:
        return NO_LIMITS

    def correct(self, _policy: KeyPolicy, _tokens: int, /) -> None:
        pass

    def note(self, _row: Usage, /) -> None:
        pass


UNCOUNTED = Till(_Uncounted(), _Uncounted(), _Uncounted())


class Bill:
    """One request's limits, money and trace."""

    def __init__(
        self, till: Till, caller: Caller, asked: Asked, *, clock: Clock, wall: Clock
    ) -> None:
        self._till, self._caller, self._asked = till, caller, asked
        self._clock, self._began, self._at = clock, clock(), wall()
        self._tokens = asked.needs.tokens + (asked.needs.output or 0)
        if caller.policy.tpm is not None:
            # An estimate is never more than a minute holds: what was really used is counted after.
            self._tokens = min(self._tokens, max(1, caller.policy.tpm))
        self._hold: Hold | None = None
        self._admitted = False
        self.rates = NO_LIMITS

    async def open(self, route: Route) -> None:
        """Let the request pass, and hold what it will cost at the most.

        Raises:
            RateLimited, BudgetSpent, LedgerAway: not now.
        """
        await self.admit()
        amount = most(route, self._asked) * most_asked(self._asked, route.alias.repairs)
        self._hold = await self._till.budgets.reserve(self._caller.policy, amount)

    async def admit(self) -> None:
        """Let the request pass that costs nothing.

        Raises:
            RateLimited, LedgerAway: not now.
        """
        self.rates = await self._till.limits.admit(self._caller.policy, self._tokens)
        self._admitted = True

    def settle(self, answer: Answer, outcome: Outcome, tokens: Tokens) -> int:
        """The answer ended: pay for what was used, and keep it; the cost in micro-dollars."""
        cost = 0 if outcome == "refused" else cost_micro(answer.deployment.price, tokens)
        self._close(cost, tokens)
        first_s = answer.waited_s if answer.body is None else None
        self._note(
            _STATUS.get(outcome, answer.status),
            cost,
            tokens,
            deployment=answer.deployment.id,
            first_ms=None if first_s is None else round(first_s * 1000),
            attempts=answer.attempts,
        )
        return cost

    def unanswered(self, error: BaseException) -> None:
        """There is no answer: nothing was spent."""
        self._close(0, Tokens())
        if isinstance(error, Problem):
            self._note(error.status, 0, Tokens(), deployment="", first_ms=None, attempts=0)
        else:
            status = _STATUS["left"] if isinstance(error, CancelledError) else _BUG
            self._note(status, 0, Tokens(), deployment="", first_ms=None, attempts=0)

    def _close(self, cost: int, tokens: Tokens) -> None:
        if self._hold is not None:
            self._hold.settle(cost)
        if self._admitted:
            used = tokens.prompt + tokens.completion
            self._till.limits.correct(self._caller.policy, self._tokens - used)

    def _note(
        self,
        status: int,
        cost: int,
        tokens: Tokens,
        *,
        deployment: str,
        first_ms: int | None,
        attempts: int,
    ) -> None:
        policy = self._caller.policy
        if not policy.user_id:
            # Nobody's usage: the house looked for itself.
            return
        row = Usage(
            # Programs choose the ids of their requests, and may choose one twice.
            id=new_text_id(),
            # Whoever sums up what was spent before a moment finds no money of later reservations.
            at=self._at if self._hold is None else max(self._at, self._hold.at),
            key_id=policy.key_id,
            user_id=policy.user_id,
            workspace_id=policy.workspace_id,
            model=self._asked.model,
            deployment=deployment,
            prompt_tokens=min(_MOST, tokens.prompt),
            completion_tokens=min(_MOST, tokens.completion),
            cached_tokens=min(_MOST, tokens.cache_read),
            cost_micro=cost,
            ms=round((self._clock() - self._began) * 1000),
            first_ms=first_ms,
            status=status,
            attempts=attempts,
            hold=self._hold.id if self._hold is not None else "",
        )
        self._till.books.note(row)


def most(route: Route, asked: Asked) -> int:
    """What the dearest of the candidates may cost."""
    prices = [it.deployment.price for it in route.candidates if it.deployment.price]
    if not prices:
        return 0
    tokens = estimate(asked.needs.tokens * 4, asked.needs.output, answers=asked.answers)
    return max(cost_micro(price, tokens) for price in prices)
