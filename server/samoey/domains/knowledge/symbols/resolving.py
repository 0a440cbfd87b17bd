"""Which definition a name means: told by names and places, not by types."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from posixpath import commonpath, dirname
from typing import Literal

from samoey.domains.knowledge.symbols.facts import (
    CALL,
    INHERIT,
    Definition,
    Import,
    Reference,
    simple,
)
from samoey.domains.knowledge.symbols.modules import fits
from samoey.domains.knowledge.symbols.table import Entry, Table

# How a reference and a definition were brought together, the surest first.
How = Literal["same-file", "imported", "same-package", "name"]
HOWS: tuple[How, ...] = ("same-file", "imported", "same-package", "name")
FAMILIES = {"cpp": "c", "tsx": "script", "typescript": "script", "javascript": "script"}
TYPELIKE = frozenset(
    {
        "class",
        "interface",
        "struct",
        "trait",
        "enum",
        "record",
        "union",
        "type",
        "module",
        "concept",
    }
)
CALLABLE = TYPELIKE | {"function", "method", "macro", "annotation", "view", "property"}
ASIDE = ("test", "tests", "testing", "vendor", "node_modules", "third_party", "examples", "docs")


@dataclass(frozen=True, slots=True)
class Placed:
    """A definition, and the file that it stands in."""

    entry: Entry
    definition: Definition


@dataclass(frozen=True, slots=True)
class Referred:
    """A reference, and the file that it stands in."""

    entry: Entry
    reference: Reference


class Index:
    """The tables of a snapshot as one."""

    def __init__(self, tables: list[Table]) -> None:
        self.tables = tables
        self.cost = sum(table.cost for table in tables)

    def file(self, path: str) -> tuple[Table, int] | None:
        """Where a file's symbols are."""
        for table in self.tables:
            if (number := table.number.get(path)) is not None:
                return table, number
        return None

    def definitions(self, name: str) -> Iterator[Placed]:
        """Every definition of this (unqualified) name."""
        for table in self.tables:
            if (number := table.find(name)) is not None:
                for position in table.listed("defs", number):
                    entry = table.files[table.file_of("defs", position)]
                    yield Placed(entry, table.definition(position))

    def references(self, name: str) -> Iterator[Referred]:
        """Every reference to this name."""
        for table in self.tables:
            if (number := table.find(name)) is not None:
                for position in table.listed("refs", number):
                    entry = table.files[table.file_of("refs", position)]
                    yield Referred(entry, table.reference(position))


def family(language: str | None) -> str | None:
    return FAMILIES.get(language or "", language)


def how(seen_from: Entry, name: str, target: str) -> How:
    """How surely a name in one file means what another file defines under it."""
    if seen_from.path == target:
        return "same-file"
    if imported(seen_from.imports, name, target):
        return "imported"
    return "same-package" if dirname(seen_from.path) == dirname(target) else "name"


def imported(imports: Iterable[Import], name: str, target: str) -> int:
    """How well an import of the file fits the file that is meant; one that names it fits better."""
    best = 0
    for each in imports:
        taken = [mine for mine, _ in each.names]
        if found := fits(each.module, taken, target):
            best = max(best, found + 5 * (name in taken))
    return best


def meant(name: str, imports: Iterable[Import]) -> str:
    """The name that a file's own word for it stands for."""
    for each in imports:
        for theirs, mine in each.names:
            if mine == name and theirs:
                return theirs
    return name


def ranked(
    found: Iterable[Placed], seen_from: Entry | None, name: str, kind: str | None
) -> list[tuple[Placed, How]]:
    """Order definitions by how likely one is meant where a name stands."""
    result = []
    for each in found:
        if seen_from is not None and family(seen_from.language) != family(each.entry.language):
            continue
        by = how(seen_from, name, each.entry.path) if seen_from else "name"
        result.append((order(each, seen_from, by, name, kind), each, by))
    result.sort(key=lambda each: each[0])
    return [(each, by) for _, each, by in result]


Order = tuple[int, int, int, int, int, str, int]


def order(each: Placed, seen_from: Entry | None, by: How, name: str, kind: str | None) -> Order:
    path = each.entry.path
    near = fit = 0
    if seen_from is not None:
        near = len(
            [part for part in commonpath(["/" + seen_from.path, "/" + path]).split("/") if part]
        )
        fit = imported(seen_from.imports, name, path)
    return (
        HOWS.index(by),
        -fit,
        not suits(kind, each.definition.kind),
        aside(path) and not (seen_from is not None and aside(seen_from.path)),
        -near,
        path,
        each.definition.start,
    )


def suits(kind: str | None, defined: str) -> bool:
    """Whether a definition of this kind can be meant by such a reference."""
    if defined == "impl":
        return False
    if kind == CALL:
        return defined in CALLABLE
    return kind != INHERIT or defined in TYPELIKE


def aside(path: str) -> bool:
    """Whether a file is a test, an example or somebody else's."""
    parts = path.lower().split("/")
    return any(part in ASIDE for part in parts[:-1]) or parts[-1].startswith("test_")


def called(name: str, each: Placed) -> bool:
    """Whether a definition bears a qualified name, or ends with it."""
    whole = each.definition.name
    last = simple(whole, each.entry.language)
    return whole == name or whole.endswith(("." + name, "::" + name)) or last == name
