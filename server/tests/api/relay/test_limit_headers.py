from datetime import UTC, datetime

from samoey.api.relay import headers
from samoey.domains.models.gateway.rates import RateState

_STATE = RateState(
    limit_requests=60, left_requests=59, reset_requests_s=0.4,
    limit_tokens=1000, left_tokens=100, reset_tokens_s=54.0,
)  # fmt: skip


def test_limits_are_told_by_the_names_that_each_vendors_programs_know() -> None:
    openai = dict(headers.of_limits("openai", _STATE))
    anthropic = dict(headers.of_limits("anthropic", _STATE))

    assert openai[b"x-ratelimit-remaining-requests"] == b"59"
    assert openai[b"x-ratelimit-reset-tokens"] == b"54s"
    assert anthropic[b"anthropic-ratelimit-tokens-limit"] == b"1000"
    reset = anthropic[b"anthropic-ratelimit-tokens-reset"].decode()
    assert reset.endswith("Z")
    assert datetime.fromisoformat(reset).tzinfo == UTC
