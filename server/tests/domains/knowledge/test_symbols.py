"""What files say of symbols, by language; and that tables give it back as it was."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from samoey.domains.knowledge.errors import SymbolNotFound
from samoey.domains.knowledge.parse.chunks import cut
from samoey.domains.knowledge.symbols.answering import definitions, neighbours, references
from samoey.domains.knowledge.symbols.facts import Facts, facts_of
from samoey.domains.knowledge.symbols.mapping import ranks_of
from samoey.domains.knowledge.symbols.modules import fits, normal
from samoey.domains.knowledge.symbols.naming import fitting
from samoey.domains.knowledge.symbols.part import Symbols, written
from samoey.domains.knowledge.symbols.questions import QUESTIONS
from samoey.domains.knowledge.symbols.resolving import Index
from samoey.domains.knowledge.symbols.schemas import SymbolQuery
from samoey.domains.knowledge.symbols.table import Spoiled, Table
from samoey.kit.ids import new_id
from samoey.kit.languages import language_of
from tests.domains.knowledge.referring import EXAMPLES


def facts(path: str, source: str) -> Facts:
    return facts_of(path, cut(path, source.encode()))


def opened(*files: Facts) -> Index:
    return Index([Table(memoryview(written(list(files))))])


def test_every_language_with_references_has_an_example() -> None:
    assert {language_of(path) for path in EXAMPLES} == set(QUESTIONS)


@pytest.mark.parametrize("path", EXAMPLES)
def test_references_are_told_by_kind_and_place(path: str) -> None:
    source, known, modules, values = EXAMPLES[path]

    said = facts(path, source)

    found: dict[str, list[str]] = {}
    for each in said.references:
        found.setdefault(each.kind, []).append(f"{each.name}:{each.line}:{each.column}")
    assert {kind: " ".join(each) for kind, each in found.items()} == known
    assert " ".join(each.module for each in said.imports) == modules
    defined = [
        each.name for each in said.definitions if each.kind in {"constant", "variable", "field"}
    ]
    assert " ".join(defined) == values


@pytest.mark.parametrize("path", EXAMPLES)
def test_a_reference_stands_where_it_is_said_to_stand(path: str) -> None:
    source = EXAMPLES[path][0].replace("p", "ä")
    lines = source.split("\n")

    said = facts(path, source)

    for each in said.references:
        assert lines[each.line - 1][each.column - 1 :].startswith(each.name)
    for one in said.definitions:
        if one.kind not in {"rule", "element"}:
            last = one.name.replace("::", ".").rpartition(".")[2]
            assert last in lines[one.line - 1][one.column - 1 :]


@pytest.mark.parametrize(
    "source",
    [
        b"", b"\n", b"\xef\xbb\xbfclass A: pass", b"def f(:\n" * 50, b"\xff\xfe" + b"d\0e\0f\0",
        b"class " + b"A" * 100_000 + b": pass\n", b"f(" * 2_000, "class Ö(Ä): ü()\r\n".encode() * 3,
        b"from " + b"." * 500 + b" import x\n", b"import a" + b".a" * 500,
    ],
    ids=range(10),
)  # fmt: skip
def test_whatever_a_file_holds_its_table_gives_it_back(source: bytes) -> None:
    for path in EXAMPLES:
        said = facts_of(path, cut(path, source))

        assert opened(said).tables[0].facts(0) == said


NAMES = st.sampled_from(["load", "save", "Store", "parse_config", "größe"])
FILE = st.lists(st.tuples(NAMES, NAMES), max_size=4)


@given(
    before=st.dictionaries(st.sampled_from(["a.py", "b/c.py", "b/d.py"]), FILE, max_size=3),
    after=st.dictionaries(st.sampled_from(["a.py", "b/c.py", "b/d.py"]), FILE, max_size=3),
)
def test_a_table_made_after_a_commit_is_the_one_made_from_scratch(
    tmp_path_factory: pytest.TempPathFactory,
    before: dict[str, list[tuple[str, str]]],
    after: dict[str, list[tuple[str, str]]],
) -> None:
    def source(calls: list[tuple[str, str]]) -> str:
        return "".join(f"def {name}():\n    return x.{called}()\n" for name, called in calls)

    def made(files: dict[str, list[tuple[str, str]]], old: Path | None, kept: set[str]) -> bytes:
        part = Symbols()
        part.begin(old)
        for path in sorted(files):
            content = source(files[path]).encode()
            if path in kept:
                part.keep(path)
            else:
                part.add(path, content, cut(path, content))
        return part.finish()

    previous = tmp_path_factory.mktemp("part") / "before"
    previous.write_bytes(made(before, None, set()))
    unchanged = {path for path in after if before.get(path) == after[path]}

    assert made(after, previous, unchanged) == made(after, None, set())


@pytest.mark.parametrize("cut_at", [0, 4, 20, -4])
def test_a_damaged_table_is_told_from_a_whole_one(tmp_path: Path, cut_at: int) -> None:
    whole = written([facts(path, known[0]) for path, known in EXAMPLES.items()])
    (tmp_path / "table").write_bytes(whole[:cut_at])

    with pytest.raises(Spoiled):
        Table.open(tmp_path / "table")


SHOP = (
    facts("shop/__init__.py", ""),
    facts(
        "shop/basket.py",
        "from .prices import price as cost\n\n\nclass Basket:\n    def add(self, item):\n"
        "        return cost(item)\n",
    ),
    facts("shop/prices.py", "def price(item):\n    return rate(item)\n\n\ndef rate(item): ...\n"),
    facts("bank/prices.py", "def price(account):\n    return 0\n"),
    facts(
        "tests/test_shop.py",
        "from shop.basket import Basket\n\n\ndef test():\n    Basket().add(1)\n",
    ),
    facts("web/price.js", "function price() { return 1 }\nprice()\n"),
)
REPOSITORY = new_id()


def asked(**where: object) -> SymbolQuery:
    return SymbolQuery.model_validate({"repository_id": REPOSITORY, **where})


def test_a_name_is_followed_through_the_import_that_renames_it() -> None:
    found = definitions(opened(*SHOP), "c", asked(path="shop/basket.py", line=6, column=17))

    assert [(each.path, each.name, each.how) for each in found.definitions] == [
        ("shop/prices.py", "price", "imported"),
        ("bank/prices.py", "price", "name"),
    ]


def test_references_are_those_of_the_language_and_say_how_sure_they_are() -> None:
    found = references(opened(*SHOP), "c", asked(name="price", path="shop/prices.py"))

    assert found.definition is not None
    assert (found.definition.path, found.total) == ("shop/prices.py", 1)
    assert [(each.path, each.kind, each.how) for each in found.references] == [
        ("shop/basket.py", "import", "imported")
    ]


def test_a_name_in_quotes_of_its_owner_finds_the_method() -> None:
    found = definitions(opened(*SHOP), "c", asked(name="Basket.add"))

    assert [(each.name, each.kind, each.start, each.end) for each in found.definitions] == [
        ("Basket.add", "method", 5, 6)
    ]


def test_who_calls_a_function_and_what_it_calls() -> None:
    index = opened(*SHOP)

    add = neighbours(index, "c", asked(name="Basket.add"))
    price = neighbours(index, "c", asked(path="shop/prices.py", line=1))

    assert [(each.place.name, each.lines) for each in add.callers] == [("test", [5])]
    assert [(each.place.path, each.place.name) for each in add.calls] == [
        ("shop/prices.py", "price")
    ]
    assert [each.place.name for each in price.calls] == ["rate"]


def test_who_wants_sure_callers_only_is_not_given_those_that_a_name_alone_tells() -> None:
    far = facts("far/away.py", "def elsewhere(thing):\n    thing.add(1)\n")
    index = opened(*SHOP, far)

    every = neighbours(index, "c", asked(name="Basket.add")).callers
    sure = neighbours(index, "c", asked(name="Basket.add", sure=True)).callers

    assert [(each.place.path, each.place.how) for each in every] == [
        ("tests/test_shop.py", "imported"),
        ("far/away.py", "name"),
    ]
    assert sure == every[:1]


@pytest.mark.parametrize(
    "where",
    [{"name": "nothing"}, {"path": "shop/basket.py", "line": 2, "column": 1},
     {"path": "none.py", "line": 1}, {"path": "shop/basket.py", "line": 999}],
)  # fmt: skip
def test_where_no_symbol_stands_none_is_made_up(where: dict[str, object]) -> None:
    with pytest.raises(SymbolNotFound):
        definitions(opened(*SHOP), "c", asked(**where))


def test_the_file_that_others_refer_to_leads_the_map() -> None:
    core = facts("app/core.py", "def engine(): ...\n\n\ndef spare(): ...\n")
    users = [
        facts(f"app/user{n}.py", "from app.core import engine\n\n\nengine()\n") for n in range(5)
    ]
    index = opened(core, *users)

    ranks = ranks_of(index)

    first = ranks.files[0]
    table = index.tables[first.file[0]]
    assert table.files[first.file[1]].path == "app/core.py"
    assert [table.definition(position).name for position, _ in first.symbols] == ["engine"]
    assert sum(each.rank for each in ranks.files) == pytest.approx(1)


def test_an_empty_repository_has_an_empty_map() -> None:
    assert ranks_of(Index([])).files == []


@pytest.mark.parametrize(
    ("typed", "names"),
    [("price", ["price", "price", "price"]), ("bas", ["Basket"]), ("bskt", ["Basket"]),
     ("Basket.a", ["Basket.add"]), ("zzz", []), ("", []), (".*", []), ("\\", [])],
)  # fmt: skip
def test_a_palette_finds_symbols_by_beginnings_and_letters(typed: str, names: list[str]) -> None:
    found = fitting(opened(*SHOP), typed, 20)

    assert [each.definition.name for _, each in found] == names


@pytest.mark.parametrize(
    ("text", "path", "language", "module", "file"),
    [
        ("a.b", "x/y.py", "python", "a/b", "src/a/b.py"),
        (".m", "x/y.py", "python", "/x/m", "x/m.py"),
        ("..m.n", "x/z/y.py", "python", "/x/m/n", "x/m/n/__init__.py"),
        ("./m.js", "x/y.ts", "typescript", "/x/m", "x/m.ts"),
        ("../m", "x/y.ts", "typescript", "/m", "m/index.ts"),
        ("a.b.C", "X.java", "java", "a/b/C", "src/main/java/a/b/C.java"),
        ("github.com/o/p/sub", "x.go", "go", "github.com/o/p/sub", "p/sub/any.go"),
        ("crate::a::b", "src/x.rs", "rust", "a/b", "src/a/b.rs"),
        ('"x/b.h"', "a.c", "c", "x/b", "include/x/b.h"),
    ],
)
def test_a_module_fits_the_file_that_it_means(
    text: str, path: str, language: str, module: str, file: str
) -> None:
    assert normal(text, path, language) == module
    assert fits(module, [], file)
    assert not fits(module, [], "other/thing.py")


@pytest.mark.parametrize("text", ["../../../etc/passwd", "https://example.org/x.js", "data:x"])
def test_what_leads_out_of_a_repository_is_no_module_of_it(text: str) -> None:
    assert normal(text, "a/b.js", "javascript") == ""
