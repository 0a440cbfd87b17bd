"""How far lines bear out what a sentence says of them: by the words that it uses, weighed.

A sentence may name the right symbol, cite lines that hold it, and still say what is not there. What
it says beside the names must be found close together in the lines: a word counts as much as it is
rare in the code. It is a measure of words, not of meaning: it does not know `not`, and can tell
nothing of a sentence in another language than the code's.
"""

import math
import re
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from samoey.domains.knowledge.citing.english import ENGLISH, FORMS, GLUE, SIGNS
from samoey.domains.knowledge.lexical.words import Words

if TYPE_CHECKING:
    from samoey.domains.knowledge.lexical.reading import Snapshot

# As many lines as one reads at a glance; each window begins in the middle of the one before.
WINDOW = 14
# So much is taken for borne out beforehand: two common words alone decide nothing.
GIVEN = 3.0
# Fewer words than this are said in too many ways.
FEWEST = 3
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
        wanted = {word: self._worth(word) for word in self._said(plain) - self._glue}
        if len(wanted) < FEWEST or not english(plain):
            return None
        held = self._said(around).intersection(wanted)
        for each in lines:
            held |= max(
                (wanted.keys() & window for window in self._split(each)),
                key=lambda found: sum(wanted[word] for word in found),
            )
        borne = sum(wanted[word] for word in held)
        return (borne + GIVEN) / (sum(wanted.values()) + GIVEN)

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

    def _said(self, text: str) -> frozenset[str]:
        """The words of a text in one form each, and the names of signs that stand in quotes."""
        quoted = set(QUOTED.findall(text))
        found = {FORMS.get(word, word) for word in self._words.line(text).split()}
        return frozenset(found | {name for name, sign in SIGNS.items() if sign in quoted})


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
