"""Which of the passages found are shown, in which order: a mild prior, and not all of one file."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

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
    (TEST, 0.7, frozenset("test tests testing tested spec fixture fixtures pytest mock".split())),  # noqa: SIM905
    (DOCS, 0.8, frozenset("doc docs documentation readme guide tutorial example examples".split())),  # noqa: SIM905
    (NOISE, 0.6, frozenset("vendor vendored lock changelog changes release version".split())),  # noqa: SIM905
)
LEAST = 30
MOST = 2_000


@dataclass(frozen=True, slots=True)
class Wish:
    """How many passages to show, and how they are chosen."""

    limit: int
    per_file: int | None = None
    prior: bool = True


def best(
    snapshot: Snapshot, words: Sequence[str], asked: str, wish: Wish, where: Filter
) -> list[Found]:
    """Find the passages to show of one snapshot, best first.

    The prior reorders what BM25 found, so as much is fetched as could still come up.
    """
    weigh = weigher(asked) if wish.prior else None
    fetched = max(LEAST, 2 * wish.limit)
    while True:
        found = snapshot.search(words, fetched, where)
        shown = chosen(found, wish, weigh)
        if len(found) < fetched or fetched >= MOST:
            return shown
        # What was not fetched scores at most what came last, and no prior raises it.
        if len(shown) >= wish.limit and shown[-1].score > found[-1].score:
            return shown
        fetched *= 3


def chosen(found: Iterable[Found], wish: Wish, weigh: Callable[[str], float] | None) -> list[Found]:
    """Weigh, order, and take the first ones; of each file no more than wished."""
    weighed = (
        [replace(each, score=each.score * weigh(each.passage.path)) for each in found]
        if weigh
        else list(found)
    )
    weighed.sort(key=rank)
    if wish.per_file is None:
        return weighed[: wish.limit]
    taken: dict[str, int] = {}
    spread = []
    for each in weighed:
        taken[each.passage.path] = taken.get(each.passage.path, 0) + 1
        if taken[each.passage.path] <= wish.per_file:
            spread.append(each)
    return spread[: wish.limit]


def weigher(asked: str) -> Callable[[str], float]:
    """Make the prior for a question: what the question is about steps back for nothing."""
    words = set(re.findall(r"\w+", asked.lower()))
    active = [(pattern, factor) for pattern, factor, about in PRIOR if not words & about]

    def weigh(path: str) -> float:
        weight = 1.0
        for pattern, factor in active:
            if pattern.search(path):
                weight *= factor
        return weight

    return weigh
