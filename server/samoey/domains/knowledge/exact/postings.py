"""The trigrams of the files of a snapshot, asked without decoding them.

Each bucket has a file: a head, then a directory of the first two bytes of the trigrams, then a
record for each of these: the third bytes, for each how many files hold it, and which. Few files are
listed by number, many are a bitmap. Last, compressed, the files themselves by path.
"""

import struct
import threading
import zlib
from bisect import bisect_left
from collections import OrderedDict
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import msgspec

from samoey.domains.knowledge.exact.asking import ANYTHING, Query
from samoey.domains.knowledge.lexical.shelf import MANIFEST, FileEntry

# Another ending whenever what stands in such a file changes: all are made anew then.
SUFFIX = "tri1"
# Files, two-byte beginnings, bytes of a file's number, bytes of a bitmap, where the table begins.
HEAD = struct.Struct("<4sIIIII")
MAGIC = b"SXT1"
# Instead of a count: a bitmap follows.
BITMAP = 255
# Two bytes of a beginning, and four that say where its record starts.
DIRECTORY = 6


class Entry(msgspec.Struct, array_like=True, frozen=True):
    """A file of the bucket."""

    path: str
    language: str | None


class Spoiled(Exception):
    """These bytes are no such file, or not a whole one."""


read_table = msgspec.msgpack.Decoder(list[Entry]).decode
write_table = msgspec.msgpack.Encoder().encode


class Bucket(msgspec.Struct, frozen=True):
    """What a manifest says of a bucket; its files are read only when some of them are wanted."""

    files: msgspec.Raw
    parts: dict[str, str] = {}


class Manifest(msgspec.Struct, frozen=True):
    buckets: dict[int, Bucket]


read_manifest = msgspec.msgpack.Decoder(Manifest).decode
read_files = msgspec.msgpack.Decoder(dict[str, FileEntry]).decode


@dataclass(frozen=True, slots=True)
class Candidate:
    """A file that may hold what is looked for."""

    path: str
    language: str | None
    blob: str


class Postings:
    """The file of one bucket."""

    def __init__(self, held: bytes) -> None:
        magic, self.count, groups, self.width, self.size, self.end = HEAD.unpack_from(held)
        if magic != MAGIC:
            raise Spoiled
        self.held = held
        self.records = HEAD.size + groups * DIRECTORY
        self.begins = memoryview(held)[HEAD.size : HEAD.size + 2 * groups].cast("H")

    def among(self, query: Query) -> list[int]:
        """Give the numbers of the files that may meet a query."""
        every = (1 << self.count) - 1
        if query == ANYTHING:
            return list(range(self.count))
        found = query.among(every, self.files)
        return [number for number in range(self.count) if found >> number & 1] if found else []

    def files(self, trigram: int) -> int:
        """Give the files that hold a trigram, as the bits of a number."""
        begin, held = trigram >> 8, self.held
        group = bisect_left(self.begins, begin)
        if group == len(self.begins) or self.begins[group] != begin:
            return 0
        place = HEAD.size + 2 * len(self.begins) + 4 * group
        lows = self.records + int.from_bytes(held[place : place + 4], "little") + 1
        many = held[lows - 1] + 1
        low = held.find(bytes((trigram & 0xFF,)), lows, lows + many)
        if low < 0:
            return 0
        marks = held[lows + many : low + many]
        bitmaps = marks.count(BITMAP)
        listed = sum(marks) - BITMAP * bitmaps
        at = lows + 2 * many + listed * self.width + bitmaps * self.size
        return self.posting(at, held[low + many])

    def posting(self, at: int, mark: int) -> int:
        if mark == BITMAP:
            return int.from_bytes(self.held[at : at + self.size], "little")
        width, found = self.width, 0
        for place in range(at, at + mark * width, width):
            found |= 1 << int.from_bytes(self.held[place : place + width], "little")
        return found

    @property
    def table(self) -> list[Entry]:
        return read_table(zlib.decompress(self.held[self.end :]))


class Snapshot:
    """The buckets of one commit, by their trigrams."""

    def __init__(self, folder: Path) -> None:
        told = (folder / MANIFEST).read_bytes()
        self.folder = folder
        self.buckets = list(read_manifest(told).buckets.values())
        self.opened: dict[str, Postings] = {}
        # What it takes in memory by now.
        self.size = len(told)

    def candidates(self, query: Query) -> list[Candidate]:
        """Give the files that may meet a query, in the order of their paths.

        Raises:
            FileNotFoundError, Spoiled: the snapshot is gone, or not whole.
        """
        try:
            found = [each for bucket in self.buckets for each in self.among(bucket, query)]
        except (struct.error, LookupError, ValueError, zlib.error, msgspec.MsgspecError) as broken:
            raise Spoiled(self.folder) from broken
        return sorted(found, key=lambda each: each.path)

    def among(self, bucket: Bucket, query: Query) -> list[Candidate]:
        postings = self.postings(bucket.parts[SUFFIX])
        numbers = postings.among(query)
        if not numbers:
            return []
        table, files = postings.table, read_files(bucket.files)
        chosen = [table[number] for number in numbers]
        return [Candidate(each.path, each.language, files[each.path].blob) for each in chosen]

    def postings(self, name: str) -> Postings:
        """Give the postings in a file; they are kept, for to open many files takes longest."""
        if (known := self.opened.get(name)) is not None:
            return known
        held = (self.folder / name).read_bytes()
        opened = self.opened[name] = Postings(held)
        self.size += len(held)
        return opened


class Snapshots:
    """Keeps snapshots at hand; one never changes, so it never ages."""

    def __init__(self, most_mib: float) -> None:
        self.most_bytes = most_mib * 2**20
        self.known: OrderedDict[Path, Snapshot] = OrderedDict()
        self.lock = threading.Lock()

    def get(self, folder: Path) -> Snapshot:
        """Give the snapshot in `folder`; those unused for longest make room for what grew.

        Raises:
            FileNotFoundError, Spoiled: there is none, or no whole one.
        """
        with self.lock:
            known = self.known.get(folder)
        try:
            found = known or Snapshot(folder)
        except msgspec.MsgspecError as broken:
            raise Spoiled(folder) from broken
        with self.lock:
            self.known[folder] = found
            self.known.move_to_end(folder)
            held = sum(each.size for each in self.known.values())
            while held > self.most_bytes and len(self.known) > 1:
                held -= self.known.popitem(last=False)[1].size
        return found

    def forget(self, folder: Path) -> None:
        """Forget a snapshot that is gone, or not whole."""
        with self.lock:
            self.known.pop(folder, None)


@cache
def snapshots(most_mib: float) -> Snapshots:
    """Give the snapshots that this process keeps at hand."""
    return Snapshots(most_mib)
