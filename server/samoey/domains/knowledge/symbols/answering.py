"""What is said of a symbol: where it is defined, who refers to it, who calls it."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from samoey.domains.knowledge.errors import SymbolNotFound
from samoey.domains.knowledge.symbols.facts import CALL, Definition, Facts, simple
from samoey.domains.knowledge.symbols.mapping import Ranks
from samoey.domains.knowledge.symbols.resolving import (
    CALLABLE,
    HOWS,
    How,
    Index,
    Placed,
    Referred,
    called,
    family,
    how,
    meant,
    ranked,
)
from samoey.domains.knowledge.symbols.schemas import (
    CalledOut,
    DefinitionsOut,
    MapFileOut,
    MapOut,
    MapSymbolOut,
    NeighboursOut,
    PlaceOut,
    ReferenceOut,
    ReferencesOut,
    SymbolQuery,
)
from samoey.domains.knowledge.symbols.table import Entry

# A name that the whole repository uses is followed so far.
MOST_FOLLOWED = 20_000
MOST_UNRESOLVED = 100

Ranked = list[tuple[Placed, How]]


@dataclass(frozen=True, slots=True)
class Wanted:
    """The symbol that is asked for: its name, the file it is seen from, and how it stands there."""

    name: str
    seen_from: Entry | None = None
    kind: str | None = None
    # The definition whose own name was pointed at.
    itself: Definition | None = None


def wanted(index: Index, query: SymbolQuery) -> Wanted:
    """Find the symbol that a query names, or points at.

    Raises:
        SymbolNotFound: no symbol stands there.
    """
    found = index.file(query.path) if query.path is not None else None
    seen_from = found[0].files[found[1]] if found else None
    if query.name is not None:
        return Wanted(query.name, seen_from)
    if found is None or query.line is None:
        raise SymbolNotFound("Name a symbol, or the path and line of a file where one stands.")
    facts = found[0].facts(found[1])
    return pointed(facts, found[0].files[found[1]], query.line, query.column)


def pointed(facts: Facts, entry: Entry, line: int, column: int | None) -> Wanted:
    """Find the word at a place; with no column, what is defined there or stands there first.

    Raises:
        SymbolNotFound: no symbol stands there.
    """
    for each in facts.definitions:
        last = simple(each.name, facts.language)
        if each.line == line and (column is None or 0 <= column - each.column <= len(last)):
            return Wanted(last, entry, None, each)
    for word in facts.references:
        if word.line == line and (column is None or 0 <= column - word.column <= len(word.name)):
            return Wanted(meant(word.name, entry.imports), entry, word.kind)
    around = innermost(facts.definitions, line)
    if column is None and around is not None:
        return Wanted(simple(around.name, facts.language), entry, None, around)
    raise SymbolNotFound


def innermost(definitions: list[Definition], line: int) -> Definition | None:
    around = [each for each in definitions if each.start <= line <= each.end]
    return min(around, key=lambda each: (each.end - each.start, -each.start), default=None)


def resolved(index: Index, asked: Wanted) -> Ranked:
    """The definitions that may be meant, the likeliest first."""
    last = simple(asked.name, asked.seen_from.language if asked.seen_from else None)
    found = [each for each in index.definitions(last) if called(asked.name, each)]
    if "." in asked.name or "::" in asked.name:
        exact = [each for each in found if each.definition.name == asked.name]
        found = exact or found
    result = ranked(found, asked.seen_from, last, asked.kind)
    if asked.itself is not None and asked.seen_from is not None:
        mine = (asked.seen_from.path, asked.itself)
        result.sort(key=lambda each: (each[0].entry.path, each[0].definition) != mine)
    return result


def definitions(index: Index, commit: str, query: SymbolQuery) -> DefinitionsOut:
    """Say where a symbol is defined.

    Raises:
        SymbolNotFound: no symbol stands there, or nothing here defines it.
    """
    asked = wanted(index, query)
    found = resolved(index, asked)
    if not found:
        raise SymbolNotFound(f"Nothing in this repository defines {asked.name}.")
    places = [place(each, by, commit) for each, by in found[: query.limit]]
    return DefinitionsOut(name=asked.name, commit=commit, definitions=places)


def references(index: Index, commit: str, query: SymbolQuery) -> ReferencesOut:
    """Say who refers to a symbol.

    Raises:
        SymbolNotFound: no symbol stands there, or nothing here knows the name.
    """
    asked = wanted(index, query)
    found = resolved(index, asked)
    target = found[0] if found else None
    last = simple(asked.name, asked.seen_from.language if asked.seen_from else None)
    words = [
        (surely(each, last, target), each)
        for each in index.references(last)
        if target is None or same_family(each.entry, target[0].entry)
    ]
    if target is None and not words:
        raise SymbolNotFound(f"Nothing in this repository is called {asked.name}.")
    words.sort(
        key=lambda each: (
            HOWS.index(each[0]),
            each[1].entry.path,
            each[1].reference.line,
            each[1].reference.column,
        )
    )
    given = words[: query.limit]
    around = Surroundings(index)
    return ReferencesOut(
        name=asked.name,
        commit=commit,
        definition=place(*target, commit) if target else None,
        references=[
            ReferenceOut(
                name=each.reference.name,
                kind=each.reference.kind,
                path=each.entry.path,
                line=each.reference.line,
                column=each.reference.column,
                commit=commit,
                within=outer.name if (outer := around.of(each)) else None,
                how=by,
            )
            for by, each in given
        ],
        total=len(words),
    )


def same_family(one: Entry, other: Entry) -> bool:
    return family(one.language) == family(other.language)


def surely(each: Referred, name: str, target: tuple[Placed, How] | None) -> How:
    return how(each.entry, name, target[0].entry.path) if target else "name"


class Surroundings:
    """The definitions that references stand in; each file is looked at once."""

    def __init__(self, index: Index) -> None:
        self.index = index
        self.known: dict[str, list[Definition]] = {}

    def of(self, word: Referred) -> Definition | None:
        path = word.entry.path
        if path not in self.known:
            found = self.index.file(path)
            self.known[path] = found[0].definitions(found[1]) if found else []
        callable_ones = [each for each in self.known[path] if each.kind in CALLABLE]
        return innermost(callable_ones, word.reference.line)


def neighbours(index: Index, commit: str, query: SymbolQuery) -> NeighboursOut:
    """Say who calls a definition, and what it calls.

    Raises:
        SymbolNotFound: nothing here defines what is asked for.
    """
    found = resolved(index, wanted(index, query))
    if not found:
        raise SymbolNotFound
    target, by = found[0]
    calls, unresolved = called_by(index, target, commit)
    return NeighboursOut(
        definition=place(target, by, commit),
        callers=callers(index, target, commit, sure=query.sure)[: query.limit],
        calls=calls[: query.limit],
        unresolved=unresolved[:MOST_UNRESOLVED],
    )


def callers(index: Index, target: Placed, commit: str, *, sure: bool = False) -> list[CalledOut]:
    name = simple(target.definition.name, target.entry.language)
    around = Surroundings(index)
    lines: dict[tuple[str, Definition], tuple[Entry, How, list[int]]] = {}
    # All calls of a file are told alike, and a common name is called in many.
    told: dict[str, How] = {}
    for word in followed(index, name, target):
        by = told.get(word.entry.path)
        if by is None:
            by = told[word.entry.path] = how(word.entry, name, target.entry.path)
        if sure and by == "name":
            continue
        outer = around.of(word) or whole(word.entry)
        key = (word.entry.path, outer)
        lines.setdefault(key, (word.entry, by, []))[2].append(word.reference.line)
    result = [
        CalledOut(place=place(Placed(entry, outer), by, commit), lines=sorted(set(at)))
        for (_, outer), (entry, by, at) in lines.items()
    ]
    result.sort(key=lambda each: (HOWS.index(each.place.how), each.place.path, each.place.start))
    return result


def followed(index: Index, name: str, target: Placed) -> Iterator[Referred]:
    """The calls of a name, up to a bound."""
    count = 0
    for word in index.references(name):
        if word.reference.kind == CALL and same_family(word.entry, target.entry):
            count += 1
            if count > MOST_FOLLOWED:
                return
            yield word


def whole(entry: Entry) -> Definition:
    """A file as what calls, where no definition stands around."""
    return Definition(entry.path, "module", 1, 1, 1, 1)


def called_by(index: Index, caller: Placed, commit: str) -> tuple[list[CalledOut], list[str]]:
    found = index.file(caller.entry.path)
    assert found is not None
    inside = caller.definition
    lines: dict[str, list[int]] = defaultdict(list)
    for word in found[0].facts(found[1]).references:
        if word.kind == CALL and inside.start <= word.line <= inside.end:
            lines[word.name].append(word.line)
    calls, unresolved = [], []
    for name, at in lines.items():
        asked = Wanted(meant(name, caller.entry.imports), caller.entry, CALL)
        if likeliest := resolved(index, asked)[:1]:
            each, by = likeliest[0]
            calls.append(CalledOut(place=place(each, by, commit), lines=at))
        else:
            unresolved.append(name)
    return calls, unresolved


def mapped(index: Index, ranks: Ranks, commit: str, limit: int) -> MapOut:
    """Draw the map of a repository."""
    files = []
    for each in ranks.files[:limit]:
        table = index.tables[each.file[0]]
        entry = table.files[each.file[1]]
        symbols = [table.definition(position) for position, _ in each.symbols]
        files.append(
            MapFileOut(
                path=entry.path,
                language=entry.language,
                rank=round(each.rank, 6),
                symbols=[
                    MapSymbolOut(name=one.name, kind=one.kind, start=one.start, end=one.end)
                    for one in symbols
                ],
            )
        )
    return MapOut(commit=commit, total=ranks.count, files=files)


def place(each: Placed, by: How, commit: str) -> PlaceOut:
    found = each.definition
    return PlaceOut(
        name=found.name,
        kind=found.kind,
        path=each.entry.path,
        start=found.start,
        end=found.end,
        line=found.line,
        column=found.column,
        language=each.entry.language,
        commit=commit,
        how=by,
    )
