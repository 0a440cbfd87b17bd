"""A map of a repository: its files and symbols ranked by who refers to them, as pages by links."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from math import sqrt
from posixpath import dirname

from samoey.domains.knowledge.symbols.facts import OWNED
from samoey.domains.knowledge.symbols.questions import QUESTIONS
from samoey.domains.knowledge.symbols.resolving import Index, aside, family, imported
from samoey.domains.knowledge.symbols.table import Table

ROUNDS = 20
DAMPING = 0.85
# A name that so many files define tells nothing about any of them; nor does a very short one.
MOST_DEFINED = 8
SHORTEST = 3
# What a reference from a test or an example counts.
FROM_ASIDE = 0.2
# A name that begins like this is its file's own business.
OWN = 0.2
# Kept of each file, for whoever draws the map.
MOST_SYMBOLS = 12
MOST_FILES = 2_000

# A file: the number of its table, and its own in there.
File = tuple[int, int]
# A definition: its file, and its position in the table.
Target = tuple[File, int]


@dataclass(frozen=True, slots=True)
class RankedFile:
    """A file, its rank (all sum up to 1), and its definitions that others refer to most."""

    file: File
    rank: float
    symbols: list[tuple[int, float]]


@dataclass(frozen=True, slots=True)
class Ranks:
    """The files of a snapshot, the most referred to first."""

    files: list[RankedFile]
    count: int


def ranks_of(index: Index) -> Ranks:
    """Rank the files of a snapshot by who refers to what they define."""
    targets = targets_of(index)
    links: dict[File, dict[Target, float]] = {}
    for number, table in enumerate(index.tables):
        for position in range(len(table.files)):
            links[number, position] = links_from(index, (number, position), targets)
    rank = rounds(links)
    shares: dict[File, dict[int, float]] = defaultdict(lambda: defaultdict(float))
    for source, out in links.items():
        total = sum(out.values())
        for (file, definition), weight in out.items():
            shares[file][definition] += rank[source] * weight / total
    files = [
        RankedFile(file, rank[file], foremost(shares[file]))
        for file in sorted(rank, key=lambda each: (-rank[each], path_of(index, each)))
    ]
    return Ranks(files[:MOST_FILES], len(files))


def foremost(shares: dict[int, float]) -> list[tuple[int, float]]:
    """The definitions of a file that others refer to most."""
    return sorted(shares.items(), key=lambda each: (-each[1], each[0]))[:MOST_SYMBOLS]


def path_of(index: Index, file: File) -> str:
    return index.tables[file[0]].files[file[1]].path


def targets_of(index: Index) -> dict[str, list[Target]]:
    """The definitions that references may mean, by name; without those that too many define."""
    found: dict[str, list[Target]] = {}
    for number, table in enumerate(index.tables):
        for name, position in defined(table):
            found.setdefault(name, []).append(((number, table.file_of("defs", position)), position))
    return {name: each for name, each in found.items() if len(each) <= MOST_DEFINED}


def defined(table: Table) -> Iterator[tuple[str, int]]:
    names, kinds = table.columns["def_name"], table.header.kinds
    for position in range(len(names)):
        if kinds[table.columns["def_kind"][position]] not in {"field", "impl", "section", "key"}:
            name = table.name(names[position])
            if len(name) >= SHORTEST:
                yield name, position


def links_from(index: Index, source: File, targets: dict[str, list[Target]]) -> dict[Target, float]:
    """What a file refers to elsewhere, and how strongly."""
    table = index.tables[source[0]]
    entry = table.files[source[1]]
    if entry.language not in QUESTIONS:
        return {}
    starts = table.columns["refs_of_file"]
    words = Counter(table.columns["ref_name"][starts[source[1]] : starts[source[1] + 1]])
    taken = {name for each in entry.imports for name, _ in each.names}
    scale = FROM_ASIDE if aside(entry.path) else 1.0
    out: dict[Target, float] = {}
    for number, count in words.items():
        name = table.name(number)
        meant = targets.get(name, [])
        if not meant or any(file == source for file, _ in meant):
            continue
        if len(meant) > 1:
            meant = narrowed(index, source, name, meant, asked=name in taken)
        weight = scale * sqrt(count) * (OWN if name.startswith("_") else 1.0) / len(meant)
        for file, position in meant:
            other = index.tables[file[0]]
            if family(other.files[file[1]].language) == family(entry.language):
                kind = other.header.kinds[other.columns["def_kind"][position]]
                # Methods of one name are many, and the name alone does not tell whose is meant.
                out[file, position] = weight * (0.5 if kind in OWNED else 1.0)
    return out


def narrowed(
    index: Index, source: File, name: str, meant: list[Target], *, asked: bool
) -> list[Target]:
    """Keep what an import names, else what stands in the same folder, if there is any."""
    entry = index.tables[source[0]].files[source[1]]
    if asked:
        fitting = [each for each in meant if imported(entry.imports, name, path_of(index, each[0]))]
        return fitting or meant
    folder = dirname(entry.path)
    return [each for each in meant if dirname(path_of(index, each[0])) == folder] or meant


def rounds(links: dict[File, dict[Target, float]]) -> dict[File, float]:
    """Let rank flow along the links until it settles; what links nowhere gives to all."""
    count = max(len(links), 1)
    flows: dict[File, dict[File, float]] = {}
    for source, out in links.items():
        total = sum(out.values())
        to: dict[File, float] = defaultdict(float)
        for (file, _), weight in out.items():
            to[file] += weight / total
        flows[source] = to
    rank = dict.fromkeys(links, 1 / count)
    for _ in range(ROUNDS):
        idle = sum(rank[source] for source, to in flows.items() if not to)
        following = dict.fromkeys(links, (1 - DAMPING + DAMPING * idle) / count)
        for source, to in flows.items():
            for file, share in to.items():
                following[file] += DAMPING * rank[source] * share
        rank = following
    return rank
