"""Trees of files as snapshots that exact search can look through, and a plain scan to compare."""

import hashlib
import re
import time
from collections.abc import Generator, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

from samoey.domains.knowledge.exact.looking import NOWHERE, Behind, Looked, Looking, Place
from samoey.domains.knowledge.exact.part import Trigrams
from samoey.domains.knowledge.exact.pattern import prepared
from samoey.domains.knowledge.exact.postings import SUFFIX, Snapshots
from samoey.domains.knowledge.exact.schemas import ExactQuery
from samoey.domains.knowledge.lexical import shelf
from samoey.domains.knowledge.lexical.build import build
from samoey.domains.knowledge.lexical.orders import Order, Source
from samoey.kit.ports.git import RevisionNotFound

Files = dict[str, bytes]
Lines = list[tuple[str, int]]


@dataclass
class Trees:
    """Repositories in a folder, each with the snapshots that were made of it."""

    folder: Path
    blobs: dict[str, bytes] = field(default_factory=dict)
    read: list[str] = field(default_factory=list)
    bucket_bytes: int = 2_000
    snapshots: Snapshots = field(default_factory=lambda: Snapshots(64))

    def build(
        self, name: str, files: Files, *, of: str = "tree", previous: str | None = None
    ) -> Place:
        sources = []
        for path, content in files.items():
            blob = hashlib.sha1(content, usedforsecurity=False).hexdigest()
            self.blobs[blob] = content
            sources.append(Source(path, blob, len(content)))
        order = Order(
            shelf=self.folder / of,
            name=name,
            commit=name,
            mirror=self.folder,
            files=sources,
            previous=previous,
            largest_bytes=60_000_000,
            bucket_bytes=self.bucket_bytes,
        )
        build(order, self.fresh, parts={SUFFIX: Trigrams})
        known = UUID(bytes=hashlib.md5(of.encode(), usedforsecurity=False).digest())
        return Place(known, of, name, self.folder / of / name, self.folder)

    def fresh(self, _: Path, wanted: Iterable[str]) -> Iterator[tuple[str, bytes]]:
        for blob in wanted:
            yield blob, self.blobs[blob]

    def stored(self, _: Path, wanted: Iterable[str]) -> Generator[tuple[str, bytes]]:
        for blob in wanted:
            if blob not in self.blobs:
                raise RevisionNotFound
            self.read.append(blob)
            yield blob, self.blobs[blob]

    def look(
        self, places: Iterable[Place], text: str, *, seconds: float = 60, **wish: Any
    ) -> Looked:
        query = ExactQuery.model_validate({"text": text, "limit": 1000, **wish})
        self.read.clear()
        looking = Looking(
            query=query,
            pattern=prepared(text, regex=query.regex, case=query.case, word=query.word),
            read=self.stored,
            snapshots=self.snapshots,
            until=time.monotonic() + seconds,
            behind=Behind.read(query.after) if query.after else NOWHERE,
        )
        return looking.through(list(places))

    def parts(self, name: str, *, of: str = "tree") -> list[bytes]:
        manifest = shelf.load(self.folder / of / name)
        assert manifest is not None
        buckets = [manifest.buckets[key] for key in sorted(manifest.buckets)]
        return [(self.folder / of / name / bucket.parts[SUFFIX]).read_bytes() for bucket in buckets]

    def lines(self, place: Place, text: str, **wish: Any) -> Lines:
        return [(hit.path, hit.line) for hit in self.look([place], text, **wish).hits]


def scanned(files: Files, pattern: str, *, folding: bool = False) -> Lines:
    """Look at every line of every file, as one would without an index."""
    found = re.compile(pattern, re.IGNORECASE if folding else 0)
    return [
        (path, number)
        for path in sorted(files)
        for number, line in enumerate(lines_of(files[path]), 1)
        if found.search(line)
    ]


def lines_of(content: bytes) -> list[str]:
    lines = content.decode("utf-8", "replace").replace("\r\n", "\n").split("\n")
    return lines[:-1] if lines[-1] == "" else lines
