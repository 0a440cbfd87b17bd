"""The sections of reStructuredText, which has no grammar here: a line underlined by one sign."""

from collections.abc import Sequence
from dataclasses import dataclass

UNDERLINES = frozenset("=-~^\"'`#*+:._<>")
SHORTEST_UNDERLINE = 3
LONGEST_TITLE = 120


@dataclass(frozen=True, slots=True)
class Symbol:
    """A definition: its qualified name, its kind, and its first and last line (from 1)."""

    name: str
    kind: str
    start: int
    end: int
    depth: int = 0


def sections(lines: Sequence[str]) -> list[Symbol]:
    """List the sections; a sign's rank is told by the order in which the signs first come."""
    signs: list[str] = []
    titles = []
    for row in range(1, len(lines)):
        title, under = lines[row - 1].rstrip(), lines[row].rstrip()
        if underlined(title, under):
            over = row >= 2 and lines[row - 2].rstrip() == under  # noqa: PLR2004  two rows above
            sign = under[0] * 2 if over else under[0]
            if sign not in signs:
                signs.append(sign)
            titles.append((row - over, signs.index(sign), title.strip()[:LONGEST_TITLE]))
    return [
        section(titles, position, last=len(lines) - (lines[-1:] == [""]))
        for position in range(len(titles))
    ]


def underlined(title: str, under: str) -> bool:
    return (
        len(under) >= max(SHORTEST_UNDERLINE, len(title))
        and under[0] in UNDERLINES
        and under == under[0] * len(under)
        and any(map(str.isalnum, title))
        and not title.startswith((" ", "\t"))
    )


def section(titles: Sequence[tuple[int, int, str]], position: int, *, last: int) -> Symbol:
    """Give the section of a title: to the next one of its rank, named after those around it."""
    start, rank, title = titles[position]
    end = next((row - 1 for row, other, _ in titles[position + 1 :] if other <= rank), last)
    names, depth, narrower = [title], 0, rank
    for _, other, above in reversed(titles[:position]):
        if other < narrower:
            names.insert(0, above)
            depth, narrower = depth + 1, other
    return Symbol(" / ".join(names), "section", start, end, depth)
