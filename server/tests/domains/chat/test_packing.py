"""What a model is shown: within the budget, the most wanted first, each line once."""

from dataclasses import replace
from typing import Any

from samoey.domains.chat.chain import laid_out
from samoey.domains.chat.context.packing import pack
from samoey.domains.chat.context.parts import Aside, Line, Material, Passage, distinct
from samoey.domains.chat.context.seen import seen
from samoey.kit.ids import new_id
from samoey.kit.ports.models import Source

REPOSITORY = new_id()


def passage(start: int, end: int, *, path: str = "app/engine.py", **changes: Any) -> Passage:
    text = "\n".join(f"line {number}" for number in range(start, end + 1))
    source = Source("", "motor", path, start, end, "c" * 40, text, symbol=f"part_{start}")
    return Passage(REPOSITORY, source, **changes)


def aside(text: str) -> Aside:
    return Aside("instructions", REPOSITORY, "motor", "c" * 40, text, "AGENTS.md")


def places(passages: list[Passage]) -> list[tuple[str, int, int]]:
    return [(it.source.path, it.source.start, it.source.end) for it in passages]


def test_the_most_wanted_stays_and_is_told_in_the_order_of_files_and_lines() -> None:
    wanted = [
        passage(40, 45, path="b.py"),
        passage(10, 15, path="a.py"),
        passage(1, 6, path="b.py"),
        passage(1, 90, path="c.py"),
        passage(50, 55, path="a.py"),
    ]

    packed = pack(Material(tuple(wanted)), 1_200)

    given = [("b.py", 1, 6), ("b.py", 40, 45), ("a.py", 10, 15), ("a.py", 50, 55)]
    assert places(packed.given) == given
    assert [it.source.tag for it in packed.given] == ["S1", "S2", "S3", "S4"]
    assert packed.left_out == [wanted[3]]


def test_what_is_told_takes_no_more_than_its_budget() -> None:
    around = (Line(2, "import fuel", "imports"), Line(5, "class Engine:", "encloses"))
    wanted = [passage(10 * n, 10 * n + 8, around=around) for n in range(1, 9)]

    for characters in range(300, 3_000, 150):
        packed = pack(Material(tuple(wanted), (aside("word\n" * 40),)), characters)
        assert len(laid_out(packed, "0123456789abcdef")) <= max(characters, 330)


def test_what_is_too_long_alone_is_cut_at_a_line_and_the_rest_counts_as_left_out() -> None:
    packed = pack(Material((passage(10, 99),)), 400)

    [kept], [rest] = packed.given, packed.left_out
    assert isinstance(rest, Passage)
    assert kept.source.start == 10
    assert kept.source.end + 1 == rest.source.start
    assert rest.source.end == 99
    assert kept.source.text.split("\n")[-1] == f"line {kept.source.end}"


def test_lines_around_are_shown_once_in_a_file_with_the_passage_that_comes_first() -> None:
    around = (Line(2, "import fuel", "imports"), Line(12, "line 12", "encloses"))
    packed = pack(Material((passage(30, 33, around=around), passage(10, 13, around=around))), 9_000)

    told = laid_out(packed, "word")
    # Line 12 is shown by a passage of its own.
    assert [[line.number for line in it.around] for it in packed.given] == [[2], []]
    assert told.count("import fuel") == told.count("\tline 12") == 1
    assert "2\timport fuel\n…\n10\tline 10" in told


def test_asides_take_a_quarter_and_say_what_they_are() -> None:
    packed = pack(Material((passage(1, 3),), (aside("one rule\n" * 500),)), 4_000)

    [shown] = packed.asides
    told = laid_out(packed, "word")
    assert len(shown.text) < 1_000
    assert told.startswith("<<< word\nCONVENTIONS by AGENTS.md in motor\none rule")
    assert [it.text[:8] for it in packed.left_out if isinstance(it, Aside)] == ["\none rul"]


def test_what_overlaps_becomes_one_passage_in_the_place_of_the_first() -> None:
    named = passage(20, 40, why="named")
    inside, across, apart = passage(25, 30), passage(35, 50), passage(51, 60)

    kept = distinct([named, apart, inside, across])

    assert places(kept) == [("app/engine.py", 20, 50), ("app/engine.py", 51, 60)]
    assert (kept[0].why, kept[0].source.symbol) == ("named", "part_20")
    assert kept[0].source.text == passage(20, 50).source.text


def test_what_was_named_keeps_its_name_in_a_larger_passage_and_what_was_found_does_not() -> None:
    larger = passage(10, 60)

    [named] = distinct([passage(20, 30, why="named"), larger])
    [found] = distinct([passage(20, 30), larger])

    assert places([named, found]) == [("app/engine.py", 10, 60)] * 2
    assert (named.source.symbol, found.source.symbol) == ("part_20", "part_10")


def test_what_was_found_is_no_neighbour_and_a_neighbour_stands_there_once() -> None:
    near = passage(10, 20, why="calls", of="run")
    copy = replace(near, source=replace(near.source, path="other/engine.py"))

    kept = distinct([near, copy, passage(15, 18)])

    assert [(it.why, it.of) for it in kept] == [("found", None)]


def test_pieces_of_one_long_line_stay_apart() -> None:
    one = passage(1, 1)
    other = replace(one, source=replace(one.source, text="another piece\nof it"))

    assert distinct([one, other, one]) == [one, other]


def test_what_a_model_saw_is_told_part_by_part_with_what_was_left_out() -> None:
    around = (Line(2, "import fuel", "imports"), Line(3, "import air", "imports"))
    first, second = passage(10, 12, around=around), passage(1, 400, path="b.py")

    packed = pack(Material((first, second), (aside("Be brief."),)), 2_000)
    told = seen(packed, budget=700, rules="r" * 300, said=[("person", "x" * 30)])

    assert [(it.why, it.path, it.start, it.end, it.given) for it in told.parts] == [
        ("instructions", "AGENTS.md", None, None, True),
        ("found", "app/engine.py", 10, 12, True),
        ("imports", "app/engine.py", 2, 3, True),
        ("found", "b.py", 1, 400, False),
    ]
    assert (told.rules, told.history, told.said) == (100, 10, 1)
    assert told.tokens == 110 + sum(it.tokens for it in told.parts if it.given)
