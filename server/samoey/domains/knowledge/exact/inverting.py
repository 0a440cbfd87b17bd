"""Writing the file of a bucket, and reading it whole again to build upon it.

All of a bucket is one array of pairs: the trigram in the upper half of each number, the file in the
lower. In order they are what the file lists, so that neither way is gone trigram by trigram.
"""

import struct
import zlib

import msgspec
import numpy as np
import numpy.typing as npt

from samoey.domains.knowledge.exact.postings import (
    BITMAP,
    DIRECTORY,
    HEAD,
    MAGIC,
    Entry,
    Spoiled,
    read_table,
    write_table,
)

Numbers = npt.NDArray[np.uint32]
Pairs = npt.NDArray[np.uint64]
# Counts and places; they may be differences.
Places = npt.NDArray[np.int64]
Bytes = npt.NDArray[np.uint8]
HALF = np.uint64(32)
LOWER = np.uint64(0xFFFFFFFF)
# How many bytes a file's number may take.
WIDTHS = (1, 2, 4)
# No trigram: those have three bytes.
NEVER = 2**32 - 1


def pairs_of(trigrams: Numbers, file: int) -> Pairs:
    """Pair each trigram with the file that holds it."""
    return trigrams.astype(np.uint64) << HALF | np.uint64(file)


def renumbered(pairs: Pairs, numbers: dict[int, int], count: int) -> Pairs:
    """Give files their new numbers; pairs of a file without one are left out."""
    table = np.full(count, -1, dtype=np.int64)
    table[list(numbers)] = list(numbers.values())
    files = table[(pairs & LOWER).astype(np.int64)]
    there = files >= 0
    return pairs[there] & ~LOWER | files[there].astype(np.uint64)


def written(table: list[Entry], pairs: Pairs) -> bytes:
    """Write which trigrams the files of a table hold; each pair is given once."""
    width, size = next(each for each in WIDTHS if len(table) <= 256**each), (len(table) + 7) // 8
    pairs = np.sort(pairs)
    held, files = (pairs >> HALF).astype(np.uint32), (pairs & LOWER).astype(np.int64)
    starts = np.flatnonzero(np.diff(held, prepend=np.uint32(NEVER)))
    names, counts = held[starts], np.diff(starts, append=len(pairs))
    listed = (counts * width <= size) & (counts < BITMAP)
    marks = np.where(listed, counts, BITMAP)
    begins, firsts = np.unique(names >> 8, return_index=True)
    many = np.diff(firsts, append=len(names))
    sizes = np.where(listed, counts * width, size)
    records = 1 + 2 * many + (np.add.reduceat(sizes, firsts) if len(firsts) else 0)
    offsets = before(records)
    places = Layout.of(offsets, many, sizes)
    out = np.zeros(int(records.sum()), dtype=np.uint8)
    out[offsets] = many - 1
    out[places.lows] = names & 0xFF
    out[places.marks] = marks
    few = np.repeat(listed, counts)
    within = np.arange(len(pairs)) - np.repeat(starts, counts)
    at = np.repeat(places.postings, counts)
    for byte in range(width):
        out[at[few] + within[few] * width + byte] = files[few] >> 8 * byte & 0xFF
    set_bits(out, at[~few], files[~few])
    directory: bytes = begins.astype("<u2").tobytes() + offsets.astype("<u4").tobytes()
    end = HEAD.size + len(directory) + len(out)
    head = HEAD.pack(MAGIC, len(table), len(begins), width, size, end)
    return head + directory + out.tobytes() + zlib.compress(write_table(table))


class Layout:
    """Where in the records each trigram's last byte stands, its mark, and its files."""

    def __init__(self, lows: Places, marks: Places, postings: Places) -> None:
        self.lows, self.marks, self.postings = lows, marks, postings

    @classmethod
    def of(cls, offsets: Places, many: Places, sizes: Places) -> "Layout":
        lows, marks = cls.ahead(offsets, many)
        skipped, firsts = before(sizes), before(many)
        begun = skipped[firsts] if len(firsts) else skipped
        return cls(lows, marks, np.repeat(offsets + 1 + 2 * many - begun, many) + skipped)

    @staticmethod
    def ahead(offsets: Places, many: Places) -> tuple[Places, Places]:
        """What is known before the marks are read."""
        within = np.arange(int(many.sum())) - np.repeat(before(many), many)
        lows = np.repeat(offsets + 1, many) + within
        return lows, lows + np.repeat(many, many)


def before(sizes: Places) -> Places:
    """How much stands before each."""
    return np.cumsum(sizes) - sizes


def set_bits(out: Bytes, at: Places, files: Places) -> None:
    """Set the bit of each file in the bitmap that begins at its place; both are in order."""
    places = at + (files >> 3)
    starts = np.flatnonzero(np.diff(places, prepend=-1))
    if len(starts):
        bits = np.left_shift(1, files & 7).astype(np.uint8)
        out[places[starts]] = np.bitwise_or.reduceat(bits, starts)


def read(content: bytes) -> tuple[list[Entry], Pairs]:
    """Read a whole file again: its table, and every pair.

    Raises:
        Spoiled: it is none of ours, or not a whole one.
    """
    try:
        return decoded(content)
    except (struct.error, zlib.error, msgspec.MsgspecError, IndexError, ValueError) as broken:
        raise Spoiled from broken


def decoded(content: bytes) -> tuple[list[Entry], Pairs]:
    magic, count, groups, width, size, end = HEAD.unpack_from(content)
    if magic != MAGIC or width not in WIDTHS or size != (count + 7) // 8:
        raise Spoiled
    table = read_table(zlib.decompress(content[end:]))
    if len(table) != count:
        raise Spoiled
    begins = np.frombuffer(content, dtype="<u2", count=groups, offset=HEAD.size)
    offsets = np.frombuffer(content, dtype="<u4", count=groups, offset=HEAD.size + 2 * groups)
    records = np.frombuffer(content, dtype="u1")[HEAD.size + groups * DIRECTORY : end]
    offsets = offsets.astype(np.int64)
    many = records[offsets].astype(np.int64) + 1
    lows, marked = Layout.ahead(offsets, many)
    marks = records[marked].astype(np.int64)
    full = marks == BITMAP
    places = Layout.of(offsets, many, np.where(full, size, marks * width)).postings
    names = np.repeat(begins.astype(np.uint64), many) << np.uint64(8) | records[lows]
    counts = np.where(full, 0, marks)
    at = np.repeat(places - before(counts) * width, counts) + np.arange(counts.sum()) * width
    files = np.zeros(len(at), dtype=np.uint64)
    for byte in range(width):
        files |= records[at + byte].astype(np.uint64) << np.uint64(8 * byte)
    maps = records[places[full][:, None] + np.arange(size)]
    row, file = np.nonzero(np.unpackbits(maps, axis=1, bitorder="little"))
    every = np.concatenate((np.repeat(names, counts), names[full][row])) << HALF
    every |= np.concatenate((files, file.astype(np.uint64)))
    if len(every) and int((every & LOWER).max()) >= count:
        raise Spoiled
    return table, every
