"""Making the snapshot of a commit, out of the one before wherever that is the same.

BM25 counts every document of a segment, also those deleted since, so an index that deletes and
adds ranks differently from one made from scratch. Here nothing is ever deleted: the files of a
repository fall into buckets by their path, each bucket has its own segments, and a commit makes
anew the segments of the buckets that it touches. What the others hold is linked, not copied.
"""

import json
import time
from collections.abc import Iterable
from hashlib import blake2b
from itertools import chain
from pathlib import Path
from typing import Any

import tantivy

from samoey.domains.knowledge.lexical import shelf
from samoey.domains.knowledge.lexical.fields import document, passage, schema
from samoey.domains.knowledge.lexical.orders import Blobs, Built, Order, Source, Told
from samoey.domains.knowledge.lexical.parts import Part, Parts
from samoey.domains.knowledge.lexical.parts import write as write_part
from samoey.domains.knowledge.lexical.reading import Snapshot, Worded
from samoey.domains.knowledge.lexical.shelf import FORMAT, Bucket, FileEntry, Manifest
from samoey.domains.knowledge.lexical.words import Words
from samoey.domains.knowledge.parse.chunks import NotText, cut

MOST_BUCKETS = 64
# From here on buckets grow, and four times as many are still searched in milliseconds.
LARGE_BYTES = 250_000_000
MOST_BUCKETS_OF_LARGE = 256
HEAP_BYTES = 32_000_000
TELL_EVERY_S = 0.3


def build(
    order: Order,
    blobs: Blobs,
    told: Told = lambda _done, _total: None,
    *,
    parts: Parts | None = None,
) -> Built:
    """Make the snapshot of a commit and put it on its shelf; one that stands there is kept."""
    standing = shelf.load(order.shelf / order.name)
    if standing is not None and standing.format == FORMAT and not order.afresh:
        return counted(standing)
    previous = shelf.load(order.shelf / order.previous) if order.previous else None
    if previous is not None and previous.format != FORMAT:
        previous = None
    with shelf.unfinished(order.shelf, order.name) as folder:
        manifest = Making(order, previous, folder, blobs, told, parts or {}).run()
    return counted(manifest)


def counted(manifest: Manifest) -> Built:
    """Sum up what stands in a snapshot."""
    entries = [entry for bucket in manifest.buckets.values() for entry in bucket.files.values()]
    return Built(
        files=len(entries),
        chunks=sum(entry.chunks for entry in entries),
        windowed=sum(entry.outcome == "windowed" for entry in entries),
        skipped=sum(entry.outcome == "skipped" for entry in entries),
        bytes=sum(entry.size for entry in entries if entry.outcome != "skipped"),
    )


def bucket_count(total_bytes: int, bucket_bytes: int, before: int | None) -> int:
    """Choose how many buckets there are; a repository that grows a little keeps what it has."""
    large = total_bytes > LARGE_BYTES
    most = MOST_BUCKETS_OF_LARGE if large else MOST_BUCKETS
    count = 1
    while count < most and count * bucket_bytes < total_bytes:
        count *= 2
    return before if before is not None and count / 2 <= before <= count * 2 else count


def bucket_of(path: str, count: int) -> int:
    digest = blake2b(path.encode("utf-8", "surrogateescape"), digest_size=8).digest()
    return int.from_bytes(digest) % count


class Making:
    """One run of `build`: what is at hand while a snapshot is being made."""

    def __init__(
        self,
        order: Order,
        previous: Manifest | None,
        folder: Path,
        blobs: Blobs,
        told: Told,
        parts: Parts,
    ) -> None:
        self.order = order
        self.folder = folder
        self.told = told
        self.parts = parts
        self.words = Words()
        total = sum(source.size for source in order.files if source.size <= order.largest_bytes)
        self.count = bucket_count(total, order.bucket_bytes, previous.count if previous else None)
        fitting = previous if previous and previous.count == self.count else None
        # A bucket without the parts of today is made anew as a whole.
        self.before = {
            key: bucket
            for key, bucket in (fitting.buckets if fitting else {}).items()
            if bucket.parts.keys() == parts.keys()
        }
        self.old = Snapshot.open(order.shelf / str(order.previous)) if self.before else None
        self.sorted: dict[int, list[Source]] = {}
        for source in sorted(order.files, key=lambda source: source.path):
            self.sorted.setdefault(bucket_of(source.path, self.count), []).append(source)
        self.touched = {key for key, files in self.sorted.items() if not self.same(key, files)}
        self.done, self.spoke = 0, 0.0
        wanted = chain.from_iterable(
            (source.blob for source in self.sorted[key] if self.fresh(key, source))
            for key in sorted(self.touched)
        )
        self.blobs = iter(blobs(order.mirror, wanted))

    def same(self, key: int, files: list[Source]) -> bool:
        """Whether a bucket holds exactly these files already."""
        before = self.before.get(key)
        return before is not None and {
            path: entry.blob for path, entry in before.files.items()
        } == {source.path: source.blob for source in files}

    def known(self, key: int, source: Source) -> FileEntry | None:
        """What the previous snapshot says of this very file."""
        before = self.before.get(key)
        entry = before.files.get(source.path) if before else None
        return entry if entry and entry.blob == source.blob else None

    def fresh(self, key: int, source: Source) -> bool:
        """Whether a file must be read and parsed."""
        small = source.size <= self.order.largest_bytes
        return small and self.known(key, source) is None

    def run(self) -> Manifest:
        buckets = {}
        kept: list[dict[str, Any]] = []
        kept_parts: list[str] = []
        meta = empty_meta(self.folder)
        for key in sorted(self.sorted):
            if key in self.touched:
                buckets[key] = self.make(key)
            else:
                buckets[key] = self.before[key]
                kept.extend(self.before[key].segments)
                kept_parts.extend(self.before[key].parts.values())
                self.advance(len(self.sorted[key]))
        shelf.take(self.order.shelf / str(self.order.previous), self.folder, kept, kept_parts)
        manifest = Manifest(FORMAT, self.order.commit, self.count, buckets)
        shelf.finish(self.folder, manifest, meta)
        self.told(self.done, len(self.order.files))
        return manifest

    def make(self, key: int) -> Bucket:
        """Write the segments of one bucket."""
        place = self.folder / f"bucket-{key}"
        place.mkdir()
        index = tantivy.Index(schema(), path=str(place))
        writer = index.writer(heap_size=HEAP_BYTES, num_threads=1)
        entries = {}
        parts = self.begun(key)
        for source in self.sorted[key]:
            entry, passages = self.passages(key, source, parts.values())
            for each, body in passages:
                writer.add_document(document(each, body, self.words))
            entries[source.path] = entry
            self.advance(1)
        writer.commit()
        writer.wait_merging_threads()
        segments = json.loads((place / shelf.META).read_bytes())["segments"]
        shelf.take(place, self.folder, segments)
        remove(place)
        written = {
            suffix: write_part(self.folder, suffix, part.finish()) for suffix, part in parts.items()
        }
        return Bucket(segments, entries, written)

    def begun(self, key: int) -> dict[str, Part]:
        """Begin the parts of a bucket, each with what it was before."""
        before = self.before.get(key)
        parts = {suffix: make() for suffix, make in self.parts.items()}
        for suffix, part in parts.items():
            name = before.parts.get(suffix) if before else None
            part.begin(self.order.shelf / str(self.order.previous) / name if name else None)
        return parts

    def passages(
        self, key: int, source: Source, parts: Iterable[Part]
    ) -> tuple[FileEntry, list[Worded]]:
        """Take a file's passages from the previous snapshot, or read and cut it."""
        known = self.known(key, source)
        if known is not None and self.old is not None:
            if known.outcome != "skipped":
                for part in parts:
                    part.keep(source.path)
            return known, self.old.passages(source.path) if known.chunks else []
        if source.size > self.order.largest_bytes:
            return FileEntry(source.blob, "skipped", 0, source.size), []
        content = self.content(source)
        try:
            pieces = cut(source.path, content)
        except NotText:
            return FileEntry(source.blob, "skipped", 0, source.size), []
        for part in parts:
            part.add(source.path, content, pieces)
        outcome = "windowed" if pieces.windowed else "parsed"
        entry = FileEntry(source.blob, outcome, len(pieces.chunks), len(content))
        line = self.words.line
        return entry, [
            (passage(source.path, pieces.language, chunk), line(chunk.text))
            for chunk in pieces.chunks
        ]

    def content(self, source: Source) -> bytes:
        """Read the next file; they come in the order in which they were asked for."""
        for blob, content in self.blobs:
            if blob == source.blob:
                return content
        raise LookupError(source.path)

    def advance(self, files: int) -> None:
        self.done += files
        if time.monotonic() - self.spoke >= TELL_EVERY_S:
            self.spoke = time.monotonic()
            self.told(self.done, len(self.order.files))


def empty_meta(folder: Path) -> dict[str, object]:
    """Let tantivy itself describe an index of our fields, and take that description."""
    place = folder / "bucket-none"
    place.mkdir()
    tantivy.Index(schema(), path=str(place))
    described: dict[str, object] = json.loads((place / shelf.META).read_bytes())
    remove(place)
    return described


def remove(place: Path) -> None:
    for left in place.iterdir():
        left.unlink()
    place.rmdir()
