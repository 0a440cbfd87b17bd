"""The ledger on Redis 7 or Valkey: one script for each verb, one round trip for each call."""

from contextlib import AbstractAsyncContextManager
from typing import Any

import msgspec
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError as NoConnection

from samoey.adapters import ledger_scripts as scripts
from samoey.adapters.redis_client import answered, client
from samoey.kit.ports.ledger import Account, Bucket, Closing, Grant, LedgerAway, Sums, Taken

_NONE = -1
_ANSWER_S = 1.0


class ValkeyLedger:
    """What all gateways of an installation count together; `prefix` keeps installations apart."""

    def __init__(self, url: str, *, prefix: str = "samoey:") -> None:
        # A connection that rested may be dead: one more try on a fresh one, and no waiting between.
        once_more = Retry(NoBackoff(), 1, supported_errors=(NoConnection,))
        self._redis = client(url, connect_s=_ANSWER_S, retry=once_more)
        self._prefix = prefix
        self._reserve = self._redis.register_script(scripts.RESERVE)
        self._settle = self._redis.register_script(scripts.SETTLE)
        self._restore = self._redis.register_script(scripts.RESTORE)
        self._take = self._redis.register_script(scripts.TAKE)

    async def close(self) -> None:
        """Close every connection."""
        await self._redis.aclose()

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
        """Hold an amount, or a share of what is left where that is more."""
        async with _answering():
            told: Any = await self._reserve(
                keys=self._keys(account.owner),
                args=[
                    reservation,
                    amount,
                    _limit(account.day_micro),
                    _limit(account.month_micro),
                    share,
                    round(hold_s * 1000),
                    round(lease_s * 1000),
                    msgspec.json.encode(closings),
                ],
            )
        outcome, granted, now, spent, retry, look = told
        return Grant(
            outcome.decode(),
            int(granted),
            int(now),
            bool(spent),
            int(retry),
            int(look) if look else None,
        )

    async def settle(self, owner: str, closings: tuple[Closing, ...], *, hold_s: float) -> None:
        """Count what was spent, and give back the rest."""
        async with _answering():
            await self._settle(
                keys=self._keys(owner), args=[msgspec.json.encode(closings), round(hold_s * 1000)]
            )

    async def restore(self, owner: str, until_ms: int, sums: Sums) -> None:
        """Tell what an account had spent until a moment, or tell it better than before."""
        async with _answering():
            await self._restore(keys=self._keys(owner), args=[until_ms, sums.day, sums.month])

    async def take(
        self, bucket: Bucket, requests: int, tokens: int, *, share: int, back: tuple[int, int]
    ) -> Taken:
        """Take requests and tokens from a bucket, or a share where that is more."""
        async with _answering():
            told: Any = await self._take(
                keys=[f"{self._prefix}rate:{{{bucket.owner}}}"],
                args=[
                    _limit(bucket.requests),
                    _limit(bucket.tokens),
                    requests,
                    tokens,
                    share,
                    *back,
                ],
            )
        granted, got_requests, got_tokens, left_requests, left_tokens, wait = map(int, told)
        return Taken(bool(granted), got_requests, got_tokens, left_requests, left_tokens, wait)

    def _keys(self, owner: str) -> list[str]:
        # What stands in braces decides on which node of a cluster all three of them live.
        whole = f"{self._prefix}ledger:{{{owner}}}"
        return [whole, f"{whole}:holds", f"{whole}:ends"]


def _limit(limit: int | None) -> int:
    return _NONE if limit is None else limit


def _answering() -> AbstractAsyncContextManager[None]:
    return answered(_ANSWER_S, LedgerAway)
