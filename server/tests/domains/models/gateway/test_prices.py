"""Prices: each with its source, at the vendor's own address, behind what the operator writes."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from samoey.domains.models.gateway.prices import (
    PricesUnreadable,
    in_the_package,
    prices,
    read,
)
from samoey.domains.models.gateway.shapes import Price

OPENAI, ANTHROPIC = "https://api.openai.com/v1", "https://api.anthropic.com"
OWN = """
[[source]]
url = "our contract"
date = 2026-11-01
hosts = ["api.openai.com", "llm.example.org"]
models = { "gpt-4o" = { input = 1, output = 2.5, cache_read = 0.5 } }

[[source]]
url = "the bill for power"
date = 2026-11-01
models = { "llama" = { input = 0.01, output = 0.02 } }
"""


def test_every_price_says_where_and_when_it_was_read() -> None:
    sources = read(in_the_package())

    assert len(sources) > 5
    for source in sources:
        assert source.url.startswith("https://"), source
        assert date(2025, 1, 1) < source.date <= datetime.now(UTC).date(), source
        assert source.hosts != ("*",), source
        for model, dollars in source.models.items():
            assert 0 < dollars.input <= 100, model
            assert 0 <= dollars.output <= 500, model
            assert (dollars.cache_read or 0) <= dollars.input, model


def test_no_model_has_two_prices_at_one_address() -> None:
    named = [
        (host, model)
        for source in read(in_the_package())
        for host in source.hosts
        for model in source.models
    ]

    assert len(named) == len(set(named))


def test_a_price_holds_at_the_vendors_own_address_and_for_dated_names() -> None:
    known = prices()

    assert known.of(OPENAI, "gpt-4o") == Price(2_500_000, 10_000_000)
    assert known.of(OPENAI, "gpt-4o-2024-08-06") == known.of(OPENAI, "gpt-4o")
    assert known.of(ANTHROPIC, "claude-sonnet-4-5-20250929") == Price(3_000_000, 15_000_000)
    assert known.of("http://127.0.0.1:11434/v1", "gpt-4o") is None
    assert known.of(OPENAI, "gpt-unheard-of") is None


def test_the_operators_own_prices_go_before(tmp_path: Path) -> None:
    (tmp_path / "prices.toml").write_text(OWN)
    known = prices(tmp_path / "prices.toml")

    assert known.of(OPENAI, "gpt-4o") == Price(1_000_000, 2_500_000, 500_000)
    assert known.of("https://llm.example.org/v1", "gpt-4o") == known.of(OPENAI, "gpt-4o")
    assert known.of("http://anywhere:1/v1", "llama") == Price(10_000, 20_000)
    assert known.of(OPENAI, "gpt-4o-mini") == prices().of(OPENAI, "gpt-4o-mini")


@pytest.mark.parametrize("text", ["", "[[", "[[source]]\nurl='x'\n", "other = 1"])
def test_a_file_of_another_form_is_told(tmp_path: Path, text: str) -> None:
    file = tmp_path / "prices.toml"
    if text:
        file.write_text(text)

    with pytest.raises(PricesUnreadable) as told:
        read(file)
    assert str(file) in str(told.value)
