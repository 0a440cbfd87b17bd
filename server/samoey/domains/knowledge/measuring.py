"""What the index of a repository holds on this machine's disk, looked at file by file."""

import os
from collections.abc import Iterator
from pathlib import Path

from samoey.domains.knowledge.exact.postings import SUFFIX as TRIGRAMS
from samoey.domains.knowledge.lexical.shelf import Manifest, load
from samoey.domains.knowledge.schemas import HeldOut, PartHeld
from samoey.domains.knowledge.storing.cache import folders
from samoey.domains.knowledge.symbols.table import SUFFIX as SYMBOLS


def measured(shelf: Path, snapshot: str, vectors: str | None) -> HeldOut | None:
    """Count what stands of a snapshot; None where it is not on this machine."""
    manifest = load(shelf / snapshot)
    if manifest is None:
        return None
    there = sizes(shelf / snapshot)
    exact, symbols = (part(manifest, there, suffix) for suffix in (TRIGRAMS, SYMBOLS))
    return HeldOut(
        files=sum(len(bucket.files) for bucket in manifest.buckets.values()),
        words=words(manifest, there, beside=exact.bytes + symbols.bytes),
        symbols=symbols,
        exact=exact,
        vectors_bytes=sum(sizes(shelf / vectors).values()) if vectors else 0,
        all_bytes=whole(folders(shelf)),
    )


def part(manifest: Manifest, there: dict[str, int], suffix: str) -> PartHeld:
    """The files whose bucket has a part of this kind that stands there."""
    buckets = manifest.buckets.values()
    have = [bucket for bucket in buckets if bucket.parts.get(suffix) in there]
    # Two buckets may hold parts of the same content.
    names = {bucket.parts[suffix] for bucket in have}
    return PartHeld(
        files=sum(len(bucket.files) for bucket in have), bytes=sum(there[name] for name in names)
    )


def words(manifest: Manifest, there: dict[str, int], *, beside: int) -> PartHeld:
    segments = {name.partition(".")[0] for name in there}
    have = [
        bucket
        for bucket in manifest.buckets.values()
        if segments.issuperset(each["segment_id"].replace("-", "") for each in bucket.segments)
    ]
    return PartHeld(
        files=sum(len(bucket.files) for bucket in have), bytes=sum(there.values()) - beside
    )


def sizes(folder: Path) -> dict[str, int]:
    """The files of a folder by name; one that goes away meanwhile holds nothing."""
    return {entry.name: stat.st_size for entry, stat in _files(folder)}


def whole(places: Iterator[Path]) -> int:
    """What all of them take together: commits share files, which count once."""
    found = {stat.st_ino: stat.st_size for place in places for _, stat in _files(place)}
    return sum(found.values())


def _files(folder: Path) -> Iterator[tuple[os.DirEntry[str], os.stat_result]]:
    try:
        entries = list(os.scandir(folder))
    except FileNotFoundError:
        return
    for entry in entries:
        try:
            yield entry, entry.stat()
        except FileNotFoundError:
            continue
