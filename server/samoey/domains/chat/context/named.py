"""The definitions that a question names: fetched by their names, not by likeness."""

import re
from collections.abc import Sequence
from uuid import UUID

from samoey.domains.chat.context.parts import Passage
from samoey.domains.chat.naming import named
from samoey.domains.knowledge import service as knowledge
from samoey.domains.knowledge.service import FileAround, PlaceOut, SymbolQuery
from samoey.domains.repositories.schemas import RepositoryOut
from samoey.kit.context import Actor, Tools
from samoey.kit.ports.models import Source
from samoey.kit.problems import Problem

# So many names of a question are looked up, in so many repositories, for so many definitions each.
MOST_NAMES = 4
MOST_REPOSITORIES = 8
MOST_DEFINED = 2
MOST_LOOKED_AT = 10
# Of a long definition the beginning is shown; of a type less, for its members stand apart.
LONGEST = 150
LONGEST_TYPE = 40
TYPES = frozenset({"class", "interface", "struct", "trait", "enum", "record", "union"})
# Headings and keys are found by their words.
NO_SYMBOLS = frozenset({"section", "key", "impl"})

_DOTTED = re.compile(r"(?<![\w./@-])[A-Za-z_]\w*(?:(?:\.|::|#)[A-Za-z_]\w*)+(?![\w/@-])")
_CAMEL = re.compile(r"\b[A-Z][a-z0-9]+(?:[A-Z][A-Za-z0-9]*)+\b")
_LINK = re.compile(r"\w+://\S+")
_JOINT = re.compile(r"\.|::|#")


def names_in(question: str) -> list[str]:
    """The symbols that a question names, in its order: `Foo.bar`, `bar()`, `some_name`."""
    plain = _LINK.sub(" ", question)
    dotted = set(_DOTTED.findall(plain))
    parts = {part for name in dotted for part in _JOINT.split(name)}
    camel = frozenset(_CAMEL.findall(plain))
    found = dotted | (named(plain, known=camel) - parts)
    return sorted(found, key=lambda name: (plain.find(name), name))[:MOST_NAMES]


async def definitions(
    tools: Tools, actor: Actor, names: Sequence[str], repositories: Sequence[RepositoryOut]
) -> list[Passage]:
    """The definitions of these names, in repositories that the actor may read."""
    places: list[tuple[RepositoryOut, PlaceOut]] = []
    for name in names:
        found: list[tuple[RepositoryOut, PlaceOut]] = []
        for repository in repositories[:MOST_REPOSITORIES]:
            found += [(repository, at) for at in await _of_name(tools, actor, repository.id, name)]
        places += found[:MOST_DEFINED]
    passages: list[Passage] = []
    for repository in {it.id: it for it, _ in places}.values():
        here = [place for it, place in places if it.id == repository.id]
        passages += await _read(tools, actor, repository, here)
    order = {(it.id, at.path, at.start): number for number, (it, at) in enumerate(places)}
    passages.sort(key=lambda it: order[it.repository_id, it.source.path, it.source.start])
    return passages


async def _of_name(tools: Tools, actor: Actor, repository_id: UUID, name: str) -> list[PlaceOut]:
    """Where a name is defined; of `module.name` the module may be a part of the path."""
    found = await _defined(tools, actor, repository_id, name)
    parts = _JOINT.split(name)
    if found or len(parts) == 1:
        return found
    around = set(parts[:-1])
    return [
        place
        for place in await _defined(tools, actor, repository_id, parts[-1])
        if around <= set(re.split(r"[/.]", place.path)) | set(_JOINT.split(place.name))
    ]


async def _defined(tools: Tools, actor: Actor, repository_id: UUID, name: str) -> list[PlaceOut]:
    query = SymbolQuery(repository_id=repository_id, name=name, limit=MOST_LOOKED_AT)
    try:
        told = await knowledge.definition(tools, actor, query)
    except Problem:
        # Nothing is called so, or the symbols are away: what was found by likeness is left.
        return []
    # Of overloads the one that does something is the longest.
    longest: dict[tuple[str, str], PlaceOut] = {}
    for place in told.definitions:
        known = longest.get((place.path, place.name))
        if known is None or place.end - place.start > known.end - known.start:
            longest[place.path, place.name] = place
    return [place for place in longest.values() if place.kind not in NO_SYMBOLS]


async def _read(
    tools: Tools, actor: Actor, repository: RepositoryOut, places: Sequence[PlaceOut]
) -> list[Passage]:
    try:
        around = await knowledge.surroundings(
            tools, actor, repository.id, list(dict.fromkeys(place.path for place in places))
        )
    except Problem:
        return []
    return [
        _passage(repository, place, file)
        for place in places
        if place.commit == around.commit and (file := around.files.get(place.path)) is not None
    ]


def _passage(repository: RepositoryOut, place: PlaceOut, file: FileAround) -> Passage:
    most = LONGEST_TYPE if place.kind in TYPES else LONGEST
    return passage_of(repository.id, repository.name, place, file, most=most)


def passage_of(
    repository_id: UUID, repository_name: str, place: PlaceOut, file: FileAround, *, most: int
) -> Passage:
    """The beginning of a definition, as a passage."""
    end = min(place.end, place.start + most - 1, len(file.lines))
    source = Source(
        tag="",
        repository_name=repository_name,
        path=place.path,
        start=place.start,
        end=end,
        commit=place.commit,
        text="\n".join(file.lines[place.start - 1 : end]),
        symbol=place.name,
        kind=place.kind,
        language=file.language,
    )
    return Passage(repository_id, source, why="named")
