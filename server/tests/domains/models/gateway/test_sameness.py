import tomllib
from pathlib import Path

import pytest

import documents
from samoey.domains.models.gateway.sameness import meaning, same

PAIRS = Path(documents.__file__).parents[1] / "bench" / "near_miss.toml"


def test_of_the_near_misses_almost_none_is_taken_for_the_same() -> None:
    sorts = tomllib.loads(PAIRS.read_text(encoding="utf-8"))["sort"]
    near = [pair for sort in sorts if not sort["same"] for pair in sort["pairs"]]
    told = [pair for sort in sorts if sort["same"] for pair in sort["pairs"]]

    wrong = [pair for pair in near if same(*pair)]

    assert len(near) + len(told) >= 300
    assert len(wrong) / len(near) < 0.01, wrong
    assert sum(same(*pair) for pair in told) / len(told) > 0.6


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Where are UserStores made?", "Where is a UserStore made?"),
        ("What is in the table ORDERS?", "What is in the table ORDER?"),
        ("Run it with -v", "Run it with -V"),
        ("How do I remove a user?", "How do I remove `a user`?"),
        ("Wie lösche ich einen Zweig?", "Wie lösche ich keinen Zweig?"),
        ("如何删除分支?", "如何创建分支?"),
        ("What is C?", "What is C++?"),
        ("What is C++?", "What is C#?"),
        ("Explain.", "What is?"),
        ("Is it on?", "Is it off?"),
        ("How do I turn logging on?", "How do I turn logging off?"),
        ("How do I log in?", "How do I log out?"),
        ("Why?", "How?"),
    ],
)
def test_small_differences_are_differences(one: str, other: str) -> None:
    assert not (same(one, other) and meaning(one).lasting)


@pytest.mark.parametrize("text", ["", "   ", "?", "please", "How?", "What is it?", "\ud800", "'"])
def test_what_says_nothing_is_never_answered_by_what_was_said_before(text: str) -> None:
    assert not meaning(text).lasting or meaning(text).words


def test_what_holds_today_does_not_hold_tomorrow() -> None:
    assert not meaning("What is the latest version of Node?").lasting
    assert not meaning("Which jobs run now?").lasting
    assert meaning("Which jobs run at night?").lasting
