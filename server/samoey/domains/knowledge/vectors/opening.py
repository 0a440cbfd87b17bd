"""The vectors that a process holds open to answer searches."""

import threading
import time
from collections import OrderedDict
from pathlib import Path

from samoey.domains.knowledge.vectors import folder
from samoey.domains.knowledge.vectors.folder import Vectors
from samoey.kit.ports.vectors import VectorEngine

# What the numbers of a passage take; its vector is mapped, and the system's.
PASSAGE_BYTES = 24
FOLDER_BYTES = 20_000
MOST_BYTES = 64 * 2**20


class OpenVectors:
    """Opens vectors when they are first asked for; they never change, so they never age."""

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self.most_bytes, self.held = most_bytes, 0
        self.open: OrderedDict[Path, Vectors] = OrderedDict()
        self.lock = threading.Lock()

    def get(self, place: Path, engine: VectorEngine, *, until: float) -> Vectors | None:
        """Give the vectors in a folder; None where they are gone, or would be opened too late."""
        with self.lock:
            if (known := self.open.get(place)) is not None:
                self.open.move_to_end(place)
                return known
        if time.monotonic() > until:
            return None
        try:
            opened = folder.load(place, engine)
        except FileNotFoundError:
            return None
        with self.lock:
            if place not in self.open:
                self.open[place] = opened
                self.held += cost(opened)
            while self.held > self.most_bytes and len(self.open) > 1:
                self.held -= cost(self.open.popitem(last=False)[1])
        return opened


def cost(opened: Vectors) -> int:
    return FOLDER_BYTES + PASSAGE_BYTES * len(opened.rows)
