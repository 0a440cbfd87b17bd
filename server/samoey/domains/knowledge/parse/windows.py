"""Cutting lines into passages of a size that can be read and ranked."""

from collections.abc import Iterator, Sequence

LINES = 60
FEWEST = 35
CHARACTERS = 6_000


def windows(lines: Sequence[str], start: int, end: int) -> Iterator[tuple[int, int, str]]:
    """Cut lines `start` to `end` (from 1, both included), at empty lines where there are any.

    Gives first line, last line and text. A line longer than a passage is cut into pieces,
    so that what is given always stands in the lines that are named.
    """
    while start <= end:
        last = fitting(lines, start, end)
        text = "\n".join(lines[start - 1 : last])
        for offset in range(0, max(len(text), 1), CHARACTERS):
            yield start, last, text[offset : offset + CHARACTERS]
        start = last + 1


def fitting(lines: Sequence[str], start: int, end: int) -> int:
    """Find the last line of the passage that begins at `start`."""
    size = 0
    blank = None
    for number in range(start, end + 1):
        size += len(lines[number - 1]) + 1
        if size > CHARACTERS and number > start:
            return blank or number - 1
        if number - start + 1 >= FEWEST and not lines[number - 1].strip():
            blank = number
        if number - start + 1 == LINES:
            return number if number == end else (blank or number)
    return end
