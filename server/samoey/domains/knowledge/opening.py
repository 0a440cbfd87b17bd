"""What a process keeps at hand to answer searches: open snapshots, names of repositories."""

import threading
import time
from collections import OrderedDict
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

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


class KnownNames:
    """What repositories were called a moment ago; whoever may read one is asked elsewhere."""

    KEPT_S = 5.0

    def __init__(self) -> None:
        self.names: dict[UUID, str] = {}
        self.since = float("-inf")

    def of(self, repositories: Iterable[UUID]) -> dict[UUID, str] | None:
        """Give the names of these repositories, or None when they have to be looked up again."""
        if time.monotonic() - self.since > self.KEPT_S:
            self.names.clear()
        found = {each: self.names[each] for each in repositories if each in self.names}
        return found if all(each in found for each in repositories) else None

    def learn(self, names: dict[UUID, str]) -> None:
        if not self.names:
            self.since = time.monotonic()
        self.names.update(names)
