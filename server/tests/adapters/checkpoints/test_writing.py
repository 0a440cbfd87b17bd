"""Tokens become text by and by, and end where they were told to."""

from collections.abc import Sequence

import hypothesis.strategies as st
import pytest
from hypothesis import given

from samoey.adapters.checkpoints.life import Life
from samoey.adapters.checkpoints.writing import Speller, Stops

TEXTS = st.text(st.sampled_from("ab é漢👩"), max_size=40)


def of_bytes(tokens: Sequence[int]) -> str:
    return bytes(tokens).decode(errors="replace")


@given(TEXTS)
def test_no_half_sign_is_told_and_none_is_lost(text: str) -> None:
    tokens, speller = list(text.encode()), Speller(of_bytes)

    told = [speller.read(tokens[:at], last=False) for at in range(1, len(tokens) + 1)]
    told.append(speller.read(tokens, last=True))

    assert "".join(told) == text
    assert not any("\ufffd" in piece for piece in told)


@given(st.lists(TEXTS, max_size=8), st.lists(st.text("ab ", min_size=1, max_size=3), max_size=3))
def test_a_text_ends_before_the_first_word_to_stop_at(parts: list[str], words: list[str]) -> None:
    stops, told = Stops(words), ""
    for part in parts:
        told += stops.pass_on(part, last=False)
        if stops.met:
            break
    else:
        told += stops.pass_on("", last=True)

    text = "".join(parts)
    ends = [at for word in words if (at := text.find(word)) >= 0]
    assert stops.met == bool(ends)
    if ends:
        # Of two words that begin at different places, the one that is whole first counts.
        assert text.startswith(told)
        assert not any(word in told for word in words)
    else:
        assert told == text


class Hands:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


async def test_a_model_stays_while_it_is_asked_and_leaves_when_nobody_may_ask() -> None:
    clock = Hands()
    life = Life(alone_s=5, clock=clock)

    assert life.due() == 5
    with life.lease(60):
        assert life.due() == 60
        with life.lease(None), life.request():
            assert life.due() == float("inf")
        clock.now = 30
        assert life.due() == 60
        with life.request():
            clock.now = 100
            assert life.due() == float("inf")
        assert life.due() == 160
        clock.now = 150
    assert life.due() == 155
    life.leave()
    assert life.due() == pytest.approx(150)
    await life.end()
