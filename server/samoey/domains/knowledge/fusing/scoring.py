"""One score for each candidate, of parts that can be told: words, meaning, name, callers, prior."""

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from samoey.domains.knowledge.fusing.candidates import Candidate, Question
from samoey.domains.knowledge.lexical.naming import BETWEEN
from samoey.domains.knowledge.lexical.words import Words
from samoey.domains.knowledge.parse.kinds import Kind, kinds, meant

if TYPE_CHECKING:
    from numpy.typing import NDArray

MEANING_WEIGHT = 1.5
# A name whose words all stand in the question.
NAME_WEIGHT = 0.5
# What the best candidates make use of is, more often than they, what is asked for.
USED_WEIGHT = 0.8
USERS = 20
SHORTEST_USED = 4
# What has no vector yet is taken to mean as much as its words say, and rather less.
LIKELY_MEANING = 0.5
# How far each sort of file steps back, unless the question is about it.
PRIOR = {Kind.TEST: 2.0, Kind.DOCS: 1.6, Kind.GENERATED: 2.0, Kind.VENDORED: 2.0}
_IDENTIFIER = re.compile(r"[^\W\d]\w*")


@dataclass(slots=True)
class Scored:
    """A candidate with its score, and what that is the sum of."""

    candidate: Candidate
    score: float
    parts: dict[str, float]
    stepped_back: list[Kind] = field(default_factory=list)


def scored(pool: Sequence[Candidate], question: Question, *, prior: bool) -> list[Scored]:
    """Weigh candidates against each other, the best first.

    Words and meaning are measured in deviations from the mean of the pool, so that neither has to
    know the other's scale.
    """
    if not pool:
        return []
    words = deviations([each.words for each in pool])
    parts = {
        "words": words,
        "meaning": MEANING_WEIGHT * meaning(pool, words),
        "name": NAME_WEIGHT * np.array(covered(pool, question.words)),
    }
    parts["used"] = USED_WEIGHT * used(pool, summed(parts))
    about = meant(question.asked)
    back = [
        [kind for kind in kinds(each.passage.path) if kind not in about] if prior else []
        for each in pool
    ]
    parts["prior"] = -np.array([sum(PRIOR[kind] for kind in each) for each in back], float)
    total = summed(parts)
    # The least is nothing, so that the scores of a file's passages can be added.
    parts["base"] = np.full(len(pool), -float(np.min(total)))
    parts["named"] = np.array([each.named for each in pool])
    found = [
        Scored(
            candidate=each,
            score=float(total[at] + parts["base"][at] + parts["named"][at]),
            parts={name: float(values[at]) for name, values in parts.items()},
            stepped_back=back[at],
        )
        for at, each in enumerate(pool)
    ]
    return sorted(found, key=rank)


def summed(parts: dict[str, "NDArray[np.float64]"]) -> "NDArray[np.float64]":
    total: NDArray[np.float64] = np.sum(list(parts.values()), axis=0)
    return total


def rank(each: Scored) -> tuple[float, int, str, int, int]:
    passage = each.candidate.passage
    return (-each.score, each.candidate.source, passage.path, passage.start, passage.end)


def deviations(values: Iterable[float]) -> "NDArray[np.float64]":
    given = np.array(list(values), float)
    measured: NDArray[np.float64] = (given - given.mean()) / (given.std() + 1e-6)
    return measured


def meaning(pool: Sequence[Candidate], words: "NDArray[np.float64]") -> "NDArray[np.float64]":
    there = np.array([each.meaning is not None for each in pool])
    made = LIKELY_MEANING * words
    if there.any():
        made[there] = deviations(each.meaning for each in pool if each.meaning is not None)
    return made


def covered(pool: Sequence[Candidate], asked: Sequence[str]) -> list[float]:
    """How much of the last part of a name the question says."""
    known, said, seen = Words(), set(asked), dict[str, float]()
    for name in {last(each) for each in pool}:
        parts = known.line(name).split()
        # An identifier of several parts stands whole behind them.
        parts = parts[:-1] or parts
        seen[name] = sum(part in said for part in parts) / len(parts) if parts else 0.0
    return [seen[last(each)] for each in pool]


def used(pool: Sequence[Candidate], scores: "NDArray[np.float64]") -> "NDArray[np.float64]":
    """How much the best candidates make use of each one: the sum of their scores, damped."""
    votes: dict[tuple[int, str], float] = defaultdict(float)
    for at in np.argsort(-scores, kind="stable")[:USERS]:
        user = pool[at]
        if scores[at] > 0:
            for name in set(_IDENTIFIER.findall(user.passage.text)) - {last(user)}:
                votes[user.source, name] += float(scores[at])
    names = Counter((each.source, last(each)) for each in pool)
    return np.array(
        [
            math.log1p(votes[key]) / math.sqrt(names[key])
            if (key := (each.source, last(each))) in votes and callable_name(key[1])
            else 0.0
            for each in pool
        ]
    )


def callable_name(name: str) -> bool:
    """Whether a name says enough to tell who is meant by it."""
    return len(name) >= SHORTEST_USED and not name.startswith("__")


def last(each: Candidate) -> str:
    """The last part of a passage's name."""
    return BETWEEN.split(each.passage.name)[-1] if each.passage.name else ""
