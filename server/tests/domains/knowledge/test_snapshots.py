"""An index belongs to a commit, and how it was made does not change how it ranks."""

import os
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from samoey.domains.knowledge.lexical import build as building
from samoey.domains.knowledge.lexical import shelf
from samoey.domains.knowledge.lexical.build import bucket_count, build
from samoey.domains.knowledge.lexical.orders import Order, Source
from samoey.domains.knowledge.lexical.ranking import Wish, best
from samoey.domains.knowledge.lexical.reading import Filter, PatternTooTangled, Snapshot
from samoey.domains.knowledge.lexical.words import Words
from tests.domains.knowledge.shelves import Bench, source


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path / "shelf")


def test_the_words_of_a_question_find_the_function(bench: Bench) -> None:
    bench.build("one", {"a.py": source("parse_config", "other"), "b.py": source("write_report")})

    found = bench.search("one", "how is the configuration parsed?")

    assert [(each.passage.path, each.passage.name) for each in found] == [("a.py", "parse_config")]
    assert (found[0].passage.start, found[0].passage.end) == (1, 2)


WORDS = ["parse", "config", "session", "load_file", "HTTPServer", "token"]
NAMES = st.lists(st.sampled_from(WORDS), min_size=1, max_size=4)
CONTENTS = st.dictionaries(
    st.sampled_from(
        [f"{folder}/{name}.py" for folder in "ab" for name in ("x", "y", "z", "test_x")]
    ),
    NAMES,
    max_size=8,
)


# A dozen histories at each run; CI takes its time to look for odd ones.
@settings(deadline=None, max_examples=60 if os.environ.get("CI") == "true" else 12)
@given(
    commits=st.lists(CONTENTS, min_size=2, max_size=4),
    bucket_bytes=st.sampled_from([50, 100, 200, 100_000]),
)
def test_an_index_made_commit_by_commit_ranks_exactly_like_one_made_from_scratch(
    tmp_path_factory: pytest.TempPathFactory,
    commits: list[dict[str, list[str]]],
    bucket_bytes: int,
) -> None:
    # Small buckets, so that some stay as they are and some are made anew, as in a large repository.
    bench = Bench(tmp_path_factory.mktemp("shelf"), bucket_bytes)
    previous = None
    for number, commit in enumerate(commits):
        files = {path: source(*names) for path, names in commit.items()}
        bench.build(f"commit{number}", files, previous=previous)
        previous = f"commit{number}"

    bench.build("scratch", files)

    for asked in (*WORDS, "parse the config of a session", "x y value return"):
        assert bench.search(str(previous), asked) == bench.search("scratch", asked)
    assert bench.sizes(str(previous)) == bench.sizes("scratch")
    assert bench.sizes("scratch") == {path: len(text) for path, text in files.items()}


def test_only_what_changed_is_read_again(bench: Bench) -> None:
    files = {f"{number}.py": source(name) for number, name in enumerate(WORDS)}
    bench.build("one", files)
    bench.read.clear()

    built = bench.build("two", files | {"3.py": source("changed")}, previous="one")

    assert len(bench.read) == 1
    assert built.files == len(WORDS)
    assert bench.search("two", "changed")[0].passage.path == "3.py"
    assert bench.search("two", WORDS[3]) == []


def test_a_bucket_without_the_parts_of_today_is_made_anew(bench: Bench) -> None:
    bench.build("one", {"a.py": source("f")})
    manifest = shelf.load(bench.folder / "one")
    assert manifest is not None
    [(key, bucket)] = manifest.buckets.items()
    old = msgspec.structs.replace(
        manifest, buckets={key: msgspec.structs.replace(bucket, parts={})}
    )
    (bench.folder / "one" / shelf.MANIFEST).write_bytes(shelf.write_manifest(old))

    bench.build("two", {"a.py": source("f")}, previous="one")

    assert bench.sizes("two") == {"a.py": len(source("f"))}


def test_segments_of_what_stayed_are_shared_not_copied(bench: Bench) -> None:
    bench.bucket_bytes = 50
    files = {f"{number}.py": source(f"f{number}") for number in range(20)}
    bench.build("one", files)

    bench.build("two", files | {"0.py": source("changed")}, previous="one")

    shared = [each for each in (bench.folder / "two").iterdir() if each.stat().st_nlink > 1]
    assert len(shared) > 10


def test_a_snapshot_that_stands_is_not_made_again(bench: Bench) -> None:
    first = bench.build("one", {"a.py": source("f")})
    bench.read.clear()

    again = bench.build("one", {"a.py": source("f")})

    assert again == first
    assert bench.read == []


def test_a_snapshot_can_be_made_afresh_while_somebody_reads_it(bench: Bench) -> None:
    bench.build("one", {"a.py": source("f")})
    reader = Snapshot.open(bench.folder / "one")

    bench.build("one", {"a.py": source("f")}, afresh=True)

    assert [each.passage.name for each in reader.search(["f"], 5)] == ["f"]
    assert [each.passage.name for each in bench.search("one", "f")] == ["f"]
    assert [each.name for each in bench.folder.iterdir()] == ["one"]


def test_a_snapshot_of_another_format_is_not_built_upon(bench: Bench) -> None:
    bench.build("one", {"a.py": source("f")})
    manifest = shelf.load(bench.folder / "one")
    assert manifest is not None
    old = shelf.Manifest("0-0", manifest.commit, manifest.count, manifest.buckets)
    (bench.folder / "one" / shelf.MANIFEST).write_bytes(shelf.write_manifest(old))
    bench.read.clear()

    bench.build("two", {"a.py": source("f")}, previous="one")

    assert len(bench.read) == 1


@pytest.mark.parametrize("wreck", [b"", b"\x00garbage"])
def test_a_spoilt_manifest_is_as_good_as_none(bench: Bench, wreck: bytes) -> None:
    bench.build("one", {"a.py": source("f")})
    (bench.folder / "one" / shelf.MANIFEST).write_bytes(wreck)

    built = bench.build("two", {"a.py": source("f")}, previous="one")

    assert built.chunks == 1


def test_building_that_fails_leaves_nothing_and_the_next_clears_what_a_kill_left(
    bench: Bench,
) -> None:
    (bench.folder / f"{shelf.UNFINISHED}killed").mkdir(parents=True)
    with pytest.raises(KeyError):
        build(
            Order(bench.folder, "one", "c", Path("mirror"), [Source("a.py", "gone", 3)]),
            bench.answer,
        )

    assert list(bench.folder.iterdir()) == []


def test_files_are_counted_by_what_became_of_them(bench: Bench) -> None:
    built = bench.build(
        "one",
        {
            "good.py": source("f"),
            "broken.py": ")}{ ]] class ((\n" * 50,
            "notes.xyz": "plain words\n",
            "picture.png": "\x89PNG\0\0",
            "huge.py": "x = 1\n" * 200_000,
            "empty.py": "",
        },
    )

    assert (built.files, built.windowed, built.skipped) == (6, 2, 2)
    assert built.chunks == len(bench.search("one", "f plain words class"))


def test_an_index_of_nothing_answers_nothing(bench: Bench) -> None:
    built = bench.build("one", {})

    assert (built.files, built.chunks) == (0, 0)
    assert bench.search("one", "anything") == []


@pytest.mark.parametrize(
    "asked",
    ["std::vector<int> AND (", "", "   ", "🚀🔥", "a" * 100_000, '"open', "NOT -x +y ~z^2 [a TO]",
     "field:value", "\x00\x01", "* ? \\", "' OR 1=1 --"],
)  # fmt: skip
def test_rubbish_is_a_question_like_any_other(bench: Bench, asked: str) -> None:
    bench.build("one", {"a.cpp": "std::vector<int> numbers() { return {}; }\n"})

    found = bench.search("one", asked)

    assert len(found) == (1 if "vector" in asked else 0)


@pytest.mark.parametrize(
    ("where", "paths"),
    [
        (Filter(), {"src/a.py", "src/b.ts", "docs/c.md"}),
        (Filter(path="src/"), {"src/a.py", "src/b.ts"}),
        (Filter(path="*.md"), {"docs/c.md"}),
        (Filter(language="Python"), {"src/a.py"}),
        (Filter(path="src/*", language="typescript"), {"src/b.ts"}),
        (Filter(path="src/*", language="go"), set()),
    ],
)
def test_a_search_keeps_to_the_paths_and_the_language_it_is_given(
    bench: Bench, where: Filter, paths: set[str]
) -> None:
    bench.build(
        "one",
        {
            "src/a.py": source("greet"),
            "src/b.ts": "export function greet() {}\n",
            "docs/c.md": "# Greet\n\nHow to greet.\n",
        },
    )

    found = bench.search("one", "greet", where)

    assert {each.passage.path for each in found} == paths
    scores = {each.passage.path: each.score for each in bench.search("one", "greet")}
    assert all(each.score == scores[each.passage.path] for each in found)


def test_a_path_pattern_that_would_take_all_memory_is_refused(bench: Bench) -> None:
    bench.build("one", {"a.py": source("f")})

    with pytest.raises(PatternTooTangled):
        bench.search("one", "f", Filter(path="a*" * 250))


def test_names_with_newlines_and_quotes_are_paths_like_others(bench: Bench) -> None:
    bench.build("one", {'od"d\nname.py': source("f")})

    assert bench.search("one", "f")[0].passage.path == 'od"d\nname.py'


def test_tests_and_docs_step_back_unless_they_are_asked_for(bench: Bench) -> None:
    bench.build(
        "one",
        {
            "tests/test_token.py": "def test_token():\n    token = make_token()\n",
            "docs/token.md": "# Token\n\nThe token.\n",
            "src/token.py": "def make_token(secret):\n    return sign(secret, now(), salt)\n",
            "vendor/token.py": "def make_token(secret):\n    return sign(secret, now(), salt)\n",
        },
    )
    snapshot = Snapshot.open(bench.folder / "one")

    def first(asked: str, *, prior: bool = True) -> str:
        words = Words().line(asked).split()
        return best(snapshot, words, asked, Wish(3, prior=prior), Filter())[0].passage.path

    assert first("make token") == "src/token.py"
    assert first("test of make token") == "tests/test_token.py"
    assert first("token", prior=False) != "src/token.py"


def test_one_file_does_not_take_every_place(bench: Bench) -> None:
    bench.build(
        "one",
        {"many.py": source(*(f"token_{n}" for n in range(60))), "one.py": source("a_token_too")},
    )
    snapshot = Snapshot.open(bench.folder / "one")

    found = best(snapshot, ["token"], "token", Wish(3, per_file=2), Filter())

    assert [each.passage.path for each in found].count("many.py") == 2
    assert "one.py" in [each.passage.path for each in found]


def test_the_prior_never_hides_what_it_would_raise(bench: Bench) -> None:
    tests = {f"tests/test_{n}.py": "def test_token():\n    token(token)\n" for n in range(200)}
    code = {
        "src/token.py": "def token(a, b, c):\n    return combine(a, b, c, 'something longer')\n"
    }
    bench.build("one", tests | code)
    snapshot = Snapshot.open(bench.folder / "one")

    found = best(snapshot, ["token"], "token", Wish(1), Filter())

    assert len(snapshot.search(["token"], 500)) == 201
    assert found[0].passage.path == "src/token.py"


@pytest.mark.parametrize(
    ("total", "before", "count"),
    [
        (0, None, 1),
        (500_001, None, 2),
        (30_000_000, None, 64),
        (30_000_000, 32, 32),
        (30_000_000, 16, 64),
        (2_000_000_000, None, 256),
    ],
)
def test_buckets_grow_with_the_repository_but_not_at_every_turn(
    total: int, before: int | None, count: int
) -> None:
    assert bucket_count(total, 500_000, before) == count


def test_progress_is_told_in_files(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    bench.blobs["b"] = source("f").encode()
    told: list[tuple[int, int]] = []
    sources = [Source(f"{n}.py", "b", 10) for n in range(5)]

    build(
        Order(bench.folder, "one", "c", Path("mirror"), sources),
        bench.answer,
        lambda done, total: told.append((done, total)),
    )

    assert told[0] == (1, 5)
    assert told[-1] == (5, 5)
    assert building.TELL_EVERY_S < 0.5
