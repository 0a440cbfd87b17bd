"""Which of the weighed passages are shown: near duplicates once, not all of one file."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from samoey.domains.knowledge.fusing.scoring import Scored
from samoey.domains.knowledge.lexical.ranking import Wish

Runs = frozenset[tuple[str, ...]]

# Passages are the same if so many of their runs of words are; shorter ones are alike by chance.
SAME_SHARE = 0.9
SHORTEST = 12
RUN = 3
_WORD = re.compile(r"\w+")
# A file answers as well as its best passage, and a little better for each of the next two.
FURTHER = 0.3


@dataclass(slots=True)
class Chosen:
    """A passage to show, and those that say the same elsewhere."""

    best: Scored
    also: list[Scored] = field(default_factory=list)


def chosen(found: Sequence[Scored], wish: Wish) -> list[Chosen]:
    """Take the first ones, as wished."""
    taken: Counter[tuple[int, str]] = Counter()
    shown: list[Chosen] = []
    runs: list[Runs] = []
    for each in found:
        if len(shown) >= wish.limit:
            break
        said = runs_of(each.candidate.passage.text)
        if (same := alike(said, runs)) is not None:
            shown[same].also.append(each)
            continue
        file = (each.candidate.source, each.candidate.passage.path)
        if wish.per_file is not None and taken[file] >= wish.per_file:
            continue
        taken[file] += 1
        shown.append(Chosen(each))
        runs.append(said)
    return shown


def runs_of(text: str) -> Runs:
    words = _WORD.findall(text)
    if len(words) < SHORTEST:
        return frozenset()
    return frozenset(zip(*(words[at:] for at in range(RUN)), strict=False))


def alike(said: Runs, others: Sequence[Runs]) -> int | None:
    """Find which of the others says the same."""
    for at, other in enumerate(others):
        small, large = sorted((len(said), len(other)))
        if not small or small < SAME_SHARE * large:
            continue
        if len(said & other) >= SAME_SHARE * len(said | other):
            return at
    return None
