"""What exact search finds is what a plain scan of every line finds; the index only saves work."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from samoey.domains.knowledge.exact.lines import SHOWN, normal, spans
from samoey.domains.knowledge.exact.part import trigrams
from samoey.domains.knowledge.exact.pattern import prepared
from samoey.domains.knowledge.exact.postings import SUFFIX
from tests.domains.knowledge.trees import Files, Trees, scanned

# Few letters, so that patterns made of them match now and then; K, k and the rest fold.
SIGNS = "abcABkKsS_ 1.é\n"
SURPRISES = ["abcabc", "b\u212aS", "a\u017fk", "É\r\né\r\n"]
texts = st.text(SIGNS, max_size=60) | st.sampled_from(SURPRISES)
names = st.sampled_from([f"{folder}{name}.py" for folder in ("", "src/") for name in "abcdef"])
trees_of_files = st.dictionaries(names, texts.map(str.encode), max_size=6)

PLAIN = [*"abcAks_ 1éÉ^$.", r"\.", "abc", "bca", "cab", "kS1", r"\x61"]
CLASSES = ["[ab]", "[^a]", "[a-cA-C]", "[kK]s", r"\w", r"\d", r"\s", r"\b", "(?:)"]
atoms = st.sampled_from(PLAIN + CLASSES)


def grown(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    several = st.lists(inner, min_size=1, max_size=4)
    often = st.sampled_from(["*", "+", "?", "{2}", "{1,3}", "{0,2}", "{3}", "{2,}", "*?", "+?"])
    return (
        several.map("".join)
        | several.map("|".join).map("(?:{})".format)
        | st.tuples(inner.map("(?:{})".format), often).map("".join)
    )


patterns = st.recursive(atoms, grown, max_leaves=8)


@settings(max_examples=40, deadline=None)
@given(files=trees_of_files, pattern=patterns, folding=st.booleans())
def test_a_search_finds_the_lines_that_a_scan_finds(
    tmp_path_factory: pytest.TempPathFactory, files: Files, pattern: str, *, folding: bool
) -> None:
    trees = Trees(tmp_path_factory.mktemp("trees"), bucket_bytes=50)
    place = trees.build("one", files)

    found = trees.lines(place, pattern, regex=True, case=not folding)

    assert found == scanned(files, ascii_classes(pattern), folding=folding)


def ascii_classes(pattern: str) -> str:
    """Say for Python's `re` what RE2 means: its classes and word borders are ASCII."""
    for ours, plain in ((r"\w", "[0-9A-Za-z_]"), (r"\d", "[0-9]"), (r"\s", r"[\t\n\f\r ]")):
        pattern = pattern.replace(ours, plain)
    word, start = "(?-i:[0-9A-Za-z_])", "(?:(?<!{0})(?={0})|(?<={0})(?!{0}))"
    return pattern.replace(r"\b", start.format(word))


@settings(max_examples=800, deadline=None)
@given(text=texts, pattern=patterns, folding=st.booleans())
def test_the_index_never_leaves_out_a_text_that_matches(
    text: str, pattern: str, *, folding: bool
) -> None:
    content = normal(text.encode())
    held = set(trigrams(content).tolist())
    ready = prepared(pattern, regex=True, case=not folding, word=False)

    matches = any(spans(content, ready, lambda: True))
    passed = ready.query.among(1, lambda trigram: int(trigram in held))

    assert passed or not matches


@pytest.fixture
def trees(tmp_path: Path) -> Trees:
    return Trees(tmp_path)


@settings(max_examples=10, deadline=None)
@given(steps=st.lists(trees_of_files, min_size=2, max_size=4))
def test_an_index_made_commit_by_commit_is_the_one_made_from_scratch(
    tmp_path_factory: pytest.TempPathFactory, steps: list[Files]
) -> None:
    made = Trees(tmp_path_factory.mktemp("trees"), bucket_bytes=100)
    previous = None
    for number, files in enumerate(steps):
        made.build(str(number), files, previous=previous)
        previous = str(number)

    made.build("scratch", steps[-1])

    assert made.parts(str(previous)) == made.parts("scratch")


def test_only_files_that_may_match_are_read(trees: Trees) -> None:
    files = {f"{number}.py": b"alpha = %d\n" % number for number in range(40)}
    place = trees.build("one", files | {"odd.py": b"omega = 1\n"})

    assert trees.lines(place, "omega") == [("odd.py", 1)]
    assert len(trees.read) == 1
    assert trees.lines(place, r"omeg\w+ =", regex=True) == [("odd.py", 1)]
    assert len(trees.read) == 1


def test_many_files_in_one_bucket_are_told_apart(trees: Trees) -> None:
    trees.bucket_bytes = 10_000_000
    files = {f"{number:04}.txt": b"common %04d\n" % number for number in range(700)}
    place = trees.build("one", files)

    assert trees.lines(place, "common 0699") == [("0699.txt", 1)]
    assert len(trees.read) == 1
    assert len(trees.lines(place, "common")) == 700


def test_lines_and_letters_are_read_as_people_read_them(trees: Trees) -> None:
    files = {
        "crlf.txt": b"one\r\ntwo\r\nthree",
        "latin.txt": b"caf\xe9 one\n",
        "mark.txt": b"\xef\xbb\xbfone\n",
        "utf16.txt": "one\nzw\u00f6lf\n".encode("utf-16"),
        "binary.bin": b"one\0",
    }
    place = trees.build("one", files)

    assert trees.lines(place, "^(?:one|two|three)$", regex=True) == [
        ("crlf.txt", 1),
        ("crlf.txt", 2),
        ("crlf.txt", 3),
        ("mark.txt", 1),
        ("utf16.txt", 1),
    ]
    assert trees.lines(place, "ZW\u00d6LF", case=False) == [("utf16.txt", 2)]
    assert trees.lines(place, "caf. one", regex=True) == [("latin.txt", 1)]


def test_letters_that_fold_to_ascii_are_found_by_ascii(trees: Trees) -> None:
    place = trees.build("one", {"a.txt": "300 \u212aelvin\nmi\u017fs\n".encode()})

    assert trees.lines(place, "kelvin", case=False) == [("a.txt", 1)]
    assert trees.lines(place, "MIS+", regex=True, case=False) == [("a.txt", 2)]
    assert trees.lines(place, "\u212aelvin") == [("a.txt", 1)]
    assert trees.lines(place, "kelvin") == []


def test_a_hit_shows_where_in_its_line_the_matches_are(trees: Trees) -> None:
    place = trees.build("one", {"a.txt": "\n  äö tick tock tick\n".encode()})

    (hit,) = trees.look([place], "tick").hits

    assert (hit.line, hit.column, hit.text) == (2, 6, "  äö tick tock tick")
    assert [hit.text[start:end] for start, end in hit.matches] == ["tick", "tick"]
    assert not hit.cut


def test_a_long_line_is_shown_around_its_first_match(trees: Trees) -> None:
    line = "é" * 300_000 + "needle" + "x" * 300_000
    place = trees.build("one", {"min.js": line.encode()})

    (hit,) = trees.look([place], "needle").hits

    assert (hit.line, hit.column, hit.cut) == (1, 300_001, True)
    assert len(hit.text) <= SHOWN
    assert [hit.text[start:end] for start, end in hit.matches] == ["needle"]


def test_a_match_over_several_lines_is_one_hit(trees: Trees) -> None:
    text = b"begin\n  a\nend\nbegin\nend begin\nend\n\nbegin\n"
    place = trees.build("one", {"a.txt": text})

    hits = trees.look([place], r"begin\n(?:.*\n)?end", regex=True).hits

    assert [(hit.line, hit.end_line) for hit in hits] == [(1, 3), (4, 6)]
    assert hits[0].text == "begin\n  a\nend"
    assert trees.lines(place, "(?s)begin.*end", regex=True) == [("a.txt", 1)]
    assert trees.lines(place, "a\nend") == [("a.txt", 2)]
    # What names no end of a line stays within one.
    assert trees.lines(place, r"begin\s+end", regex=True) == []


@pytest.mark.parametrize("pattern", ["", "^", "$", "x*", "(?:)", r"\b|"])
def test_an_empty_match_is_a_line_and_no_place_in_it(trees: Trees, pattern: str) -> None:
    files = {"a.txt": b"one\n\nthree\n", "b.txt": b"\n", "c.txt": b"no end", "d.txt": b""}
    place = trees.build("one", files)

    found = trees.look([place], f"(?:{pattern})", regex=True)

    assert [(hit.path, hit.line) for hit in found.hits] == [
        ("a.txt", 1),
        ("a.txt", 2),
        ("a.txt", 3),
        ("b.txt", 1),
        ("c.txt", 1),
    ]
    assert all(hit.matches == [] for hit in found.hits)


def test_very_many_matches_are_counted_and_few_are_given(trees: Trees) -> None:
    place = trees.build("one", {f"{name}.txt": b"tick tick\n" * 100_000 for name in "ab"})

    counted = trees.look([place], "tick", limit=10, count=True)
    paged = trees.look([place], "tick", limit=10)

    assert (len(counted.hits), counted.totals.hits, counted.totals.files) == (10, 200_000, 2)
    assert counted.totals.exact
    assert counted.next is not None
    assert len(paged.hits) == 10
    assert paged.totals.hits >= 10


def test_hits_go_on_where_they_ended(trees: Trees) -> None:
    files = dict.fromkeys(("a.txt", "b.txt"), b"x\nx\ny\nx\n")
    places = [trees.build("one", files, of=name) for name in ("first", "second")]
    whole = trees.look(places, "x").hits
    assert len(whole) == 12

    for size in (1, 5, 12):
        got, after = [], None
        while True:
            page = trees.look(places, "x", limit=size, after=after)
            got += page.hits
            if page.next is None:
                break
            after = page.next.said()
        assert got == whole


def test_a_place_whose_blobs_are_gone_does_not_hold_up_the_others(trees: Trees) -> None:
    lost = trees.build("one", {"a.txt": b"gone x\n"}, of="first")
    there = trees.build("one", {"a.txt": b"here x\n"}, of="second")
    trees.blobs = {blob: content for blob, content in trees.blobs.items() if b"here" in content}

    found = trees.look([lost, there], "x")

    assert [hit.text for hit in found.hits] == ["here x"]
    assert (found.searched, found.totals.exact) == (1, False)


@pytest.mark.parametrize("left", [0, 10, 50])
def test_a_part_that_is_not_whole_is_named_lost(trees: Trees, left: int) -> None:
    place = trees.build("one", {"a.txt": b"some words\n"})
    (part,) = place.snapshot.glob(f"*.{SUFFIX}")
    told = part.read_bytes()
    part.unlink()
    part.write_bytes(told[:left])

    assert trees.look([place], "words").lost == {place.repository_id}


HOSTILE = {
    "(a*)*b": 0,
    "(x+x+)+y": 0,
    ".{1000}": 1,
    "(a|a?)+$": 2,
    "[^b]{500}b": 0,
    "(?:a?){400}a{400}": 1,
}


@pytest.mark.parametrize("pattern", HOSTILE)
def test_a_hostile_pattern_comes_to_an_end(trees: Trees, pattern: str) -> None:
    place = trees.build("one", {"a.txt": b"a" * 30_000 + b"\n" + b"xa" * 200 + b"\n"})

    found = trees.look([place], pattern, regex=True)

    assert (found.count, found.totals.exact) == (HOSTILE[pattern], True)
