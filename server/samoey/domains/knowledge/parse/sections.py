"""Sections of a text: from each title to the next; and the titles of reStructuredText."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

UNDERLINES = frozenset("=-~^\"'`#*+:._<>")
SHORTEST_UNDERLINE = 3
LONGEST_TITLE = 120


@dataclass(frozen=True, slots=True)
class Symbol:
    """A definition: its qualified name, its kind, and its first and last line (from 1).

    `line` and `column` (from 1 and 0) are where its name stands; a column counts bytes of UTF-8.
    """

    name: str
    kind: str
    start: int
    end: int
    depth: int = 0
    line: int = 0
    column: int = 0


class Title(NamedTuple):
    """A title: where its section begins, its rank, its words, and where those stand."""

    start: int
    rank: int
    words: str
    line: int
    column: int = 0


def sections(lines: Sequence[str]) -> list[Symbol]:
    """List those of reStructuredText, which has no grammar here.

    A sign's rank is told by the order in which the signs first come.
    """
    signs: list[str] = []
    titles: list[Title] = []
    for row in range(1, len(lines)):
        title, under = lines[row - 1].rstrip(), lines[row].rstrip()
        if underlined(title, under):
            over = row >= 2 and lines[row - 2].rstrip() == under  # noqa: PLR2004  two rows above
            sign = under[0] * 2 if over else under[0]
            if sign not in signs:
                signs.append(sign)
            titles.append(Title(row - over, signs.index(sign), title.strip()[:LONGEST_TITLE], row))
    return enclosed(titles, last=len(lines) - (lines[-1:] == [""]))


def underlined(title: str, under: str) -> bool:
    return (
        len(under) >= max(SHORTEST_UNDERLINE, len(title))
        and under[0] in UNDERLINES
        and under == under[0] * len(under)
        and any(map(str.isalnum, title))
        and not title.startswith((" ", "\t"))
    )


def enclosed(titles: Sequence[Title], *, last: int) -> list[Symbol]:
    """Give the sections of titles: each to the next one of its rank or above.

    A section is named after those around it, outermost first.
    """
    ends = [last] * len(titles)
    around: list[int] = []
    found = []
    for position, title in enumerate(titles):
        while around and titles[around[-1]].rank >= title.rank:
            ends[around.pop()] = title.start - 1
        name = " / ".join([*(titles[outer].words for outer in around), title.words])
        found.append((name[-2 * LONGEST_TITLE :], title, len(around)))
        around.append(position)
    return [
        Symbol(name, "section", title.start, end, depth, title.line, title.column)
        for (name, title, depth), end in zip(found, ends, strict=True)
    ]
