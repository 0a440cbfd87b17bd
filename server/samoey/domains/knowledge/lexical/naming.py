"""Symbols that a question names as they stand in code, and what it is worth to be one of them."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from samoey.domains.knowledge.lexical.words import Words

QUALIFIED = r"[^\W\d]\w*(?:(?:::|\.)[^\W\d]\w*)*"
QUOTED = re.compile(rf"`({QUALIFIED})(?:\(\))?`")
BARE = re.compile(rf"(?<![\w/.-]){QUALIFIED}(?![\w/-])")
# What tells an identifier from a word of the language that people speak.
CODE = re.compile(r"[^\W_]_+[^\W_]|[a-z0-9][A-Z]|[A-Z]{2}[a-z]{2}|\d|::|\.|^_|_$")
BETWEEN = re.compile(r"::|\.")
# A question that is pasted code names too many symbols for any of them to be meant.
MOST_NAMES = 8
# More than the words of a question are worth together, so that what it names comes first.
EXACT = 60.0
# `app.run` may mean `Flask.run`: the name is right, what it belongs to is not told by it.
ELSEWHERE = 20.0
# A repository that the question names goes before another that answers as well.
FAVOUR = 1.2


@dataclass(frozen=True, slots=True)
class Symbol:
    """A symbol that a question names: its parts, outermost first, and its word in the index."""

    parts: tuple[str, ...]
    word: str

    def worth(self, name: Sequence[str]) -> float:
        """What a passage of this qualified name gains."""
        if not name or name[-1] != self.parts[-1]:
            return 0.0
        whole = tuple(name[-len(self.parts) :]) == self.parts
        return EXACT if whole else ELSEWHERE


def symbols(asked: str) -> list[Symbol]:
    """Find the symbols that a question names, few enough to mean each of them."""
    named = QUOTED.findall(asked)
    # The last part of "e.g." and the like is one sign.
    named += [
        each
        for each in BARE.findall(asked)
        if CODE.search(each) and len(BETWEEN.split(each)[-1]) > 1
    ]
    known = Words()
    found = []
    for each in dict.fromkeys(named):
        parts = tuple(BETWEEN.split(each))
        if words := known.line(parts[-1]).split():
            # An identifier of several parts stands whole behind them.
            found.append(Symbol(parts, words[-1]))
    return found if len(found) <= MOST_NAMES else []


def worth(asked: Sequence[Symbol], name: str | None) -> float:
    """What a passage gains by its name."""
    parts = BETWEEN.split(name) if name else []
    return max((each.worth(parts) for each in asked), default=0.0)


def favour(repository: str, asked: str) -> float:
    """Weigh a repository by whether the question names it."""
    if not repository:
        return 1.0
    whole = rf"(?<![\w-]){re.escape(repository)}(?![\w-])"
    return FAVOUR if re.search(whole, asked, re.IGNORECASE) else 1.0
