"""The snapshots of one repository in the object store.

A file of a snapshot is an object whose key tells its content, so it is kept once however many
snapshots hold it. What a snapshot consists of stands in its listing, which is written last: who
reads a listing finds all of its files.
"""

import os
import re
import secrets
import shutil
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from hashlib import file_digest
from pathlib import Path

import msgspec

from samoey.domains.knowledge.lexical.shelf import LOADING, bring
from samoey.kit.ports.objects import Kept, ObjectMissing, Objects

# So many files of a snapshot travel at the same time.
AT_ONCE = 8
# Files whose names never stand for another content: segments and parts.
LASTING = re.compile(r"[0-9a-f]{32}\.")
ROOT = "indexes"


class SnapshotLost(FileNotFoundError):
    """The object store does not have a snapshot, or not the whole of it."""


class Listed(msgspec.Struct, array_like=True, frozen=True):
    """A file of a snapshot: the hash of its content, and its size."""

    digest: str
    size: int


class Listing(msgspec.Struct, frozen=True):
    """What a snapshot consists of."""

    files: dict[str, Listed]


read_listing = msgspec.json.Decoder(Listing).decode
write_listing = msgspec.json.Encoder().encode


def digest_of(file: Path) -> str:
    with file.open("rb") as content:
        return file_digest(content, "sha256").hexdigest()


class StoredSnapshots:
    """What the object store holds of one repository; its methods wait for the store."""

    def __init__(self, objects: Objects, repository: str) -> None:
        self.objects = objects
        self.files = f"{ROOT}/{repository}/files"
        self.snapshots = f"{ROOT}/{repository}/snapshots"
        self.everything = f"{ROOT}/{repository}"

    def listing(self, name: str) -> Listing | None:
        """Read what a snapshot consists of; None when there is none that can be read.

        Raises:
            ObjectStoreAway: the store does not answer.
        """
        try:
            return read_listing(self.objects.get(f"{self.snapshots}/{name}"))
        except (ObjectMissing, msgspec.MsgspecError):
            return None

    def publish(self, folder: Path, *, previous: str | None = None) -> int:
        """Keep the snapshot that stands in `folder`, and tell how many files were not there yet.

        Raises:
            ObjectStoreAway, DiskFull: it is not kept; what was kept of it is swept some day.
        """
        before = self.listing(previous) if previous else None
        known = before.files if before else {}
        files = {file.name: listed(file, known) for file in visible(folder)}
        there = {each.key: each.size for each in self.objects.list(self.files)}
        # What no snapshot holds may be swept at this moment, so it is kept again.
        held = {each.digest for each in known.values()}
        missing = {
            file.digest: name
            for name, file in files.items()
            if file.digest not in held or there.get(self.key(file)) != file.size
        }
        at_once(
            lambda name: self.objects.keep(self.key(files[name]), folder / name), missing.values()
        )
        self.objects.put(f"{self.snapshots}/{folder.name}", write_listing(Listing(files)))
        return len(missing)

    def bring(self, folder: Path) -> None:
        """Let the snapshot of this name stand in `folder`; nothing is done where it does already.

        Raises:
            SnapshotLost: the store does not have it, or not as it was.
            ObjectStoreAway, DiskFull: it cannot be brought now.
        """
        with suppress(FileNotFoundError):
            # Those that were asked for longest ago are the first to go.
            os.utime(folder)
            return
        found = self.listing(folder.name)
        if found is None:
            raise SnapshotLost(folder)
        beside = lasting(folder.parent)
        with loading(folder) as place:
            at_once(lambda name: self.fetch(name, found.files[name], place, beside), found.files)

    def fetch(self, name: str, file: Listed, place: Path, beside: dict[str, Path]) -> None:
        """Bring one file, from a snapshot that stands beside it or from the store."""
        if name != Path(name).name or name.startswith("."):
            raise SnapshotLost(name)
        into = place / name
        if name in beside:
            bring(beside[name], into)
            if whole(into, file):
                return
            into.unlink()
        try:
            self.objects.fetch(self.key(file), into)
        except ObjectMissing as missing:
            raise SnapshotLost(into) from missing
        if not whole(into, file):
            raise SnapshotLost(into)

    def key(self, file: Listed) -> str:
        return f"{self.files}/{file.digest}"

    def sweep(self, current: str | None, *, now: datetime, grace: timedelta) -> int:
        """Remove what is no longer asked for, and tell how many objects that were.

        A snapshot is asked for until the next one stands, and by those who looked it up before
        that for a while longer. Files that no snapshot holds may belong to one that is just being
        published.

        Raises:
            ObjectStoreAway: it does not answer; nothing, or not everything, is removed.
        """
        stored = sorted(self.objects.list(self.snapshots), key=lambda each: each.changed)
        files = self.objects.list(self.files)
        old = [
            each
            for number, each in enumerate(stored)
            if name_of(each) != current
            and (stored[number + 1] if number + 1 < len(stored) else each).changed + grace < now
        ]
        held = set()
        for each in stored:
            if each not in old and (listing := self.listing(name_of(each))):
                held |= {file.digest for file in listing.files.values()}
        orphans = [
            each for each in files if name_of(each) not in held and each.changed + grace < now
        ]
        # Listings first: whoever reads one must find its files.
        self.objects.delete(each.key for each in old)
        self.objects.delete(each.key for each in orphans)
        return len(old) + len(orphans)

    def remove(self) -> None:
        """Remove all that is kept of the repository.

        Raises:
            ObjectStoreAway: it does not answer; nothing, or not everything, is removed.
        """
        for part in (self.snapshots, self.everything):
            self.objects.delete([each.key for each in self.objects.list(part)])


def name_of(kept: Kept) -> str:
    return kept.key.rpartition("/")[2]


def visible(folder: Path) -> Iterator[Path]:
    """Give the files of a snapshot; what tantivy notes for itself begins with a dot."""
    return (file for file in sorted(folder.iterdir()) if not file.name.startswith("."))


def listed(file: Path, known: dict[str, Listed]) -> Listed:
    size = file.stat().st_size
    before = known.get(file.name) if LASTING.match(file.name) else None
    return before if before and before.size == size else Listed(digest_of(file), size)


def lasting(shelf: Path) -> dict[str, Path]:
    """Find the files of all snapshots on a shelf that others may hold, too."""
    return {file.name: file for file in shelf.glob("[!.]*/*") if LASTING.match(file.name)}


def whole(file: Path, listed: Listed) -> bool:
    return file.stat().st_size == listed.size and digest_of(file) == listed.digest


def at_once(work: Callable[[str], None], names: Iterable[str]) -> None:
    """Do something for several files at the same time; the first failure ends it."""
    with ThreadPoolExecutor(AT_ONCE, thread_name_prefix="objects") as pool:
        try:
            for _ in pool.map(work, names):
                pass
        except BaseException:
            pool.shutdown(wait=True, cancel_futures=True)
            raise


@contextmanager
def loading(folder: Path) -> Iterator[Path]:
    """Give a place that becomes `folder` when the block ends well, else is removed."""
    folder.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    place = folder.parent / f"{LOADING}{secrets.token_hex(6)}"
    place.mkdir()
    try:
        yield place
        # Another one may have brought it meanwhile.
        with suppress(OSError):
            place.rename(folder)
    finally:
        shutil.rmtree(place, ignore_errors=True)
