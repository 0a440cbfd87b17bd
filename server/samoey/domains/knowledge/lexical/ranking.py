"""Which of the passages found are shown, in which order: a mild prior, and not all of one file."""

import re
from bisect import insort
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import prod

import tantivy

from samoey.domains.knowledge.lexical.naming import symbols, worth
from samoey.domains.knowledge.lexical.reading import Filter, Found, Snapshot, rank

TEST = re.compile(
    r"(^|/)(tests?|testing|__tests__|specs?|e2e|testdata|fixtures)/"
    r"|(^|/)(test_[^/]*|conftest\.py)$|[_.-](test|tests|spec)\.\w+$|Tests?\.(java|cs|php|kt)$"
)
DOCS = re.compile(
    r"(^|/)(docs?|documentation|examples?|samples?|tutorials?)/|\.(md|mdx|rst|adoc|txt)$",
    re.IGNORECASE,
)
NOISE = re.compile(
    r"(^|/)(vendor|vendored|_vendor|third_party|node_modules|dist|site-packages)/"
    r"|\.min\.(js|css)$|(^|/)[^/]*[.-]lock(\.\w+)?$|(^|/)(CHANGES|CHANGELOG|HISTORY|NEWS)\b",
    re.IGNORECASE,
)
# Each of these steps back by a factor, unless one of its words stands in the question.
PRIOR: Sequence[tuple[re.Pattern[str], float, frozenset[str]]] = (
    (TEST, 0.7, frozenset("test tests testing tested spec fixture fixtures pytest mock".split())),  # noqa: SIM905 - read as words
    (DOCS, 0.8, frozenset("doc docs documentation readme guide tutorial example examples".split())),  # noqa: SIM905 - read as words
    (NOISE, 0.6, frozenset("vendor vendored lock changelog changes release version".split())),  # noqa: SIM905 - read as words
)
# So many times the wished passages are asked for at first: few of them are ever loaded.
AHEAD = 5
MOST = 3_000
# So many passages are looked through for the symbols that a question names.
NAMED = 60


@dataclass(frozen=True, slots=True)
class Wish:
    """How many passages to show, and how they are chosen."""

    limit: int
    per_file: int | None = None
    prior: bool = True


def best(
    snapshot: Snapshot, words: Sequence[str], asked: str, wish: Wish, where: Filter
) -> list[Found]:
    """Find the passages to show of one snapshot, best first: those it names, then the others.

    They are loaded in BM25's order until no further one can come up: the prior only lowers scores,
    so what scores less than the last one shown stays below it.
    """
    weigh = weigher(asked) if wish.prior else alike
    enough = Enough(wish)
    found, seen = named(snapshot, words, asked, weigh, where)
    for each in found:
        enough.add(each)
    count = AHEAD * wish.limit
    while len(found) < MOST:
        ranked = snapshot.ranked(words, count, where, skip=len(found))
        for score, address in ranked:
            if enough.at(score):
                return shown(found, wish)
            if place(address) in seen:
                continue
            passage = snapshot.passage(address)
            found.append(Found(passage, score * weigh(passage.path)))
            enough.add(found[-1])
        if len(ranked) < count:
            break
        count *= AHEAD
    return shown(found, wish)


def named(
    snapshot: Snapshot,
    words: Sequence[str],
    asked: str,
    weigh: Callable[[str], float],
    where: Filter,
) -> tuple[list[Found], set[tuple[int, int]]]:
    """Find the passages whose symbols the question names, and where they stand in the index."""
    wanted = symbols(asked)
    found = []
    seen = set()
    ranked = snapshot.called(words, [each.word for each in wanted], NAMED, where)
    for score, address in ranked:
        passage = snapshot.passage(address)
        if more := worth(wanted, passage.name):
            found.append(Found(passage, (score + more) * weigh(passage.path)))
            seen.add(place(address))
    return sorted(found, key=rank), seen


def place(address: tantivy.DocAddress) -> tuple[int, int]:
    return address.segment_ord, address.doc


def alike(_: str) -> float:
    return 1.0


class Enough:
    """Knows the score that a further passage must reach to be shown."""

    def __init__(self, wish: Wish) -> None:
        self.wish = wish
        self.scores: list[float] = []
        self.taken: dict[str, list[float]] = {}

    def add(self, found: Found) -> None:
        if self.wish.per_file is not None:
            of_file = self.taken.setdefault(found.passage.path, [])
            # All passages of a file weigh the same, so those that come first are its best.
            if len(of_file) >= self.wish.per_file:
                return
            of_file.append(found.score)
        insort(self.scores, -found.score)

    def at(self, score: float) -> bool:
        """Whether nothing from this score on can still be shown."""
        limit = self.wish.limit
        return len(self.scores) >= limit and -self.scores[limit - 1] > score


def shown(found: list[Found], wish: Wish) -> list[Found]:
    """Order what was loaded and take the first ones; of each file no more than wished."""
    taken: Counter[str] = Counter()
    spread = []
    for each in sorted(found, key=rank):
        taken[each.passage.path] += 1
        if wish.per_file is None or taken[each.passage.path] <= wish.per_file:
            spread.append(each)
    return spread[: wish.limit]


def weigher(asked: str) -> Callable[[str], float]:
    """Make the prior for a question: what the question is about steps back for nothing."""
    words = set(re.findall(r"\w+", asked.lower()))
    factors = [1.0 if words & about else factor for _, factor, about in PRIOR]

    def weigh(path: str) -> float:
        return prod(factors[each] for each in kinds(path))

    return weigh


@lru_cache(maxsize=50_000)
def kinds(path: str) -> tuple[int, ...]:
    """Tell which parts of the prior speak of a path."""
    return tuple(each for each, (pattern, _, _) in enumerate(PRIOR) if pattern.search(path))
