"""What is to be indexed, and what came out: shapes that need neither tantivy nor tree-sitter."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

Blobs = Callable[[Path, Iterable[str]], Iterator[tuple[str, bytes]]]
Told = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Source:
    """A file to index: where it stands, its blob in the mirror, its size."""

    path: str
    blob: str
    size: int


@dataclass(frozen=True, slots=True)
class Order:
    """What to make: the snapshot `name` of `commit`, from files of a mirror."""

    shelf: Path
    name: str
    commit: str
    mirror: Path
    files: list[Source]
    previous: str | None = None
    largest_bytes: int = 1_000_000
    # Source that files together should hold: little to make anew, yet few segments to search.
    bucket_bytes: int = 500_000
    # Whether a snapshot of this name is made again although it stands there.
    afresh: bool = False


@dataclass(frozen=True, slots=True)
class Built:
    """What came out: chunks, and the files by what became of them."""

    files: int
    chunks: int
    windowed: int
    skipped: int
    bytes: int
