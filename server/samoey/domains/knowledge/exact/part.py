"""The part of a bucket that exact search stands on, made while the bucket is made."""

from pathlib import Path

import numpy as np

from samoey.domains.knowledge.exact.asking import LENGTH, NEWLINE
from samoey.domains.knowledge.exact.inverting import (
    Numbers,
    Pairs,
    pairs_of,
    read,
    renumbered,
    written,
)
from samoey.domains.knowledge.exact.lines import normal
from samoey.domains.knowledge.exact.postings import Entry
from samoey.domains.knowledge.parse.chunks import Cut

# Two letters beyond ASCII fold to ASCII ones, as RE2 has it: the Kelvin sign and the long s.
STRAYS = (("\u212a".encode(), b"k"), ("\u017f".encode(), b"s"))

FOLDED = np.arange(256, dtype=np.uint8)
FOLDED[ord("A") : ord("Z") + 1] += ord("a") - ord("A")


class Trigrams:
    """Which trigrams each file of a bucket holds."""

    def __init__(self) -> None:
        self.before: list[Entry] = []
        self.held = np.empty(0, dtype=np.uint64)
        self.table: list[Entry] = []
        self.added: list[Pairs] = []
        # The number that each file had before, with the one that it has now.
        self.kept: dict[int, int] = {}
        self.numbers: dict[str, int] = {}

    def begin(self, before: Path | None) -> None:
        """Start with what the bucket's file held before."""
        if before is not None:
            self.before, self.held = read(before.read_bytes())
            self.numbers = {entry.path: number for number, entry in enumerate(self.before)}

    def keep(self, path: str) -> None:
        """Take over the trigrams of a file that did not change."""
        number = self.numbers[path]
        self.kept[number] = len(self.table)
        self.table.append(self.before[number])

    def add(self, path: str, content: bytes, cut: Cut) -> None:
        """Take the trigrams of a file of text."""
        self.added.append(pairs_of(trigrams(normal(content)), len(self.table)))
        self.table.append(Entry(path, cut.language))

    def finish(self) -> bytes:
        """Give the file to write."""
        kept = renumbered(self.held, self.kept, len(self.before))
        return written(self.table, np.concatenate((kept, *self.added)))


def trigrams(content: bytes) -> Numbers:
    """Give the trigrams of a text, each once and in order."""
    found, folded = of(content), content
    for stray, letter in STRAYS:
        folded = folded.replace(stray, letter)
    return found if folded == content else np.union1d(found, of(folded))


def of(content: bytes) -> Numbers:
    signs = FOLDED[np.frombuffer(content, dtype=np.uint8)].astype(np.uint32)
    if len(signs) < LENGTH:
        return np.empty(0, dtype=np.uint32)
    ends = signs == NEWLINE
    within = ~(ends[:-2] | ends[1:-1] | ends[2:])
    return np.unique(((signs[:-2] << 16) | (signs[1:-1] << 8) | signs[2:])[within])
