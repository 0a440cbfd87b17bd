"""What an answer's head tells: who answered and why, what it cost, how the key's limits stand."""

import math
from datetime import UTC, datetime, timedelta
from functools import lru_cache

from samoey.api.relay.errors import Vendor
from samoey.domains.models.gateway.answering import Answer
from samoey.domains.models.gateway.rates import RateState

Headers = list[tuple[bytes, bytes]]

_MICRO = 1_000_000


def of_answer(answer: Answer, overhead_s: float) -> Headers:
    """Model, deployment, reason, attempts, our own time, and the cost where it is known."""
    deployment = answer.deployment
    told = [
        (b"x-samoey-model", _plain(deployment.model)),
        (b"x-samoey-deployment", _plain(f"{deployment.provider}/{deployment.model}")),
        (b"x-samoey-route", _plain(answer.reason)),
        (b"x-samoey-attempts", b"%d" % answer.attempts),
        (b"x-samoey-overhead-ms", b"%.2f" % (max(0.0, overhead_s) * 1000)),
    ]
    if answer.trimmed:
        told.append((b"x-samoey-trimmed", b"%d" % answer.trimmed))
    if answer.repairs:
        told.append((b"x-samoey-repairs", b"%d" % answer.repairs))
    if answer.cache is not None:
        told.append((b"x-samoey-cache", answer.cache.encode()))
    cost = 0 if answer.cache in {"hit", "semantic"} else answer.cost_micro
    if cost is not None:
        told.append((b"x-samoey-cost-usd", b"%.6f" % (cost / _MICRO)))
    return told


def of_limits(vendor: Vendor, rates: RateState) -> Headers:
    """The key's limits by the names that the vendor's programs look for."""
    told = []
    for what, limit, left, reset_s in (
        ("requests", rates.limit_requests, rates.left_requests, rates.reset_requests_s),
        ("tokens", rates.limit_tokens, rates.left_tokens, rates.reset_tokens_s),
    ):
        if limit is None or left is None:
            continue
        seconds = math.ceil(reset_s or 0)
        for name, value in (
            ("limit", str(limit)),
            ("remaining", str(left)),
            ("reset", _reset(vendor, seconds)),
        ):
            told.append((_name(vendor, name, what), value.encode()))
    return told


@lru_cache(64)
def _name(vendor: Vendor, name: str, what: str) -> bytes:
    if vendor == "anthropic":
        return f"anthropic-ratelimit-{what}-{name}".encode()
    return f"x-ratelimit-{name}-{what}".encode()


def _reset(vendor: Vendor, seconds: int) -> str:
    """When the limit is whole again: Anthropic tells the moment, OpenAI how long that takes."""
    if vendor == "openai":
        return f"{seconds}s"
    moment = datetime.now(UTC) + timedelta(seconds=seconds)
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


@lru_cache(4096)
def _plain(text: str) -> bytes:
    """A name that people chose, as a header can hold it."""
    return "".join(c if " " <= c <= "~" else "?" for c in text).encode("ascii")
