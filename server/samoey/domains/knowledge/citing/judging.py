"""Judging one citation against the file it points to. Pure: no git, no database."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from samoey.domains.knowledge.citing.naming import PARTS, last, named
from samoey.domains.knowledge.parse.sections import Symbol
from samoey.domains.knowledge.schemas import Citation, Reason

WORD = re.compile(r"[^\W\d]\w*")
SPACES = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Cited:
    """The lines that a citation points to: their text, and the definitions they lie in or hold."""

    text: str
    symbol: str | None
    holds: frozenset[str]


def lines_of(citation: Citation, lines: Sequence[str], outline: Sequence[Symbol]) -> Cited | None:
    """Read the cited lines; None when the file has no such lines."""
    if not 1 <= citation.start <= citation.end <= len(lines):
        return None
    text = "\n".join(lines[citation.start - 1 : citation.end])
    around = [s for s in outline if s.start <= citation.start and s.end >= citation.end]
    inside = [s for s in outline if s.start >= citation.start and s.end <= citation.end]
    innermost = around[-1] if around else next(iter(inside), None)
    holds = set(WORD.findall(text))
    for symbol in (*around, *inside):
        holds.update(WORD.findall(symbol.name))
    return Cited(text, innermost.name if innermost else None, frozenset(holds))


def stands(quoted: str | None, text: str) -> bool:
    """Whether what is quoted stands in the text; spaces and line ends are not minded."""
    if quoted is None:
        return True
    wanted = SPACES.sub(" ", quoted).strip()
    return wanted in SPACES.sub(" ", text)


def reason(
    citation: Citation, cited: Cited | None, sentence: str, beside: Iterable[Cited]
) -> Reason | None:
    """Say why a citation does not hold, or None when it does.

    The lines must hold at least one of the symbols that the sentence names; together with the
    other citations of the sentence (`beside`) they must hold all of them.
    """
    if cited is None:
        return "no-such-lines"
    if not stands(citation.text, cited.text):
        return "other-text"
    names = [name for name in named(sentence) if not in_path(name, citation.path)]
    if not names:
        return None
    together = cited.holds.union(*(other.holds for other in beside))
    if not any(held(name, cited.holds) for name in names):
        return "no-symbol"
    return None if all(held(name, together) for name in names) else "no-symbol"


def held(name: str, holds: frozenset[str]) -> bool:
    """Whether lines hold a name: for a qualified one, what it names in the end."""
    return last(name) in holds


def in_path(name: str, path: str) -> bool:
    """Whether a name is a module or file of the cited path: `flask.app` of `src/flask/app.py`."""
    parts = set(re.split(r"[/.]", path))
    return all(part in parts for part in PARTS.split(name))
