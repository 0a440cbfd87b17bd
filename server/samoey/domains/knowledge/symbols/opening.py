"""The symbols of snapshots that a process holds open, within a bound of memory."""

import threading
from collections import OrderedDict
from functools import cache
from pathlib import Path

from samoey.domains.knowledge.lexical import shelf
from samoey.domains.knowledge.symbols.mapping import Ranks, ranks_of
from samoey.domains.knowledge.symbols.resolving import Index
from samoey.domains.knowledge.symbols.table import SUFFIX, Spoiled, Table

# What a header takes when it is read, for each of its bytes; and what a file takes besides.
READ_FACTOR = 6
BESIDE = 4_096


class OpenIndexes:
    """Opens the symbols of snapshots when they are asked for; a snapshot never changes."""

    def __init__(self, most_mib: float) -> None:
        self.most_bytes = most_mib * 2**20
        self.open: OrderedDict[Path, Index] = OrderedDict()
        self.ranks: OrderedDict[Path, Ranks] = OrderedDict()
        self.lock = threading.Lock()

    def get(self, folder: Path) -> Index:
        """Give the symbols of a snapshot; what was unused for longest is closed for it.

        Raises:
            OSError, Spoiled: it is not there, or not whole.
        """
        with self.lock:
            if (known := self.open.get(folder)) is not None:
                self.open.move_to_end(folder)
                return known
        opened = read(folder)
        with self.lock:
            self.open[folder] = opened
            while len(self.open) > 1 and self.taken() > self.most_bytes:
                closed, _ = self.open.popitem(last=False)
                self.ranks.pop(closed, None)
        return opened

    def taken(self) -> int:
        return sum(
            each.cost * READ_FACTOR + len(each.tables) * BESIDE for each in self.open.values()
        )

    def ranked(self, folder: Path) -> tuple[Index, Ranks]:
        """Give the symbols of a snapshot with the ranks of its files, worked out once.

        Raises:
            OSError, Spoiled: it is not there, or not whole.
        """
        index = self.get(folder)
        with self.lock:
            known = self.ranks.get(folder)
        if known is None:
            known = ranks_of(index)
            with self.lock:
                if folder in self.open:
                    self.ranks[folder] = known
        return index, known


def read(folder: Path) -> Index:
    """Open the files of symbols in a snapshot.

    Raises:
        OSError, Spoiled: it is not there, or not whole.
    """
    manifest = shelf.load(folder)
    if manifest is None:
        raise FileNotFoundError(folder)
    try:
        names = [bucket.parts[SUFFIX] for bucket in manifest.buckets.values()]
    except KeyError as error:
        raise Spoiled from error
    return Index([Table.open(folder / name) for name in names])


@cache
def open_indexes(most_mib: float) -> OpenIndexes:
    """Give the symbols that this process holds open."""
    return OpenIndexes(most_mib)
