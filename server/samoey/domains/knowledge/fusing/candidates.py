"""What the words and the meaning of a question find in snapshots, before it is weighed."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from heapq import nlargest
from typing import TYPE_CHECKING

import numpy as np

from samoey.domains.knowledge.lexical.fields import Passage
from samoey.domains.knowledge.lexical.naming import Symbol, symbols, worth
from samoey.domains.knowledge.lexical.ranking import FEW, NAMED, Place, shared
from samoey.domains.knowledge.lexical.reading import Filter, Weights
from samoey.domains.knowledge.lexical.words import Words
from samoey.domains.knowledge.vectors.folder import Vectors

if TYPE_CHECKING:
    from numpy.typing import NDArray

# So many of each are candidates, and of so many it is known how well their words fit.
POOL = 100
SCORED = 1_000
FEW_SCORED = 50
# What shares no word with the question must at least mean something like it.
LEAST_COSINE = 0.2

# A question that says so many words more than the symbols it names mentions them in passing: what
# it describes is looked for, and to be one of them is worth a little only.
MOST_ASIDE = 5
IN_PASSING = 1 / 60

# Which snapshot, and the number of a passage in it.
Spot = tuple[int, int]


@dataclass(frozen=True)
class Question:
    """What is looked for: as it was asked, its words, its vector, the symbols that it names."""

    asked: str
    words: Sequence[str]
    vector: "NDArray[np.float32] | None" = None
    where: Filter = field(default_factory=Filter)
    # At least so many passages are wished for.
    limit: int = 20

    @cached_property
    def named(self) -> list[Symbol]:
        return symbols(self.asked)

    @cached_property
    def naming(self) -> float:
        """How much of what a symbol gains by being named it gains here."""
        known = Words()
        said = {word for each in self.named for word in known.line(" ".join(each.parts)).split()}
        return 1.0 if len(set(self.words) - said) <= MOST_ASIDE else IN_PASSING


@dataclass(slots=True)
class Candidate:
    """A passage that may answer; `source` tells the snapshot that it is from."""

    source: int
    passage: Passage
    words: float
    # None: it has no vector yet.
    meaning: float | None
    named: float = 0.0


def candidates(
    places: Sequence[Place], vectors: Sequence[Vectors | None], question: Question
) -> list[Candidate]:
    """Find what may answer a question in these snapshots, as if they were one.

    Raises:
        PatternTooTangled: the path pattern cannot be searched by.
    """
    if not question.words or not places:
        return []
    most = max(POOL, 2 * question.limit)
    weights = shared(places, question.words)
    words, unranked = worded(places, weights, question, most)
    found = dict.fromkeys(nlargest(most, words, key=words.__getitem__))
    named = called(places, weights, question, words)
    found |= dict.fromkeys(named)
    near = nearest(vectors, places, question, most)
    found |= dict.fromkeys(near)
    near |= others(vectors, question, [spot for spot in found if spot not in near])
    pool = []
    for source, number in found:
        spot, passage = (source, number), places[source].snapshot.numbered(number)
        more = worth(question.named, passage.name) * question.naming if spot in named else 0.0
        fits = words.get(spot, unranked[source])
        pool.append(Candidate(source, passage, fits, near.get(spot), more))
    return pool


def worded(
    places: Sequence[Place], weights: Sequence[Weights], question: Question, most: int
) -> tuple[dict[Spot, float], list[float]]:
    """Give how well the words fit of what they find, and of what comes later in each snapshot."""
    count = max(most if len(places) == 1 else FEW_SCORED, SCORED // len(places))
    fits: dict[Spot, float] = {}
    unranked = []
    for source, place in enumerate(places):
        ranked = place.snapshot.ranked(weights[source], count, question.where)
        for score, address in ranked:
            fits[source, place.snapshot.number(address)] = score
        # What comes later has less than the last one, and nothing where the list ends by itself.
        unranked.append(ranked[-1][0] if len(ranked) == count else 0.0)
    return fits, unranked


def called(
    places: Sequence[Place],
    weights: Sequence[Weights],
    question: Question,
    fits: dict[Spot, float],
) -> set[Spot]:
    """Find the passages that may be called as the question says, and how well their words fit."""
    names = [symbol.word for symbol in question.named]
    count = max(FEW, NAMED // len(places))
    found = set()
    for source, place in enumerate(places if names else ()):
        ranked = place.snapshot.called(weights[source], names, count, question.where)
        for score, address in ranked:
            spot = (source, place.snapshot.number(address))
            fits.setdefault(spot, score)
            found.add(spot)
    return found


def nearest(
    vectors: Sequence[Vectors | None], places: Sequence[Place], question: Question, most: int
) -> dict[Spot, float]:
    """Find what means most nearly what the question means, with its cosine."""
    if question.vector is None:
        return {}
    count = max(FEW, 2 * most // len(places)) if len(places) > 1 else most
    found: dict[Spot, float] = {}
    for source, opened in enumerate(vectors):
        if opened is None or not opened.nearest.size:
            continue
        among = None
        if question.where != Filter():
            rows = opened.rows[places[source].snapshot.within(question.where)]
            among = rows[rows >= 0]
        rows, cosines = opened.nearest.search(question.vector, count, among)
        for row, cosine in zip(rows, cosines, strict=True):
            if cosine >= LEAST_COSINE:
                found[source, int(opened.passages[row])] = float(cosine)
    return {spot: found[spot] for spot in nlargest(most, found, key=found.__getitem__)}


def others(
    vectors: Sequence[Vectors | None], question: Question, spots: Sequence[Spot]
) -> dict[Spot, float]:
    """Give the cosines of passages that were found otherwise."""
    if question.vector is None:
        return {}
    found: dict[Spot, float] = {}
    for source in {source for source, _ in spots}:
        if (opened := vectors[source]) is None:
            continue
        numbers = np.array([number for at, number in spots if at == source], np.int64)
        rows = opened.rows[numbers]
        numbers, rows = numbers[rows >= 0], rows[rows >= 0]
        if len(rows):
            cosines = opened.nearest.cosines(question.vector, rows)
            for number, cosine in zip(numbers, cosines, strict=True):
                found[source, int(number)] = float(cosine)
    return found
