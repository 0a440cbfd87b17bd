"""The words of code and of questions about it: identifiers whole and split, lowercased, stemmed."""

import re
from collections.abc import Iterable

import Stemmer

IDENTIFIER = re.compile(r"[^\W\d]\w*|\d+")
PART = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|\d+")
# Longer ones are data (keys, hashes, pictures in base64), which nobody asks for.
LONGEST = 64
# Japanese, Chinese and Korean are written without spaces; pairs of signs stand for their words.
UNSPACED = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]+")
STOP = frozenset({
    "a", "an", "and", "are", "as", "at", "be", "been", "but", "by", "can", "could", "did", "do",
    "does", "for", "from", "had", "has", "have", "how", "i", "if", "in", "into", "is", "it",
    "its", "me", "my", "no", "not", "of", "on", "or", "our", "should", "so", "that", "the",
    "their", "them", "then", "there", "these", "they", "this", "to", "was", "we", "were",
    "what", "when", "where", "which", "who", "why", "will", "with", "would", "you", "your",
    "self", "cls",
})  # fmt: skip

# Most identifiers of a repository come again and again; a process remembers what they split into.
REMEMBERED = 400_000


class Words:
    """Split text into the words that an index holds; one per process, not shared by threads."""

    def __init__(self) -> None:
        self.stem = Stemmer.Stemmer("english").stemWord
        self.known: dict[str, str] = {}
        self.last = ("", "")

    def path(self, path: str) -> str:
        """Give the words of a path as `line` does; passages come by their files, so it repeats."""
        if self.last[0] != path:
            self.last = (path, self.line(path))
        return self.last[1]

    def line(self, text: str) -> str:
        """Give the words of a text with spaces between them, as the index's fields take them."""
        known, learn = self.known, self.learn
        return " ".join(
            [
                known[identifier] if identifier in known else learn(identifier)
                for identifier in IDENTIFIER.findall(text)
            ]
        )

    def learn(self, identifier: str) -> str:
        if len(self.known) >= REMEMBERED:
            self.known.clear()
        words = " ".join(self.split(identifier))
        self.known[identifier] = words
        return words

    def split(self, identifier: str) -> Iterable[str]:
        """Give the parts of an identifier, and the identifier itself where it has several."""
        if len(identifier) > LONGEST:
            return
        if not identifier.isascii():
            yield from self.foreign(identifier.lower())
            return
        joined = identifier.replace("_", "").lower()
        parts = [part.lower() for part in PART.findall(identifier)]
        for part in parts:
            if part not in STOP:
                yield self.stem(part)
        if len(parts) > 1:
            yield joined

    def foreign(self, identifier: str) -> Iterable[str]:
        for part in identifier.split("_"):
            signs = UNSPACED.findall(part)
            if not signs and part:
                yield self.stem(part)
            for run in signs:
                yield from (run[at : at + 2] for at in range(max(len(run) - 1, 1)))
