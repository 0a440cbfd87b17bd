"""What a question names as it stands in code comes first."""

import hashlib
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from samoey.domains.knowledge.lexical.build import build
from samoey.domains.knowledge.lexical.naming import favour, symbols
from samoey.domains.knowledge.lexical.orders import Order, Source
from samoey.domains.knowledge.lexical.ranking import Wish, best
from samoey.domains.knowledge.lexical.reading import Filter, Found, Snapshot
from samoey.domains.knowledge.lexical.words import Words


@pytest.mark.parametrize(
    ("asked", "parts"),
    [
        ("What does hello_2 do in repo?", [("hello_2",)]),
        ("How is HTTPServer made, and parseConfig?", [("HTTPServer",), ("parseConfig",)]),
        ("Who calls Flask.run or app::start.", [("Flask", "run"), ("app", "start")]),
        ("What is `run`, and `stop()`?", [("run",), ("stop",)]),
        ("What does sha256 do?", [("sha256",)]),
        ("Where is the greeting read, e.g. from a file?", []),
        ("What is in src/pkg_2/hello_2 and all of HTTP, 404?", []),
        (" ".join(f"name_{n}" for n in range(9)), []),
    ],
)
def test_names_are_told_from_words(asked: str, parts: list[tuple[str, ...]]) -> None:
    assert [each.parts for each in symbols(asked)] == parts


@pytest.mark.parametrize(
    ("repository", "asked", "named"),
    [
        ("repo", "What is in repo?", True),
        ("Repo", "repo: what is it", True),
        ("repo", "What is in the repository, or repo-2?", False),
        ("a.b", "What is in axb?", False),
        ("", "What is it?", False),
    ],
)
def test_a_repository_is_named_by_its_whole_name(
    repository: str, asked: str, *, named: bool
) -> None:
    assert (favour(repository, asked) > 1) is named


def found(folder: Path, files: dict[str, str], asked: str, wish: Wish) -> list[Found]:
    blobs = {hashlib.sha256(text.encode()).hexdigest(): text.encode() for text in files.values()}

    def answer(_: Path, wanted: Iterable[str]) -> Iterator[tuple[str, bytes]]:
        yield from ((blob, blobs[blob]) for blob in wanted)

    sources = [
        Source(path, hashlib.sha256(text.encode()).hexdigest(), len(text))
        for path, text in files.items()
    ]
    build(Order(folder, "one", "one", Path("mirror"), sources), answer)
    words = Words().line(asked).split()
    return best(Snapshot.open(folder / "one"), words, asked, wish, Filter())


LONG = "".join(f"    part{n} = work(part{n})\n" for n in range(25))
FILES = {f"start{n}/start.py": "def starter():\n    start(start, engine)\n" for n in range(40)} | {
    "a/first.py": f"class Engine:\n    def start(self):\n{LONG.replace('    ', '        ')}",
    "a/other.py": f"class Wheel:\n    def start(self):\n{LONG.replace('    ', '        ')}",
    "tests/test_first.py": f"def start_engine():\n{LONG}",
    "z/last.py": f"def start_engine():\n{LONG}",
}


@pytest.mark.parametrize(
    ("asked", "paths"),
    [
        ("What does start_engine do?", ["z/last.py", "tests/test_first.py"]),
        ("What does Wheel.start do?", ["a/other.py", "a/first.py"]),
        ("What does engine.start do?", ["a/first.py", "a/other.py"]),
    ],
)
def test_what_is_named_comes_first_and_once(tmp_path: Path, asked: str, paths: list[str]) -> None:
    hits = found(tmp_path, FILES, asked, Wish(10))

    assert [each.passage.path for each in hits][:2] == paths
    places = [(each.passage.path, each.passage.start) for each in hits]
    assert len(set(places)) == len(places) == 10
