"""Weighing what words and meaning find: each part moves the score as it says it does."""

from dataclasses import replace

import pytest

from samoey.domains.knowledge.fusing.candidates import Candidate, Question
from samoey.domains.knowledge.fusing.choosing import chosen
from samoey.domains.knowledge.fusing.scoring import Scored, scored
from samoey.domains.knowledge.lexical.fields import Passage
from samoey.domains.knowledge.lexical.naming import EXACT
from samoey.domains.knowledge.lexical.ranking import Wish
from samoey.domains.knowledge.lexical.words import Words

BODY = "def {name}(one, two):\n    return one + two\n"


def asking(text: str) -> Question:
    return Question(text, Words().line(text).split())


def passage(name: str, path: str = "src/a.py", text: str | None = None) -> Passage:
    return Passage(path, "python", name, "function", 1, 2, text or BODY.format(name=name))


def found(name: str, words: float, meaning: float | None, **of: str) -> Candidate:
    return Candidate(0, passage(name, **of), words, meaning)


def names(ranked: list[Scored]) -> list[str | None]:
    return [each.candidate.passage.name for each in ranked]


FILLER = [found(f"other{n}", 1 + n / 10, 0.2 + n / 100) for n in range(8)]


def test_what_fits_by_words_and_by_meaning_comes_before_what_fits_by_one_of_them() -> None:
    pool = [found("worded", 9, 0.2), found("both", 7, 0.6), found("meant", 1, 0.65), *FILLER]

    ranked = scored(pool, asking("anything at all"), prior=False)

    assert names(ranked)[0] == "both"


@pytest.mark.parametrize("prior", [True, False])
def test_the_parts_of_a_score_add_up_to_it_and_the_least_score_is_nothing(prior: bool) -> None:  # noqa: FBT001 - a table of two
    pool = [found("one", 9, 0.5), found("two", 7, None, path="tests/test_a.py"), *FILLER]

    ranked = scored(pool, asking("sum of one and two"), prior=prior)

    for each in ranked:
        assert sum(each.parts.values()) == pytest.approx(each.score)
    assert ranked[-1].score == pytest.approx(0)


def test_a_test_steps_back_unless_the_question_is_about_tests_or_nothing_is_to_step_back() -> None:
    pool = [found("code", 5, 0.5), found("checks", 5.2, 0.52, path="tests/test_a.py"), *FILLER]

    assert names(scored(pool, asking("add two numbers"), prior=True))[0] == "code"
    assert names(scored(pool, asking("add two numbers"), prior=False))[0] == "checks"
    assert names(scored(pool, asking("test of adding"), prior=True))[0] == "checks"


def test_what_the_best_ones_make_use_of_comes_up() -> None:
    caller = found("caller", 6, 0.5, text="def caller():\n    return gathered(1)\n")
    pool = [caller, found("gathered", 3, 0.4), found("scattered", 3, 0.4), *FILLER]

    ranked = scored(pool, asking("anything"), prior=False)

    parts = {each.candidate.passage.name: each.parts for each in ranked}
    assert parts["gathered"]["used"] > 0
    assert parts["scattered"]["used"] == 0


def test_what_has_no_vector_yet_is_not_left_behind() -> None:
    pool = [found("new", 9, None), found("old", 3, 0.25), *FILLER]

    assert names(scored(pool, asking("anything"), prior=False))[0] == "new"


def test_what_the_question_names_comes_first_whatever_it_means() -> None:
    named = replace(found("run_it", 1, 0.1), named=EXACT)

    assert (
        names(scored([found("best", 9, 0.9), named, *FILLER], asking("run_it"), prior=True))[0]
        == "run_it"
    )


def test_near_duplicates_are_shown_once_and_tell_where_they_stand() -> None:
    text = (
        "def retry(call, times):\n    for _ in range(times):\n        call()\n    return call, 1\n"
    )
    pool = [
        found("retry", 9, 0.9, path="a.py", text=text),
        found("retry", 8, 0.8, path="b.py", text=text.replace("    ", "  ")),
        found("other", 7, 0.7, text=text.replace("range", "count").replace("call", "ask")),
    ]

    shown = chosen(scored(pool, asking("retry"), prior=False), Wish(5))

    assert [each.best.candidate.passage.path for each in shown] == ["a.py", "src/a.py"]
    assert [it.candidate.passage.path for it in shown[0].also] == ["b.py"]


def test_of_one_file_no_more_are_shown_than_wished() -> None:
    pool = [found(f"part{n}", 9 - n, 0.5, text=f"def part{n}(): return {n}") for n in range(5)]

    shown = chosen(scored(pool, asking("part"), prior=False), Wish(5, per_file=2))

    assert len(shown) == 2


def test_a_question_about_a_symbol_is_told_from_one_that_mentions_it_in_passing() -> None:
    about = asking("what does `Flask.run_server` do?")
    passing = asking(
        "Return the name of the file that holds the settings, as `load_config` writes it to disk."
    )

    assert about.named
    assert about.naming == 1
    assert passing.named
    assert passing.naming < 0.1
