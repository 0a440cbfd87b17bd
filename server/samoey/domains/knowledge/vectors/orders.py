"""What goes between a worker and the process that makes vectors for it."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import msgspec

from samoey.kit.ports.embedder import Embedder
from samoey.kit.ports.vectors import VectorEngine


@dataclass(frozen=True, slots=True)
class Order:
    """What to make: vectors of the passages of a snapshot on its shelf."""

    shelf: Path
    snapshot: str
    # Where things are made before they are put on the shelf.
    desk: Path
    # What made the vectors, and what stood there before: what it holds is not made again.
    model: str
    before: str | None = None


@dataclass(frozen=True, slots=True)
class Job:
    """What the process gets: the order, what keeps and finds vectors, and how to open the model."""

    order: Order
    engine: VectorEngine
    # None: the model is asked through the parent.
    embedder: Callable[[], Embedder] | None = None


class Told(msgspec.Struct, omit_defaults=True):
    """A line that the process says: how far it is, what answers now, or why it could not go on."""

    done: int = 0
    total: int = 0
    # So much of the text that is to be read is left, and so long it took so far.
    left_s: float | None = None
    folder: str | None = None
    # What the parent is to have made into vectors.
    texts: list[str] | None = None
    finished: bool = False
    failed: str | None = None
    detail: str = ""


say = msgspec.json.Encoder().encode
hear = msgspec.json.Decoder(Told).decode
