"""Requests and tokens per minute of a key: buckets that all processes share.

Far from the limit a process takes a share at once and gives from it; near it every request asks.
"""

import asyncio
import math
import time
from collections.abc import Callable

from msgspec import Struct

from samoey.domains.models.gateway.budget import WhenAway
from samoey.domains.models.gateway.shapes import KeyPolicy
from samoey.kit.ports.ledger import Bucket, Ledger, LedgerAway, Taken
from samoey.kit.problems import TooMany

_SHARE = 32
_SHARE_S = 1.0
_AWAY_S = 0.5
_MINUTE_S = 60


class RateLimited(TooMany):
    """The key asked more often, or for more tokens, than it may in a minute."""

    title = "This key asks too often."


class RateState(Struct, frozen=True):
    """How a key stands with its limits, for the headers of an answer; None has no limit."""

    limit_requests: int | None = None
    left_requests: int | None = None
    reset_requests_s: float | None = None
    limit_tokens: int | None = None
    left_tokens: int | None = None
    reset_tokens_s: float | None = None


NO_LIMITS = RateState()


class _Share:
    """What this process took of a bucket, to give from until `until`."""

    __slots__ = ("left_requests", "left_tokens", "requests", "tokens", "until")

    def __init__(self) -> None:
        self.requests = self.tokens = 0
        self.left_requests = self.left_tokens = 0
        self.until = 0.0


class Rates:
    """The buckets of every key that this process answers for."""

    def __init__(
        self,
        ledger: Ledger,
        *,
        when_away: WhenAway = "closed",
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._ledger, self._when_away, self._clock = ledger, when_away, clock
        self._shares: dict[str, _Share] = {}
        self._locks: dict[str, asyncio.Lock] = {}
        self._away_until = 0.0

    async def admit(self, policy: KeyPolicy, tokens: int) -> RateState:
        """Let one request with so many tokens (estimated) pass.

        Raises:
            RateLimited: not now; `retry_after` tells when.
            LedgerAway: it does not answer, and the settings refuse to admit without it.
        """
        if policy.key_id is None or (policy.rpm is None and policy.tpm is None):
            return NO_LIMITS
        share = self._shares.setdefault(policy.key_id, _Share())
        if not self._give(share, policy, tokens):
            async with self._locks.setdefault(policy.key_id, asyncio.Lock()):
                if not self._give(share, policy, tokens):
                    await self._take(share, policy, tokens)
        return _state(policy, share)

    def correct(self, policy: KeyPolicy, tokens: int) -> None:
        """Give back tokens that were estimated and not used (or, below zero, take what was)."""
        if policy.key_id is not None and policy.tpm is not None:
            share = self._shares.setdefault(policy.key_id, _Share())
            share.tokens += tokens

    def _give(self, share: _Share, policy: KeyPolicy, tokens: int) -> bool:
        if self._clock() >= share.until:
            return False
        if policy.rpm is not None and share.requests < 1:
            return False
        if policy.tpm is not None and share.tokens < tokens:
            return False
        share.requests -= 1
        share.tokens -= tokens
        return True

    async def _take(self, share: _Share, policy: KeyPolicy, tokens: int) -> None:
        assert policy.key_id is not None
        bucket = Bucket(policy.key_id, policy.rpm, policy.tpm)
        back = (share.requests, share.tokens)
        share.requests = share.tokens = 0
        try:
            taken = await self._asked(bucket, tokens, back)
        except BaseException as error:
            share.requests, share.tokens = share.requests + back[0], share.tokens + back[1]
            if isinstance(error, LedgerAway) and self._when_away == "open":
                return
            raise
        share.left_requests, share.left_tokens = taken.left_requests, taken.left_tokens
        if not taken.granted:
            seconds = max(1, math.ceil(taken.wait_ms / 1000))
            raise RateLimited(f"Come back in {seconds} s.", retry_after=seconds)
        if policy.rpm is not None:
            share.requests += taken.requests - 1
        if policy.tpm is not None:
            share.tokens += taken.tokens - tokens
        share.until = self._clock() + _SHARE_S

    async def _asked(self, bucket: Bucket, tokens: int, back: tuple[int, int]) -> Taken:
        if self._clock() < self._away_until:
            raise LedgerAway
        try:
            return await self._ledger.take(bucket, 1, tokens, share=_SHARE, back=back)
        except LedgerAway:
            self._away_until = self._clock() + _AWAY_S
            raise


def _state(policy: KeyPolicy, share: _Share) -> RateState:
    requests, tokens = max(0, share.requests), max(0, share.tokens)
    return RateState(
        policy.rpm,
        *_left(policy.rpm, share.left_requests + requests),
        policy.tpm,
        *_left(policy.tpm, share.left_tokens + tokens),
    )


def _left(limit: int | None, left: int) -> tuple[int | None, float | None]:
    """What is left of a limit, and how long until the bucket is full again."""
    if limit is None:
        return None, None
    left = min(limit, left)
    return left, (limit - left) * _MINUTE_S / limit if limit else float(_MINUTE_S)
