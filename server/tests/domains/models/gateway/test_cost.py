"""What requests cost, and what they may cost at the most."""

import pytest

from samoey.domains.models.gateway.cost import Tokens, cost_micro, estimate
from samoey.domains.models.gateway.shapes import Price

PRICE = Price(input=3_000_000, output=15_000_000, cache_read=300_000, cache_write=3_750_000)


@pytest.mark.parametrize(
    ("price", "tokens", "cost"),
    [
        (PRICE, Tokens(1000, 100), 4500),
        (PRICE, Tokens(1000, 100, cache_read=900), 300 + 270 + 1500),
        (PRICE, Tokens(1000, 0, cache_write=1000), 3750),
        (Price(1, 1), Tokens(1, 1), 1),
        (Price(2_000_000, 0), Tokens(10, 5, cache_read=10), 20),
        (None, Tokens(10**6, 10**6), 0),
    ],
)
def test_each_kind_of_token_has_its_price(price: Price | None, tokens: Tokens, cost: int) -> None:
    assert cost_micro(price, tokens) == cost


def test_an_estimate_takes_a_token_for_four_bytes_and_the_most_that_may_be_written() -> None:
    assert estimate(401, 50) == Tokens(101, 50)
    assert estimate(400, 50, answers=3) == Tokens(100, 150)
    assert estimate(0, None).completion > 0
