"""The snapshots that a process holds open: the ones used last."""

import threading
from collections import OrderedDict
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from samoey.domains.knowledge.lexical.reading import Snapshot


class OpenSnapshots:
    """Opens snapshots when they are first asked for; a snapshot never changes, so it never ages."""

    def __init__(self) -> None:
        self.open: OrderedDict[Path, Snapshot] = OrderedDict()
        self.lock = threading.Lock()

    def get(self, folder: Path, *, most: int) -> "Snapshot":
        """Give the snapshot in `folder`; beyond `most`, the one unused for longest is closed.

        Raises:
            FileNotFoundError: there is none.
        """
        from samoey.domains.knowledge.lexical.reading import Snapshot

        with self.lock:
            if (known := self.open.get(folder)) is not None:
                self.open.move_to_end(folder)
                return known
        opened = Snapshot.open(folder)
        with self.lock:
            self.open[folder] = opened
            while len(self.open) > most:
                self.open.popitem(last=False)
        return opened
