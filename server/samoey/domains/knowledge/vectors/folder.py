"""The vectors of a snapshot: a folder that is made elsewhere, renamed when whole, never changed."""

import contextlib
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from samoey.domains.knowledge.lexical.shelf import VECTORS
from samoey.kit.ports.vectors import Nearest, VectorEngine

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

MANIFEST = "vectors.msgpack"
NEAREST = "nearest.faiss"
KEY_BYTES = 16


class Manifest(msgspec.Struct, frozen=True):
    """What is in a folder: for each row of the vectors its passage and its key."""

    model: str
    # Passages of the snapshot, also those without a vector yet.
    passages: int
    numbers: bytes
    keys: bytes


read_manifest = msgspec.msgpack.Decoder(Manifest).decode
write_manifest = msgspec.msgpack.Encoder().encode


@dataclass(frozen=True, slots=True)
class Vectors:
    """The open vectors of a snapshot; threads may share them."""

    model: str
    nearest: Nearest
    # The passage of each row, and the row of each passage (-1: none yet).
    passages: "NDArray[np.int64]"
    rows: "NDArray[np.int64]"
    keys: bytes

    def key(self, row: int) -> bytes:
        return self.keys[row * KEY_BYTES : (row + 1) * KEY_BYTES]


def load(folder: Path, engine: VectorEngine, *, with_keys: bool = False) -> Vectors:
    """Open the vectors in a folder; their keys are of use to whoever makes more of them.

    Raises:
        FileNotFoundError: there are none (any more), or no whole ones.
    """
    # Whoever only clears folders away needs no numbers.
    import numpy as np

    try:
        manifest = read_manifest((folder / MANIFEST).read_bytes())
    except msgspec.MsgspecError as broken:
        raise FileNotFoundError(folder) from broken
    nearest = engine.open(folder / NEAREST)
    passages = np.frombuffer(manifest.numbers, np.int32).astype(np.int64)
    rows = np.full(manifest.passages, -1, np.int64)
    rows[passages] = np.arange(len(passages))
    return Vectors(manifest.model, nearest, passages, rows, manifest.keys if with_keys else b"")


def write(
    shelf: Path,
    snapshot: str,
    manifest: Manifest,
    *,
    vectors: "NDArray[np.float32]",
    engine: VectorEngine,
    desk: Path,
) -> str:
    """Put the vectors of a snapshot on its shelf, beside it; gives the name of their folder.

    Raises:
        FileNotFoundError: the shelf is gone, with its repository.
    """
    written = write_manifest(manifest)
    name = f"{snapshot}{VECTORS}{blake2b(written, digest_size=8).hexdigest()}"
    with being_made(desk) as place:
        (place / MANIFEST).write_bytes(written)
        engine.write(vectors, place / NEAREST)
        # Somebody who worked at the same time made the very same.
        with contextlib.suppress(FileExistsError, NotADirectoryError):
            if not (shelf / name).exists():
                place.rename(shelf / name)
    return name


@contextlib.contextmanager
def being_made(desk: Path) -> Iterator[Path]:
    desk.mkdir(parents=True, exist_ok=True, mode=0o700)
    place = Path(tempfile.mkdtemp(prefix="making-", dir=desk))
    try:
        yield place
    finally:
        shutil.rmtree(place, ignore_errors=True)


def clear(shelf: Path, *, keep: Iterable[str]) -> None:
    """Remove the vectors that nobody asks for any more."""
    kept = set(keep)
    with contextlib.suppress(FileNotFoundError):
        for entry in list(shelf.iterdir()):
            if VECTORS in entry.name and entry.name not in kept:
                shutil.rmtree(entry, ignore_errors=True)
