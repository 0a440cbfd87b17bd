"""Where lines that were cited once stand in a newer commit. Pure: no git, no database."""

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

# Lines that stand everywhere (braces, blank ones) tell nothing of where something is.
SHORTEST = 3
# Lines of which less is left are gone, not changed.
ENOUGH = 0.5
# Changed lines may have grown, by so much.
GROWN = 2


class Lines(NamedTuple):
    """First and last line, from 1, and the share of what was cited that stands there."""

    start: int
    end: int
    share: float = 1.0


def unchanged(cited: Sequence[str], text: Sequence[str], near: int) -> Lines | None:
    """Where these lines stand as they were; of several places the one nearest to line `near`.

    How far they are indented, and spaces at their ends, are not minded.
    """
    wanted = [line.strip() for line in cited]
    if not any(map(tells, wanted)):
        return None
    lines = [line.strip() for line in text]
    first = next(number for number, line in enumerate(wanted) if tells(line))
    starts = [
        number - first
        for number, line in enumerate(lines)
        if line == wanted[first]
        and number >= first
        and lines[number - first : number - first + len(wanted)] == wanted
    ]
    if not starts:
        return None
    start = min(starts, key=lambda found: abs(found + 1 - near))
    return Lines(start + 1, start + len(wanted))


def changed(cited: Sequence[str], text: Sequence[str], near: int) -> Lines | None:
    """Where most of these lines stand together, whatever came between them."""
    wanted = Counter(line.strip() for line in cited if tells(line.strip()))
    whole = sum(wanted.values())
    if not whole:
        return None
    held = [
        (number, line)
        for number, line in enumerate((each.strip() for each in text), start=1)
        if line in wanted
    ]
    best: Lines | None = None
    window: Counter[str] = Counter()
    left = 0
    for number, line in held:
        window[line] += 1
        # What lies too far above belongs to something else.
        while number - held[left][0] >= GROWN * len(cited):
            window[held[left][1]] -= 1
            left += 1
        share = sum(min(count, wanted[each]) for each, count in window.items()) / whole
        found = Lines(held[left][0], number, share)
        if best is None or (share, -abs(found.start - near)) > (
            best.share,
            -abs(best.start - near),
        ):
            best = found
    return best if best is not None and best.share >= ENOUGH else None


def tells(line: str) -> bool:
    """Whether a line tells one place from another."""
    return sum(map(str.isalnum, line)) >= SHORTEST
