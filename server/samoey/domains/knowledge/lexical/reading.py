"""Reading a snapshot: the passages that hold the words of a question, best first."""

import json
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import tantivy

from samoey.domains.knowledge.lexical.fields import WEIGHTS, Passage, decode, schema
from samoey.domains.knowledge.lexical.globs import as_regex

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

MOST_OF_A_FILE = 100_000
# So many filters are remembered with what lies within them.
MOST_NARROWED = 8
# Scores are 32-bit sums whose last digits depend on the order of segments; ties are told by path.
DIGITS = 4
# What an open segment takes of memory, and each block of passages that it has unpacked of late.
SEGMENT_BYTES = 16_000
BLOCK_BYTES = 16_000
MOST_BLOCKS = 100
# The files of a segment, each of which the system maps into the memory of the process.
MAPS = 6

Ranked = tuple[float, tantivy.DocAddress]
Worded = tuple[Passage, str]
# What each word weighs in each field; what is not there is not asked for.
Weights = Mapping[tuple[str, str], float]


class PatternTooTangled(Exception):
    """A path pattern that would take too much memory to search by."""


@dataclass(frozen=True, slots=True)
class Found:
    """A passage and how well it fits."""

    passage: Passage
    score: float


@dataclass(frozen=True, slots=True)
class Filter:
    """Where to look: paths by a glob, and one language."""

    path: str | None = None
    language: str | None = None


class Snapshot:
    """An open snapshot.

    It never changes, so threads may share it; and it stays readable when its folder is removed,
    for the system keeps what is mapped.
    """

    def __init__(self, searcher: tantivy.Searcher, sizes: Sequence[int]) -> None:
        self.searcher = searcher
        self.segments = searcher.num_segments
        # Passages that were read: each may have had a block unpacked, which is kept.
        self.loaded = 0
        # Passages are numbered through the segments, in the order in which `meta.json` names them.
        self.starts = [0]
        for size in sizes:
            self.starts.append(self.starts[-1] + size)
        self.narrow: dict[Filter, NDArray[np.int64]] = {}

    @classmethod
    def open(cls, folder: Path) -> "Snapshot":
        """Open the snapshot in `folder`.

        Raises:
            FileNotFoundError: there is none (any more).
        """
        meta = json.loads((folder / "meta.json").read_bytes())
        sizes = [segment["max_doc"] for segment in meta["segments"]]
        return cls(tantivy.Index.open(str(folder)).searcher(), sizes)

    @property
    def size(self) -> int:
        """How many passages there are."""
        return self.searcher.num_docs

    @property
    def cost(self) -> int:
        """Tell about how much memory it takes, in bytes; mapped files are the system's."""
        blocks = min(self.loaded, self.segments * MOST_BLOCKS)
        return self.segments * SEGMENT_BYTES + blocks * BLOCK_BYTES

    @property
    def maps(self) -> int:
        """Tell how many files of it are mapped."""
        return self.segments * MAPS

    def frequency(self, field: str, word: str) -> int:
        """How many passages hold a word in a field."""
        return self.searcher.doc_freq(field, word)

    def search(self, words: Sequence[str], limit: int, where: Filter = Filter()) -> list[Found]:
        """Find the passages that hold these words, the best `limit` of them.

        Raises:
            PatternTooTangled: the path pattern cannot be searched by.
        """
        found = [
            Found(self.passage(address), score)
            for score, address in self.ranked(words, limit, where)
        ]
        return sorted(found, key=rank)

    def ranked(
        self, words: Sequence[str] | Weights, limit: int, where: Filter, *, skip: int = 0
    ) -> list[Ranked]:
        """Rank passages without loading them, leaving out the first ones.

        Raises:
            PatternTooTangled: the path pattern cannot be searched by.
        """
        if not words or not self.size:
            return []
        return self.found(asked(words), limit, where, skip=skip)

    def found(
        self, query: tantivy.Query, limit: int, where: Filter, *, skip: int = 0
    ) -> list[Ranked]:
        narrow = narrowed(query, where)
        try:
            result = self.searcher.search(narrow, limit, count=False, offset=skip)
        except ValueError as problem:
            if where.path is None:
                raise
            raise PatternTooTangled from problem
        return [(round(score, DIGITS), address) for score, address in result.hits]

    def called(
        self, words: Sequence[str] | Weights, names: Sequence[str], limit: int, where: Filter
    ) -> list[Ranked]:
        """Rank as `ranked` does, but only the passages with one of these words in their name.

        Raises:
            PatternTooTangled: the path pattern cannot be searched by.
        """
        if not words or not any(self.frequency("name", name) for name in names):
            return []
        return self.found(bearing(asked(words), names), limit, where)

    def passages(self, path: str) -> list[Worded]:
        """Give all passages of one file, with their words, in the order of its lines."""
        query = tantivy.Query.term_query(schema(), "file", path, index_option="basic")
        hits = self.searcher.search(query, MOST_OF_A_FILE, count=False).hits
        found = [self.searcher.doc(address) for _, address in hits]
        worded = [(decode(each["passage"][0]), str(each["body"][0])) for each in found]
        return sorted(worded, key=lambda each: (each[0].start, each[0].end))

    def passage(self, address: tantivy.DocAddress) -> Passage:
        self.loaded += 1
        return decode(self.searcher.doc(address)["passage"][0])

    def number(self, address: tantivy.DocAddress) -> int:
        """Tell the number of a passage; it goes with whatever is kept of it beside the words."""
        return self.starts[address.segment_ord] + address.doc

    def numbered(self, number: int) -> Passage:
        segment = bisect_right(self.starts, number) - 1
        return self.passage(tantivy.DocAddress(segment, number - self.starts[segment]))

    def within(self, where: Filter) -> "NDArray[np.int64]":
        """Give the numbers of all passages that lie where it is looked for.

        Raises:
            PatternTooTangled: the path pattern cannot be searched by.
        """
        import numpy as np

        if (known := self.narrow.get(where)) is None:
            everything = tantivy.Query.all_query()
            found = self.found(everything, max(self.size, 1), where)
            known = np.sort(np.array([self.number(address) for _, address in found], np.int64))
            while len(self.narrow) >= MOST_NARROWED:
                self.narrow.pop(next(iter(self.narrow)), None)
            self.narrow[where] = known
        return known

    def all(self) -> Iterator[Passage]:
        """Give every passage, by number."""
        return (self.numbered(number) for number in range(self.size))


def rank(found: Found) -> tuple[float, str, int, int]:
    return (-found.score, found.passage.path, found.passage.start, found.passage.end)


def asked(words: Sequence[str] | Weights) -> tantivy.Query:
    """Ask for any of the words, in any field and weighed by it, or as each is weighed."""
    query = tantivy.Query
    weights = words if isinstance(words, Mapping) else weighed_alike(words)
    return query.boolean_query(
        [
            (
                tantivy.Occur.Should,
                query.boost_query(
                    query.term_query(schema(), field, word, index_option="freq"), weight
                ),
            )
            for (field, word), weight in weights.items()
        ]
    )


def weighed_alike(words: Sequence[str]) -> Weights:
    return {(field, word): weight for word in words for field, weight in WEIGHTS.items()}


def bearing(query: tantivy.Query, names: Sequence[str]) -> tantivy.Query:
    """Keep only what has one of these words in its name; that changes no score."""
    must, kind = tantivy.Occur.Must, tantivy.Query
    any_of = [
        (tantivy.Occur.Should, kind.term_query(schema(), "name", name, index_option="freq"))
        for name in names
    ]
    only = kind.const_score_query(kind.boolean_query(any_of), 0.0)
    return kind.boolean_query([(must, query), (must, only)])


def narrowed(query: tantivy.Query, where: Filter) -> tantivy.Query:
    """Keep only what lies where it is looked for; that changes no score."""
    must, kind = tantivy.Occur.Must, tantivy.Query
    parts = [(must, query)]
    if where.language:
        language = where.language.lower()
        only = kind.term_query(schema(), "language", language, index_option="basic")
        parts.append((must, kind.const_score_query(only, 0.0)))
    if where.path:
        try:
            only = kind.regex_query(schema(), "file", as_regex(where.path))
        except ValueError as problem:
            raise PatternTooTangled from problem
        parts.append((must, kind.const_score_query(only, 0.0)))
    return kind.boolean_query(parts) if len(parts) > 1 else query
