"""A file cut into chunks: one per definition, and the rest of its lines by windows."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b

from samoey.domains.knowledge.parse.notebooks import Cell, cells
from samoey.domains.knowledge.parse.sections import Symbol
from samoey.domains.knowledge.parse.symbols import TYPES, UNDERSTOOD, NotUnderstood, Parsed, parsed
from samoey.domains.knowledge.parse.windows import LINES, windows
from samoey.kit.languages import language_of

# Types this short stay whole; longer ones are cut at their members.
WHOLE_TYPE = 16
# Their parts are too small to stand alone; neighbours are packed together.
PACKED = frozenset({"json", "yaml", "toml", "css", "html"})
PACK = 40
BINARY_PROBE = 8_000
# So much of a text may be unreadable before it is taken for something else.
GARBLED_SHARE = 0.3


@dataclass(frozen=True, slots=True)
class Chunk:
    """A passage of a file: the definition it belongs to, its lines (from 1), and its text."""

    name: str | None
    kind: str
    start: int
    end: int
    text: str

    @property
    def digest(self) -> bytes:
        """Tell equal passages without comparing them; the key for whatever is made from one."""
        return blake2b(self.text.encode(), digest_size=16).digest()


@dataclass(frozen=True, slots=True)
class Cut:
    """A file in chunks, and whether a parser understood it."""

    language: str | None
    chunks: list[Chunk]
    windowed: bool
    # For whoever asks the tree for more; none where no parser understood the file.
    parsed: Parsed | None = field(default=None, compare=False, repr=False)


class NotText(Exception):
    """The file is binary."""


def cut(path: str, blob: bytes) -> Cut:
    """Cut a file into chunks that together cover all of its text; of a notebook, its cells.

    Raises:
        NotText: it is binary; there is nothing to index.
    """
    text, garbled = decode(blob)
    language = language_of(path, blob[:BINARY_PROBE])
    lines = split(text)
    if language == "jupyter" and not garbled:
        try:
            return Cut(language, worded(of_cells(lines, cells(text.encode()))), windowed=False)
        except NotUnderstood:
            pass
    if language in UNDERSTOOD and not garbled:
        try:
            understood = parsed(text.encode(), language)
        except NotUnderstood:
            pass
        else:
            found = understood.symbols
            parts = packed(lines, found) if language in PACKED else nested(lines, found)
            return Cut(language, worded(parts), windowed=False, parsed=understood)
    parts = pieces(lines, 1, len(lines), name=None, kind="window")
    return Cut(language, worded(parts), windowed=bool(lines))


def decode(blob: bytes) -> tuple[str, bool]:
    """Read bytes as text; also tell whether some of them could not be read.

    Raises:
        NotText: they are binary.
    """
    if blob.startswith((b"\xff\xfe", b"\xfe\xff")):
        return blob.decode("utf-16", "replace"), False
    if b"\0" in blob[:BINARY_PROBE]:
        raise NotText
    try:
        text, garbled = blob.decode("utf-8-sig"), False
    except UnicodeDecodeError:
        text, garbled = blob.decode("utf-8", "replace"), True
        if text.count("\ufffd") > GARBLED_SHARE * len(text):
            raise NotText from None
    # PostgreSQL holds no NUL, and what is cited ends up there.
    return text.replace("\0", "\ufffd"), garbled


def split(text: str) -> list[str]:
    """Give the lines as git and editors count them."""
    lines = [line.removesuffix("\r") for line in text.split("\n")]
    if lines[-1] == "":
        lines.pop()
    return lines


def pieces(
    lines: Sequence[str], start: int, end: int, *, name: str | None, kind: str
) -> Iterator[Chunk]:
    for first, last, text in windows(lines, start, end):
        yield Chunk(name, kind, first, last, text)


def worded(chunks: Iterator[Chunk]) -> list[Chunk]:
    """Leave out what holds no word: blank lines, closing braces."""
    return [chunk for chunk in chunks if any(map(str.isalnum, chunk.text))]


def of_cells(lines: Sequence[str], found: Sequence[Cell]) -> Iterator[Chunk]:
    """Cut a notebook at its cells; what they printed is nobody's words."""
    for cell in found:
        yield from pieces(lines, cell.start, cell.end, name=cell.name, kind="cell")


def packed(lines: Sequence[str], found: Sequence[Symbol]) -> Iterator[Chunk]:
    """Cut only where an outermost definition begins, and not before a chunk is large enough."""
    start, first = 1, None
    for symbol in (symbol for symbol in found if symbol.depth == 0):
        if symbol.start - start >= PACK:
            yield from named(lines, start, symbol.start - 1, first)
            start, first = symbol.start, None
        first = first or symbol
    yield from named(lines, start, len(lines), first)


def named(lines: Sequence[str], start: int, end: int, first: Symbol | None) -> Iterator[Chunk]:
    name, kind = (first.name, first.kind) if first else (None, "module")
    return pieces(lines, start, end, name=name, kind=kind)


def nested(lines: Sequence[str], found: Sequence[Symbol]) -> Iterator[Chunk]:
    """Cut at definitions; inside a large one at those within it."""
    return inside(lines, list(found), None, 1, len(lines))


def inside(
    lines: Sequence[str], found: list[Symbol], owner: Symbol | None, start: int, end: int
) -> Iterator[Chunk]:
    """Cut the lines of `owner` (or of the whole file) among the definitions in it and the rest."""
    name, kind = (owner.name, owner.kind) if owner else (None, "module")
    depth = owner.depth + 1 if owner else 0
    for position, symbol in enumerate(found):
        # One that begins on a line already taken belongs to the chunk that took it.
        if symbol.depth != depth or symbol.start < start:
            continue
        if symbol.start > start:
            yield from pieces(lines, start, symbol.start - 1, name=name, kind=kind)
        last = min(symbol.end, end)
        within = members(found, position)
        if within and last - symbol.start + 1 > (WHOLE_TYPE if symbol.kind in TYPES else LINES):
            yield from inside(lines, within, symbol, symbol.start, last)
        else:
            yield from pieces(lines, symbol.start, last, name=symbol.name, kind=symbol.kind)
        start = last + 1
    if start <= end:
        yield from pieces(lines, start, end, name=name, kind=kind)


def members(found: Sequence[Symbol], position: int) -> list[Symbol]:
    """Give the definitions inside the one at `position`: those deeper, right behind it."""
    depth = found[position].depth
    end = position + 1
    while end < len(found) and found[end].depth > depth:
        end += 1
    return list(found[position + 1 : end])
