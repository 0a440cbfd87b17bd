"""Writing the file of a bucket, and reading it whole again to build upon it."""

import struct
import zlib
from itertools import pairwise

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
WIDTHS = {1: "u1", 2: "<u2", 4: "<u4"}


def written(table: list[Entry], held: list[Numbers]) -> bytes:
    """Write which trigrams the files of a table hold, each given in order."""
    width, size = next(each for each in WIDTHS if len(table) <= 256**each), (len(table) + 7) // 8
    names, starts, files = inverted(held)
    counts = np.diff(starts)
    listed = (counts * width <= size) & (counts < BITMAP)
    places = [files[start:end] for start, end in pairwise(starts.tolist())]
    postings = [
        place.astype(WIDTHS[width]).tobytes() if few else bitmap(place, size)
        for place, few in zip(places, listed.tolist(), strict=True)
    ]
    marks = np.where(listed, counts, BITMAP).astype("u1").tobytes()
    lows = (names & 0xFF).astype("u1").tobytes()
    begins, firsts = np.unique(names >> 8, return_index=True)
    records = bytearray()
    offsets = []
    for first, last in pairwise([*firsts.tolist(), len(names)]):
        offsets.append(len(records))
        records.append(last - first - 1)
        records += lows[first:last] + marks[first:last] + b"".join(postings[first:last])
    directory: bytes = begins.astype("<u2").tobytes() + np.array(offsets, dtype="<u4").tobytes()
    end = HEAD.size + len(directory) + len(records)
    head = HEAD.pack(MAGIC, len(table), len(begins), width, size, end)
    return head + directory + bytes(records) + zlib.compress(write_table(table))


def inverted(held: list[Numbers]) -> tuple[Numbers, Numbers, Numbers]:
    """Turn it around: the trigrams, where the files of each start, and the files."""
    sizes = [len(each) for each in held]
    names = np.concatenate([*held, np.empty(0, dtype=np.uint32)]).astype(np.uint64)
    files = np.repeat(np.arange(len(held), dtype=np.uint64), sizes)
    both = np.sort((names << 32) | files)
    found, starts = np.unique(both >> 32, return_index=True)
    ends = np.append(starts, len(both)).astype(np.uint32)
    return found.astype(np.uint32), ends, (both & 0xFFFFFFFF).astype(np.uint32)


def bitmap(files: Numbers, size: int) -> bytes:
    bits = np.zeros(size * 8, dtype=np.uint8)
    bits[files] = 1
    packed: bytes = np.packbits(bits, bitorder="little").tobytes()
    return packed


def read(content: bytes) -> tuple[list[Entry], list[Numbers]]:
    """Read a whole file again: its table, and the trigrams of each entry.

    Raises:
        Spoiled: it is none of ours, or not a whole one.
    """
    try:
        return decoded(content)
    except (struct.error, zlib.error, msgspec.MsgspecError, IndexError, ValueError) as broken:
        raise Spoiled from broken


def decoded(content: bytes) -> tuple[list[Entry], list[Numbers]]:
    magic, count, groups, width, size, end = HEAD.unpack_from(content)
    if magic != MAGIC:
        raise Spoiled
    table = read_table(zlib.decompress(content[end:]))
    begins = np.frombuffer(content, dtype="<u2", count=groups, offset=HEAD.size)
    names: list[int] = []
    files: list[Numbers] = []
    at = HEAD.size + groups * DIRECTORY
    for begin in begins.tolist():
        many = content[at] + 1
        lows, marks = content[at + 1 : at + 1 + many], content[at + 1 + many : at + 1 + 2 * many]
        at += 1 + 2 * many
        for low, mark in zip(lows, marks, strict=True):
            names.append(begin << 8 | low)
            files.append(posting(content, at, mark, width=width, size=size))
            at += size if mark == BITMAP else mark * width
    return table, turned(names, files, count)


def posting(content: bytes, at: int, mark: int, *, width: int, size: int) -> Numbers:
    """Read which files hold one trigram."""
    if mark != BITMAP:
        listed = np.frombuffer(content, dtype=WIDTHS[width], count=mark, offset=at)
        return listed.astype(np.uint32)
    packed = np.frombuffer(content, dtype="u1", count=size, offset=at)
    return np.flatnonzero(np.unpackbits(packed, bitorder="little")).astype(np.uint32)


def turned(names: list[int], files: list[Numbers], count: int) -> list[Numbers]:
    """Turn trigrams with files into files with trigrams, in order."""
    every = np.concatenate([*files, np.empty(0, dtype=np.uint32)])
    each = np.repeat(np.array(names, dtype=np.uint32), [len(one) for one in files])
    order = np.argsort(every, kind="stable")
    ends = np.searchsorted(every[order], np.arange(1, count))
    return np.split(each[order], ends)[:count]
