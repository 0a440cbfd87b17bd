from uuid import UUID

import pytest

from samoey.domains.knowledge.citing.judging import Cited, judge_lines
from samoey.domains.knowledge.citing.service import judge_blob
from samoey.domains.knowledge.parse.symbols import outline
from samoey.domains.knowledge.schemas import Citation

SOURCE = """import os

class Greeter:
    def greet(self, name):
        return f"hello {name}"

    def part(self):
        return "bye"


def main():
    Greeter().greet("x")
"""


def citation(start: int, end: int, text: str | None = None, path: str = "a.py") -> Citation:
    return Citation(
        repository_id=UUID(int=1), path=path, start=start, end=end, commit="c" * 40, text=text
    )


def judged(given: Citation) -> Cited | str:
    return judge_lines(given, SOURCE.splitlines(), outline(SOURCE.encode(), "python"))


@pytest.mark.parametrize(
    ("start", "end", "symbol"),
    [
        (4, 5, "Greeter.greet"),
        (5, 5, "Greeter.greet"),
        (3, 8, "Greeter"),
        (4, 8, "Greeter"),
        (11, 12, "main"),
        (1, 1, None),
        (1, 5, "Greeter"),
        (9, 12, "main"),
    ],
)
def test_lines_that_exist_hold_and_name_the_definition_they_are_of(
    start: int, end: int, symbol: str | None
) -> None:
    found = judged(citation(start, end))

    text = "\n".join(SOURCE.splitlines()[start - 1 : end])
    assert found == Cited(text, symbol)


@pytest.mark.parametrize(("start", "end"), [(0, 1), (-3, 2), (5, 4), (12, 13), (99, 99), (13, 13)])
def test_lines_that_do_not_exist_do_not_hold(start: int, end: int) -> None:
    assert judged(citation(start, end)) == "no-such-lines"


@pytest.mark.parametrize(
    "quoted",
    [
        'return f"hello {name}"',
        '    def greet(self, name):\n        return f"hello {name}"',
        'def greet(self, name):\r\n\treturn f"hello {name}"\n',
        "",
    ],
)
def test_a_quotation_holds_however_it_is_spaced(quoted: str) -> None:
    assert isinstance(judged(citation(4, 5, quoted)), Cited)


@pytest.mark.parametrize("quoted", ["return 'goodbye'", "def greet(self)", "class Greeter:"])
def test_a_quotation_that_stands_elsewhere_does_not_hold(quoted: str) -> None:
    assert judged(citation(4, 5, quoted)) == "other-text"


def test_a_file_that_does_not_parse_still_has_its_lines() -> None:
    found = judge_blob(citation(1, 1), b")}{ ]] class ((\n" * 9)

    assert found == Cited(")}{ ]] class ((", None)


def test_a_binary_file_holds_no_lines() -> None:
    assert judge_blob(citation(1, 1), b"\x7fELF\0\0") == "no-file"


def test_an_empty_file_holds_no_lines() -> None:
    assert judge_blob(citation(1, 1), b"") == "no-such-lines"
