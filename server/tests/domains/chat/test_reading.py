import pytest

from samoey.domains.chat.answers.reading import Mark, Place, clauses
from samoey.domains.chat.naming import held, named, words, written


def test_a_sentence_is_cut_at_its_citations() -> None:
    first, second = clauses("`a` calls [S1] and `b` returns [S2:3-4][S3].")

    assert (first.text, first.claims) == ("`a` calls", [Mark("S1")])
    assert (second.text, second.tail) == (" and `b` returns", ".")
    assert second.claims == [Mark("S2", 3, 4), Mark("S3")]


@pytest.mark.parametrize(
    ("text", "claims"),
    [
        ("x [S1]", [Mark("S1")]),
        ("x [S1, S2]", [Mark("S1"), Mark("S2")]),
        ("x [S1; S12:7]", [Mark("S1"), Mark("S12", 7, 7)]),
        ("x [S1:10-20]", [Mark("S1", 10, 20)]),
        ("x [S1:L10-L20]", [Mark("S1", 10, 20)]),
        ("x [S1, lines 10-20]", [Mark("S1", 10, 20)]),
        ("x 【S1】", [Mark("S1")]),
        ("x [ S1 ]", [Mark("S1")]),
        ("x a[0] [link](S1)", []),
        ("x `[S1]`", []),
        ("in app/a.py:3-9@abcdef1", [Place("app/a.py", 3, 9, "abcdef1")]),
        ("in `app/a.py:3`", [Place("app/a.py", 3, 3)]),
        ("in a.py:3", [Place("a.py", 3, 3)]),
        ("in b.py:3", []),
        ("at example.com:80 or http://localhost.test:80/x", []),
        ("at 127.0.0.1:8600", []),
    ],
)
def test_the_ways_to_cite_are_read(text: str, claims: list[Mark | Place]) -> None:
    read = clauses(text, files={"a.py"})

    assert [claim for clause in read for claim in clause.claims] == claims


def test_a_forged_mark_is_taken_out_and_counted() -> None:
    [clause] = clauses("It is checked [^1].")

    assert (clause.text, clause.forged) == ("It is checked.", 1)


def test_a_bare_place_keeps_its_path_only() -> None:
    [clause] = clauses("See `app/a.py:3-9`.")

    assert clause.text + clause.tail == "See `app/a.py`."


@pytest.mark.parametrize(
    ("sentence", "names"),
    [
        ("`Engine.start_engine()` ignites", {"Engine.start_engine"}),
        ("`def ignite(fuel)` and `class Engine`", {"ignite", "Engine"}),
        ("start_engine calls ignite()", {"start_engine", "ignite"}),
        ("an Engine in JavaScript", set()),
        ("the FuelPump in JavaScript", {"FuelPump"}),
        ("`app/engine.py` and `engine.py`", set()),
        ("returns `None` or `true`", set()),
        ("run `pip install x` with `--flag`", set()),
        ("see https://example.org/a_b_c", set()),
        ("`std::vector` and `a->b`", {"std::vector", "a->b"}),
        ("a plain sentence", set()),
    ],
)
def test_the_symbols_that_a_sentence_names_are_found(sentence: str, names: set[str]) -> None:
    assert named(sentence, known=frozenset({"FuelPump"}), files=["engine.py"]) == names


@pytest.mark.parametrize(
    ("name", "holds"),
    [
        ("start", True),
        ("Engine.start", True),
        ("self.start", True),
        ("app.engine", True),
        ("Engine.stop", False),
        ("Pump.start", False),
        ("star", False),
        ("Start", False),
    ],
)
def test_lines_hold_a_name_or_do_not(name: str, *, holds: bool) -> None:
    lines = words("    def start(self):\n        return 1")

    assert held(name, lines, symbol="Engine.start", path="app/engine.py") == holds


def test_a_chain_from_the_object_itself_stands_where_it_is_written() -> None:
    assert written("self.json.response", "return self.json\n    .response(rv)")
    assert not written("self.json.response", "def response(self, *args): ...")
    # Of one step it may be the definition, and a chain from elsewhere may name one.
    assert written("self.response", "def response(self): ...")
    assert written("json.response", "def response(self): ...")
