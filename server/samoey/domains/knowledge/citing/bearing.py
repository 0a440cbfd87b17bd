"""How far lines bear out what a sentence says of them: by the words that it uses, weighed.

A sentence may name the right symbol, cite lines that hold it, and still say what is not there. What
it says beside the names must be found close together in the lines: a word counts as much as it is
rare in the code. It is a measure of words, not of meaning: it does not know `not`, and can tell
nothing of a sentence in another language than the code's.
"""

import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

from samoey.domains.knowledge.citing.effects import EFFECTS
from samoey.domains.knowledge.citing.english import ENGLISH, FORMS, GLUE, SIGNS
from samoey.domains.knowledge.lexical.words import IDENTIFIER, PART, Words

if TYPE_CHECKING:
    from samoey.domains.knowledge.lexical.reading import Snapshot

# As many lines as one reads at a glance; each window begins in the middle of the one before.
WINDOW = 14
# So much is taken for borne out beforehand: two common words alone decide nothing.
GIVEN = 3.0
# Fewer words than this are said in too many ways.
FEWEST = 3
# A word that says what code does to the world outside, and that it does not show, counts for more.
TELLING = 3.0
# From this share of its words on, a sentence is taken for English.
ENGLISH_SHARE = 0.1
SHORT = 4

OTHER_FORMS = {
    form: [each for each, kept in FORMS.items() if kept == form] for form in set(FORMS.values())
}
QUOTED = re.compile(r"[\"']([^\"'\w\s]{1,4})[\"']")
WORD = re.compile(r"[^\W\d_]+")


class Bearing:
    """Knows how rare each word is in some indexes, and so what it is worth; for one thread."""

    def __init__(self, snapshots: Sequence["Snapshot"]) -> None:
        self._snapshots = snapshots
        self._passages = sum(each.size for each in snapshots)
        self._words = Words()
        self._windows: dict[str, tuple[frozenset[str], ...]] = {}
        self._glue = self._said(" ".join(GLUE))

    def support(
        self, sentence: str, names: Iterable[str], lines: Sequence[str], *, around: str
    ) -> float | None:
        """How much of what a sentence says beside `names` some lines bear out together, 0 to 1.

        `lines` are those of each citation; `around` is what they stand in: paths, definitions.
        None when it cannot be told: the sentence is not English, or says too little.
        """
        plain = without(sentence, names)
        parts = self._identifiers(plain)
        wanted = {word: self._worth(word) for word in parts.keys() - self._glue}
        if len(wanted) < FEWEST or not english(plain):
            return None
        places = [self._said(around), *self._best(wanted, parts, lines)]
        held = set[str]().union(*(holding(parts, wanted, place) for place in places))
        shown = frozenset[str]().union(*(self._all(each) for each in lines), places[0])
        for word in effects_missing(wanted, shown):
            held.discard(word)
            wanted[word] *= TELLING
        borne = sum(wanted[word] for word in held)
        return (borne + GIVEN) / (sum(wanted.values()) + GIVEN)

    def _best(
        self,
        wanted: Mapping[str, float],
        parts: Mapping[str, frozenset[str]],
        lines: Sequence[str],
    ) -> Iterator[frozenset[str]]:
        """Of each citation's windows the one that bears out most."""
        for each in lines:
            yield max(
                self._split(each),
                key=lambda window: sum(wanted[word] for word in holding(parts, wanted, window)),
            )

    def _worth(self, word: str) -> float:
        forms = (word, *OTHER_FORMS.get(word, ()))
        holding = sum(each.frequency("body", form) for each in self._snapshots for form in forms)
        return math.log((self._passages + 1) / (min(holding, self._passages) + 0.5))

    def _split(self, lines: str) -> tuple[frozenset[str], ...]:
        """The words of each few lines."""
        if lines not in self._windows:
            split = lines.split("\n")
            step = WINDOW // 2
            starts = range(0, max(1, len(split) - step), step)
            self._windows[lines] = tuple(
                self._said("\n".join(split[start : start + WINDOW])) for start in starts
            )
        return self._windows[lines]

    def _all(self, lines: str) -> frozenset[str]:
        return frozenset[str]().union(*self._split(lines))

    def _identifiers(self, text: str) -> dict[str, frozenset[str]]:
        """The words of a sentence in one form each, with the parts of those that have several."""
        found: dict[str, frozenset[str]] = {}
        for identifier in IDENTIFIER.findall(text):
            parts = [FORMS.get(word, word) for word in self._words.line(identifier).split()]
            if parts:
                # What is said as one word is one: its parts alone say something else.
                found[parts[-1]] = frozenset(parts[:-1])
        quoted = set(QUOTED.findall(text))
        return found | {name: frozenset() for name, sign in SIGNS.items() if sign in quoted}

    def _said(self, text: str) -> frozenset[str]:
        """The words of a text in one form each, and the names of signs that stand in quotes."""
        quoted = set(QUOTED.findall(text))
        found = {FORMS.get(word, word) for word in self._words.line(text).split()}
        for identifier in IDENTIFIER.findall(text):
            # `is_ipv4_address` speaks of `IPv4`.
            parts = [part.lower() for part in PART.findall(identifier)]
            found.update(map("".join, pairwise(parts)))
        return frozenset(found | {name for name, sign in SIGNS.items() if sign in quoted})


def holding(
    parts: Mapping[str, frozenset[str]], wanted: Iterable[str], place: frozenset[str]
) -> set[str]:
    """Which of the wanted words stand in a place, whole or in all their parts."""
    return {word for word in wanted if word in place or (parts.get(word) and parts[word] <= place)}


def effects_missing(wanted: Iterable[str], shown: frozenset[str]) -> set[str]:
    """The words that say what code does to the world outside, where it does not show it."""
    words = set(wanted)
    return set[str]().union(*(words & said for said, showing in EFFECTS if not showing & shown))


def without(sentence: str, names: Iterable[str]) -> str:
    """The sentence without the symbols that it names: those were looked for by themselves."""
    for name in sorted(names, key=len, reverse=True):
        sentence = re.sub(rf"(?<![\w.]){re.escape(name)}(?:\(\))?(?!\w)", " ", sentence)
    return sentence.replace("`", " ")


def english(sentence: str) -> bool:
    words = WORD.findall(sentence.lower())
    if not all(map(str.isascii, words)):
        return False
    if len(words) < SHORT:
        return True
    return sum(word in ENGLISH for word in words) >= ENGLISH_SHARE * len(words)
