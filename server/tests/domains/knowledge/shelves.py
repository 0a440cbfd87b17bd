"""A shelf of snapshots for tests, and the blobs that they are made of."""

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from samoey.domains.knowledge.lexical import shelf
from samoey.domains.knowledge.lexical.build import build
from samoey.domains.knowledge.lexical.orders import Built, Order, Source
from samoey.domains.knowledge.lexical.reading import Filter, Found, Snapshot
from samoey.domains.knowledge.lexical.words import Words
from samoey.domains.knowledge.parse.chunks import Cut

Files = dict[str, str]


def sizes_in(told: str) -> Iterator[tuple[str, int]]:
    for line in told.splitlines():
        path, size = json.loads(line)
        yield path, size


class Sizes:
    """A part that notes how large each file is."""

    def __init__(self) -> None:
        self.before: dict[str, int] = {}
        self.lines: list[str] = []

    def begin(self, before: Path | None) -> None:
        self.before = dict(sizes_in(before.read_text())) if before else {}

    def keep(self, path: str) -> None:
        self.lines.append(json.dumps([path, self.before[path]]))

    def add(self, path: str, content: bytes, cut: Cut) -> None:
        assert cut.chunks or not content.strip()
        self.lines.append(json.dumps([path, len(content)]))

    def finish(self) -> bytes:
        return "\n".join([*self.lines, ""]).encode()


@dataclass
class Bench:
    """A shelf and the blobs that its snapshots are made of."""

    folder: Path
    bucket_bytes: int = 500_000
    blobs: dict[str, bytes] = field(default_factory=dict)
    read: list[str] = field(default_factory=list)

    def build(
        self, name: str, files: Files, *, previous: str | None = None, afresh: bool = False
    ) -> Built:
        sources = []
        for path, text in files.items():
            blob = hashlib.sha256(text.encode()).hexdigest()
            self.blobs[blob] = text.encode("utf-8", "surrogateescape")
            sources.append(Source(path, blob, len(self.blobs[blob])))
        order = Order(
            self.folder,
            name,
            name,
            Path("mirror"),
            sources,
            previous=previous,
            bucket_bytes=self.bucket_bytes,
            afresh=afresh,
        )
        return build(order, self.answer, parts={"sizes": Sizes})

    def sizes(self, name: str) -> dict[str, int]:
        manifest = shelf.load(self.folder / name)
        assert manifest is not None
        told = [
            (self.folder / name / bucket.parts["sizes"]).read_text()
            for bucket in manifest.buckets.values()
        ]
        return dict(sizes_in("".join(told)))

    def answer(self, _: Path, wanted: Iterable[str]) -> Iterator[tuple[str, bytes]]:
        for blob in wanted:
            self.read.append(blob)
            yield blob, self.blobs[blob]

    def search(self, name: str, asked: str, where: Filter | None = None) -> list[Found]:
        words = Words().line(asked).split()
        return Snapshot.open(self.folder / name).search(words, 50, where or Filter())


def source(*names: str) -> str:
    return "".join(f"def {name}(value):\n    return value\n\n" for name in names)
