"""What a question asks for by name, or as a whole."""

import pytest

from samoey.domains.chat.context.named import names_in
from samoey.domains.chat.context.overview import asks_for_overview


@pytest.mark.parametrize(
    ("question", "names"),
    [
        ("What does `Foo.bar` do?", ["Foo.bar"]),
        ("What does Foo.bar do?", ["Foo.bar"]),
        ("When is bar() called, and Foo::baz?", ["bar", "Foo::baz"]),
        ("Why does load_app raise a NoAppException?", ["load_app", "NoAppException"]),
        ("See https://example.org/a.b for `x`", ["x"]),
        ("How does Flask decide which view answers?", []),
        ("Is it fast, i.e. faster than before?", ["i.e"]),
    ],
)
def test_names_are_told_from_words(question: str, names: list[str]) -> None:
    assert names_in(question) == names


@pytest.mark.parametrize(
    "question",
    [
        "How is this built?",
        "What is this repository?",
        "what is this repo about",
        "What does this project do?",
        "Give me an overview.",
        "How is flask organised?",
        "What is Flask?",
        "Explain this codebase to me.",
        "Where do I start?",
        "What are the main components?",
        "Hi, how is the project structured?",
    ],
)
def test_a_question_about_the_whole_is_known(question: str) -> None:
    assert asks_for_overview(question, ["flask-3.1.3"], first=True)


@pytest.mark.parametrize(
    "question",
    [
        "How is the session cookie built?",
        "What is this function for?",
        "What is pushed when the request context is entered?",
        "How does the flask command find my application?",
        "What does this project do when the session cookie was signed by a key that is too old?",
        "How are blueprints registered on an application?",
    ],
)
def test_a_question_about_a_part_is_none_about_the_whole(question: str) -> None:
    assert not asks_for_overview(question, ["flask"], first=True)


def test_this_is_what_was_spoken_of_before_once_something_was() -> None:
    assert not asks_for_overview("How is this built?", ["flask"], first=False)
    assert asks_for_overview("How is this project built?", ["flask"], first=False)
