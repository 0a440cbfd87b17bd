"""Judging one citation against the file it points to. Pure: no git, no database."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from samoey.domains.knowledge.parse.sections import Symbol
from samoey.domains.knowledge.schemas import Citation, Reason

SPACES = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Cited:
    """The lines that a citation points to, and the innermost definition they belong to."""

    text: str
    symbol: str | None


def judge_lines(
    citation: Citation, lines: Sequence[str], outline: Sequence[Symbol]
) -> Cited | Reason:
    """Give the cited lines, or say why the citation does not hold."""
    if not 1 <= citation.start <= citation.end <= len(lines):
        return "no-such-lines"
    text = "\n".join(lines[citation.start - 1 : citation.end])
    if not stands(citation.text, text):
        return "other-text"
    return Cited(text, symbol_of(citation, outline))


def stands(quoted: str | None, text: str) -> bool:
    """Whether what is quoted stands in the text; spaces and line ends are not minded."""
    return quoted is None or SPACES.sub(" ", quoted).strip() in SPACES.sub(" ", text)


def symbol_of(citation: Citation, outline: Sequence[Symbol]) -> str | None:
    """Name the innermost definition around the lines, else the first one within them."""
    around = [each for each in outline if each.start <= citation.start and each.end >= citation.end]
    if around:
        return max(around, key=lambda each: each.depth).name
    within = [each for each in outline if citation.start <= each.start <= citation.end]
    return within[0].name if within else None
