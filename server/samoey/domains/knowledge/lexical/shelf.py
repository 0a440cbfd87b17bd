"""Where the snapshots of a repository stand on disk, and what each was made of.

A snapshot is a folder: tantivy's segments, the `meta.json` that names them, and our manifest. It
is made under another name and renamed when it is whole, and never changed after that.
"""

import contextlib
import json
import os
import secrets
import shutil
import time
from collections.abc import Iterable, Iterator
from hashlib import blake2b
from importlib.metadata import version
from pathlib import Path
from typing import Any

import msgspec

MANIFEST = "manifest.msgpack"
META = "meta.json"
UNFINISHED = ".building-"
# A snapshot that comes from the object store; others may be at it at the same time.
LOADING = ".loading-"
# One that was not finished after so long was given up.
GIVEN_UP_S = 3600
# Between the name of a snapshot and what tells its vectors from others, in the name of a folder
# beside it.
VECTORS = ".v-"
# Bump when documents, words or parts change: older snapshots are then made anew, not built upon.
FORMAT = f"6-{version('tantivy')}"


class FileEntry(msgspec.Struct, array_like=True, frozen=True):
    """A file in a snapshot: its blob, and what became of it (`parsed`, `windowed`, `skipped`)."""

    blob: str
    outcome: str
    chunks: int
    size: int


class Bucket(msgspec.Struct, frozen=True):
    """Files that share segments; any change among them makes all of their segments anew."""

    segments: list[dict[str, Any]]
    files: dict[str, FileEntry]
    # The files of its parts, by their endings.
    parts: dict[str, str] = {}


class Manifest(msgspec.Struct, frozen=True):
    """What a snapshot was made of."""

    format: str
    commit: str
    count: int
    buckets: dict[int, Bucket]


read_manifest = msgspec.msgpack.Decoder(Manifest).decode
write_manifest = msgspec.msgpack.Encoder().encode


def snapshot_name(commit: str, *, largest_kb: float, filters: tuple[list[str], list[str]]) -> str:
    """Name the snapshot of a commit; other filters or another format make another snapshot."""
    recipe = json.dumps([largest_kb, *map(sorted, filters)]).encode()
    return f"{commit}.{FORMAT}.{blake2b(recipe, digest_size=4).hexdigest()}"


def readable(name: str) -> bool:
    """Whether a snapshot was made by this version, told from its name."""
    return f".{FORMAT}." in name


def load(folder: Path) -> Manifest | None:
    """Read what a snapshot was made of; None when there is no such snapshot, or no whole one."""
    try:
        return read_manifest((folder / MANIFEST).read_bytes())
    except (OSError, msgspec.MsgspecError):
        return None


@contextlib.contextmanager
def unfinished(shelf: Path, name: str) -> Iterator[Path]:
    """Give a folder that becomes the snapshot `name` when the block ends well, else is removed."""
    shelf.mkdir(parents=True, exist_ok=True, mode=0o700)
    sweep(shelf)
    folder = shelf / f"{UNFINISHED}{secrets.token_hex(6)}"
    folder.mkdir()
    try:
        yield folder
        aside = shelf / f"{folder.name}-aside"
        with contextlib.suppress(FileNotFoundError):
            (shelf / name).rename(aside)
        folder.rename(shelf / name)
        shutil.rmtree(aside, ignore_errors=True)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def sweep(shelf: Path) -> None:
    """Remove what a process left that was killed while it made a snapshot."""
    for left in shelf.glob(f"{UNFINISHED}*"):
        shutil.rmtree(left, ignore_errors=True)
    for left in shelf.glob(f"{LOADING}*"):
        with contextlib.suppress(FileNotFoundError):
            if time.time() - left.stat().st_mtime > GIVEN_UP_S:
                shutil.rmtree(left, ignore_errors=True)


def take(
    origin: Path, into: Path, segments: Iterable[dict[str, Any]], parts: Iterable[str] = ()
) -> None:
    """Bring files of segments and parts into another snapshot, without copying if that works."""
    wanted = {segment["segment_id"].replace("-", "") for segment in segments}
    named = set(parts)
    if not wanted and not named:
        return
    for entry in os.scandir(origin):
        if entry.name in named or entry.name.partition(".")[0] in wanted:
            bring(Path(entry.path), into / entry.name)


def bring(origin: Path, into: Path) -> None:
    try:
        os.link(origin, into)
    except FileExistsError:
        # Two buckets may hold parts of the same content.
        return
    except OSError:
        shutil.copyfile(origin, into)


def finish(folder: Path, manifest: Manifest, meta: dict[str, Any]) -> None:
    """Write what makes the segments in `folder` one index."""
    segments = [segment for bucket in manifest.buckets.values() for segment in bucket.segments]
    (folder / META).write_text(json.dumps(meta | {"segments": segments, "payload": None}))
    (folder / MANIFEST).write_bytes(write_manifest(manifest))


def clear(shelf: Path, *, keep: Iterable[str]) -> None:
    """Remove the snapshots that nobody asks for any more."""
    kept = set(keep)
    with contextlib.suppress(FileNotFoundError):
        for entry in list(os.scandir(shelf)):
            whose = entry.name.partition(VECTORS)[0]
            if whose not in kept and not entry.name.startswith((UNFINISHED, LOADING)):
                shutil.rmtree(entry.path, ignore_errors=True)
