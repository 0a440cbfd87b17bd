"""The lines of one text that a pattern matches."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from samoey.domains.knowledge.exact.pattern import Pattern
from samoey.domains.knowledge.parse.chunks import decode

# So many characters of what matched are shown, and so many of what stands before it.
SHOWN = 400
BEFORE = 80
MOST_MARKS = 50
# How much is matched at once between two looks at the clock, up to the end of its line.
STRIDE = 1 << 18

Still = Callable[[], bool]


class OutOfTime(Exception):
    """The time for a search is over."""


@dataclass(frozen=True, slots=True)
class Span:
    """Lines that match: their bytes in the text, and where the first match in them begins."""

    start: int
    end: int
    match: int


def normal(blob: bytes) -> bytes:
    """Give the text of a blob in the one form that is indexed and searched.

    It is UTF-8, and its lines end with a line feed alone.

    Raises:
        NotText: it is binary.
    """
    # Nearly all source is ASCII, and needs no decoding.
    plain = blob.isascii() and b"\0" not in blob
    text = blob if plain else decode(blob)[0].encode()
    # To look for one sign is ten times as fast as for two.
    return text.replace(b"\r\n", b"\n") if b"\r" in text else text


def spans(content: bytes, pattern: Pattern, still: Still) -> Iterator[Span]:
    """Give the lines that match, in order; lines that one match spans, or two share, are one.

    Raises:
        OutOfTime: there is no time left for the rest.
    """
    find = over_lines if pattern.lines else within_lines
    return find(content, pattern, still)


def within_lines(content: bytes, pattern: Pattern, still: Still) -> Iterator[Span]:
    at, size = 0, end_of_lines(content)
    while at <= size:
        if not still():
            raise OutOfTime
        stop = end_of_line(content, at + STRIDE, size)
        while at <= stop:
            found = pattern.regexp.search(content, at, stop)
            if found is None:
                break
            first, last = found.span()
            end = end_of_line(content, last, size)
            yield Span(content.rfind(b"\n", 0, first) + 1, end, first)
            at = end + 1
        at = max(at, stop + 1)


def over_lines(content: bytes, pattern: Pattern, still: Still) -> Iterator[Span]:
    at, size = 0, end_of_lines(content)
    held: Span | None = None
    while at <= size:
        if not still():
            raise OutOfTime
        found = pattern.regexp.search(content, at)
        if found is None or found.start() > size:
            break
        first, last = found.span()
        at = max(last, first + 1)
        # A match that takes the end of a line along does not reach into the next.
        end = end_of_line(content, last - content.endswith(b"\n", first, last), size)
        if held is not None and first <= held.end:
            held = Span(held.start, max(end, held.end), held.match)
            continue
        if held is not None:
            yield held
        held = Span(content.rfind(b"\n", 0, first) + 1, end, first)
    if held is not None:
        yield held


def end_of_lines(content: bytes) -> int:
    """Say where the last line ends; behind the last line feed there is none."""
    return len(content) - 1 if content.endswith(b"\n") else len(content) or -1


def end_of_line(content: bytes, at: int, size: int) -> int:
    end = content.find(b"\n", min(at, size))
    return size if end < 0 else end


@dataclass(frozen=True, slots=True)
class Shown:
    """What a person sees of matching lines."""

    line: int
    end_line: int
    column: int
    text: str
    cut: bool
    matches: list[tuple[int, int]]


def shown(content: bytes, span: Span, pattern: Pattern, line: int) -> Shown:
    """Show lines, the first of which has the number `line`, around their first match."""
    before = content[span.start : span.match].decode(errors="replace")
    kept = before[-BEFORE:] if span.end - span.start > SHOWN else before
    begin = max(span.start, span.match - len(kept.encode()))
    text = content[begin : min(span.end, begin + 4 * SHOWN)].decode(errors="replace")[:SHOWN]
    stop = begin + len(text.encode())
    return Shown(
        line=line,
        end_line=line + content.count(b"\n", span.start, span.end),
        column=len(before) + 1,
        text=text,
        cut=begin > span.start or stop < span.end,
        matches=marks(content, (begin, stop), span, pattern),
    )


def marks(
    content: bytes, window: tuple[int, int], span: Span, pattern: Pattern
) -> list[tuple[int, int]]:
    """Say where in the text that is shown there are matches, in characters."""
    begin, stop = window
    found, at, seen, characters = [], span.match, begin, 0
    for _ in range(MOST_MARKS):
        match = pattern.regexp.search(content, at, span.end)
        if match is None or match.start() >= stop:
            break
        first, last = match.start(), min(match.end(), stop)
        at = match.end() if match.end() > first else first + 1
        if last > first:
            start = characters + len(content[seen:first].decode(errors="replace"))
            characters = start + len(content[first:last].decode(errors="replace"))
            seen = last
            found.append((start, characters))
        if at > span.end:
            break
    return found
