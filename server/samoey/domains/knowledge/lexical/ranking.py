"""Which of the passages found are shown, in which order: a mild prior, and not all of one file."""

from bisect import insort
from collections import Counter
from collections.abc import Callable, Container, Iterator, Sequence
from dataclasses import dataclass
from heapq import merge
from math import log1p, prod

import tantivy

from samoey.domains.knowledge.lexical.naming import symbols, worth
from samoey.domains.knowledge.lexical.reading import (
    Filter,
    Found,
    Snapshot,
    Weights,
    rank,
    weighed_alike,
)
from samoey.domains.knowledge.parse.kinds import Kind, kinds, meant

# Each sort of file steps back by a factor, unless the question is about it.
PRIOR = {Kind.TEST: 0.7, Kind.DOCS: 0.8, Kind.GENERATED: 0.6, Kind.VENDORED: 0.6}
# So many times the wished passages are asked for at first: few of them are ever loaded.
AHEAD = 5
MOST = 3_000
# So many passages are looked through for the symbols that a question names.
NAMED = 60


# So many passages are asked of each of many snapshots at first, where fewer would do.
FEW = 5


@dataclass(frozen=True, slots=True)
class Wish:
    """How many passages to show, and how they are chosen."""

    limit: int
    per_file: int | None = None
    prior: bool = True


@dataclass(frozen=True, slots=True)
class Place:
    """A snapshot that is asked among others, and what its passages weigh among theirs."""

    snapshot: Snapshot
    favour: float = 1.0


# A passage, and which of the snapshots it stands in.
Placed = tuple[int, Found]


def best(
    snapshot: Snapshot, words: Sequence[str], asked: str, wish: Wish, where: Filter
) -> list[Found]:
    """Find the passages to show of one snapshot, best first."""
    return [found for _, found in best_of([Place(snapshot)], words, asked, wish, where)]


def best_of(
    places: Sequence[Place], words: Sequence[str], asked: str, wish: Wish, where: Filter
) -> list[Placed]:
    """Find the passages to show of all these snapshots: those that are named, then the others.

    Each snapshot ranks by itself, with words weighed as if all were one; what they rank is loaded
    in the order of its scores until nothing further can come up: the prior only lowers scores, so
    what scores less than the last one shown stays below it.
    """
    weigh = weigher(asked) if wish.prior else alike
    enough = Enough(wish)
    weights = shared(places, words)
    found, seen = named(places, weights, asked, weigh, where)
    for each in found:
        enough.add(each)
    count = max(FEW, AHEAD * wish.limit // max(len(places), 1))
    for score, which, address in merged(places, weights, count, where):
        if enough.at(score) or len(found) >= MOST:
            break
        if (which, *spot(address)) in seen:
            continue
        passage = places[which].snapshot.passage(address)
        found.append((which, Found(passage, score * weigh(passage.path))))
        enough.add(found[-1])
    return shown(found, wish)


def shared(places: Sequence[Place], words: Sequence[str]) -> list[Weights]:
    """Weigh words for each snapshot so that a rare one is worth the same in all of them.

    BM25 takes a word for as rare as it is in its own index. In a small one no word is, and what
    is found there would drown; so each is weighed by how rare it is in all of them together.
    """
    if len(places) == 1:
        return [weighed_alike(words)]
    terms = list(weighed_alike(words).items())
    sizes = [place.snapshot.size for place in places]
    held = [
        [place.snapshot.frequency(field, word) for (field, word), _ in terms] for place in places
    ]
    everywhere = [idf(sum(column), sum(sizes)) for column in zip(*held, strict=True)]
    return [
        {
            term: weight * whole / idf(here, size)
            for (term, weight), whole, here in zip(terms, everywhere, row, strict=True)
            if here
        }
        for size, row in zip(sizes, held, strict=True)
    ]


def idf(holding: int, size: int) -> float:
    """Tell how rare a word is, as tantivy's BM25 does."""
    return log1p((size - holding + 0.5) / (holding + 0.5))


def merged(
    places: Sequence[Place], weights: Sequence[Weights], count: int, where: Filter
) -> Iterator[tuple[float, int, tantivy.DocAddress]]:
    """Give what the snapshots rank, best first, asking each for more only when it comes to that."""

    def ranks(which: int) -> Iterator[tuple[float, int, tantivy.DocAddress]]:
        snapshot, favour = places[which].snapshot, places[which].favour
        taken, more = 0, count
        while True:
            ranked = snapshot.ranked(weights[which], more, where, skip=taken)
            for score, address in ranked:
                yield score * favour, which, address
            if len(ranked) < more:
                return
            taken += more
            more *= AHEAD

    return merge(*map(ranks, range(len(places))), key=lambda each: -each[0])


def named(
    places: Sequence[Place],
    weights: Sequence[Weights],
    asked: str,
    weigh: Callable[[str], float],
    where: Filter,
) -> tuple[list[Placed], set[tuple[int, int, int]]]:
    """Find the passages whose symbols the question names, and where they stand."""
    wanted = symbols(asked)
    found: list[Placed] = []
    seen = set()
    words = [each.word for each in wanted]
    count = max(FEW, NAMED // max(len(places), 1))
    for which, place in enumerate(places if wanted else ()):
        for score, address in place.snapshot.called(weights[which], words, count, where):
            passage = place.snapshot.passage(address)
            if more := worth(wanted, passage.name):
                score_here = (score + more) * weigh(passage.path) * place.favour
                found.append((which, Found(passage, score_here)))
                seen.add((which, *spot(address)))
    return sorted(found, key=order), seen


def order(placed: Placed) -> tuple[float, str, int, int, int]:
    which, found = placed
    return (*rank(found), which)


def spot(address: tantivy.DocAddress) -> tuple[int, int]:
    return address.segment_ord, address.doc


def alike(_: str) -> float:
    return 1.0


class Enough:
    """Knows the score that a further passage must reach to be shown."""

    def __init__(self, wish: Wish) -> None:
        self.wish = wish
        self.scores: list[float] = []
        self.taken: dict[tuple[int, str], list[float]] = {}

    def add(self, placed: Placed) -> None:
        which, found = placed
        if self.wish.per_file is not None:
            of_file = self.taken.setdefault((which, found.passage.path), [])
            # All passages of a file weigh the same, so those that come first are its best.
            if len(of_file) >= self.wish.per_file:
                return
            of_file.append(found.score)
        insort(self.scores, -found.score)

    def at(self, score: float) -> bool:
        """Whether nothing from this score on can still be shown."""
        limit = self.wish.limit
        return len(self.scores) >= limit and -self.scores[limit - 1] > score


def parts_of(
    found: Found, asked: str, favour: float, *, prior: bool
) -> tuple[dict[str, float], list[Kind]]:
    """Tell what a score is the sum of, and which sorts of file it steps back for."""
    back = stepping_back(found.passage.path, meant(asked)) if prior else []
    whole = found.score / prod(PRIOR[kind] for kind in back)
    named = worth(symbols(asked), found.passage.name) * favour
    return {"words": whole - named, "named": named, "prior": found.score - whole}, back


def stepping_back(path: str, about: Container[Kind]) -> list[Kind]:
    """Which sorts of file a path is of, but for those that a question is about."""
    return [kind for kind in kinds(path) if kind not in about]


def shown(found: list[Placed], wish: Wish) -> list[Placed]:
    """Order what was loaded and take the first ones; of each file no more than wished."""
    taken: Counter[tuple[int, str]] = Counter()
    spread = []
    for which, each in sorted(found, key=order):
        taken[which, each.passage.path] += 1
        if wish.per_file is None or taken[which, each.passage.path] <= wish.per_file:
            spread.append((which, each))
    return spread[: wish.limit]


def weigher(asked: str) -> Callable[[str], float]:
    """Make the prior for a question: what the question is about steps back for nothing."""
    about = meant(asked)
    return lambda path: prod(PRIOR[kind] for kind in stepping_back(path, about))
