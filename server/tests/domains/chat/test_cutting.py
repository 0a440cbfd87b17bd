from itertools import accumulate, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from samoey.domains.chat.answers.cutting import Cutter


def cut(*parts: str) -> list[tuple[str, bool]]:
    cutter = Cutter()
    units = [unit for part in parts for unit in cutter.add(part)] + cutter.rest()
    return [(unit.text, unit.code) for unit in units]


@pytest.mark.parametrize(
    ("text", "units"),
    [
        ("One. Two.", ["One. ", "Two."]),
        ("One [S1]. Two.", ["One [S1]. ", "Two."]),
        ("One. [S1] Two.", ["One. [S1] ", "Two."]),
        ("One. [S1][S2] [S3] Two.", ["One. [S1][S2] [S3] ", "Two."]),
        ("Is it `a. b`? Yes.", ["Is it `a. b`? ", "Yes."]),
        ("Use e.g. this. Or i.e. that.", ["Use e.g. this. ", "Or i.e. that."]),
        ("- one\n- two\n", ["- one\n", "- two\n"]),
        ("It is 3.5 MB.", ["It is 3.5 MB."]),
        ("no end", ["no end"]),
        ("", []),
    ],
)
def test_words_are_cut_at_the_ends_of_sentences_with_their_citations(
    text: str, units: list[str]
) -> None:
    assert [unit for unit, _ in cut(text)] == units


def test_a_citation_that_comes_late_still_belongs_to_its_sentence() -> None:
    cutter = Cutter()

    assert cutter.add("It starts. ") == []
    assert cutter.add("[S1") == []
    assert [unit.text for unit in cutter.add("] Then it")] == ["It starts. [S1] "]


def test_code_blocks_are_never_read_for_citations() -> None:
    text = "See:\n```python\nx = a[S1]  # one. two\n```\nDone. It is.\n"

    assert cut(text) == [
        ("See:\n", False),
        ("```python\nx = a[S1]  # one. two\n```\n", True),
        ("Done. ", False),
        ("It is.\n", False),
    ]


def test_a_longer_fence_holds_shorter_ones() -> None:
    text = "````\n```\nstill code\n````\nText.\n"

    assert cut(text) == [("````\n```\nstill code\n````\n", True), ("Text.\n", False)]


def test_a_code_block_without_end_stays_code() -> None:
    assert _joined(cut("```\na [S1]")) == [("```\na [S1]", True)]


def test_a_sentence_without_end_is_cut_somewhere() -> None:
    units = [unit for unit, _ in cut("word " * 2_000)]

    assert max(map(len, units)) <= 2_000
    assert "".join(units) == "word " * 2_000


MARKDOWN = st.text(alphabet="ab. `[]S1\n!?~#", max_size=80)


@given(MARKDOWN, st.lists(st.integers(1, 9), max_size=20))
def test_however_words_come_the_same_is_cut_and_nothing_is_lost(
    text: str, steps: list[int]
) -> None:
    places = [0, *accumulate(steps), len(text)]
    parts = [text[begin:end] for begin, end in pairwise(places)]
    parts.append(text[sum(len(part) for part in parts) :])

    in_parts, at_once = cut(*parts), cut(text)

    assert "".join(unit for unit, _ in in_parts) == text
    assert _joined(in_parts) == _joined(at_once)


def _joined(units: list[tuple[str, bool]]) -> list[tuple[str, bool]]:
    # Lines of one code block may come in one unit or in several.
    joined: list[tuple[str, bool]] = []
    for text, code in units:
        if code and joined and joined[-1][1]:
            joined[-1] = (joined[-1][0] + text, True)
        else:
            joined.append((text, code))
    return joined
