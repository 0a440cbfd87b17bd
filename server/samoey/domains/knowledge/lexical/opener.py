"""Opening many snapshots in one process, without a thread that watches each of them."""

import json
import os
import shutil
import tempfile
import threading
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import tantivy

from samoey.domains.knowledge.lexical.fields import schema
from samoey.domains.knowledge.lexical.reading import Snapshot
from samoey.domains.knowledge.lexical.shelf import META

# Where the system has a folder that lies in memory, links cost nothing there.
IN_MEMORY = Path("/dev/shm")  # noqa: S108 - a folder of our own with a random name is made in it


class SnapshotDamaged(Exception):
    """What stands in the folder of a snapshot is not, or no longer, a whole one."""


class Opener:
    """Opens snapshots for a process that holds many of them.

    Every index that tantivy opens keeps a thread for itself, which looks after its folder twice a
    second. Here is one index only, whose folder shows the files of one snapshot after another; the
    searchers that it gives go on by themselves, for what they read is mapped.
    """

    def __init__(self) -> None:
        chosen = IN_MEMORY if os.access(IN_MEMORY, os.W_OK) else None
        self.folder = Path(tempfile.mkdtemp(prefix="samoey-open-", dir=chosen))
        weakref.finalize(self, shutil.rmtree, self.folder, ignore_errors=True)
        self.lock = threading.Lock()
        self.index = tantivy.Index(schema(), path=str(self.folder))
        # Nothing but `reload` may change what the index shows.
        self.index.config_reader(reload_policy="manual")

    def open(self, folder: Path) -> Snapshot:
        """Open the snapshot in `folder`.

        Raises:
            FileNotFoundError: there is none (any more).
            SnapshotDamaged: it cannot be read.
        """
        meta = (folder / META).read_bytes()
        try:
            segments = json.loads(meta)["segments"]
            sizes = [each["max_doc"] for each in segments]
            size = sum(sizes)
            wanted = {each["segment_id"].replace("-", "") for each in segments}
        except (ValueError, LookupError, TypeError) as problem:
            raise SnapshotDamaged(folder) from problem
        with self.lock, self.shown(folder, wanted):
            (self.folder / META).write_bytes(meta)
            try:
                self.index.reload()
            except ValueError as problem:
                raise SnapshotDamaged(folder) from problem
            searcher = self.index.searcher()
        if searcher.num_docs != size:
            # It must never happen that one repository answers for another.
            raise SnapshotDamaged(folder)
        return Snapshot(searcher, sizes)

    @contextmanager
    def shown(self, folder: Path, segments: set[str]) -> Iterator[None]:
        """Let the files of these segments stand in the folder of the index for a moment."""
        linked = []
        try:
            for entry in os.scandir(folder):
                if entry.name.partition(".")[0] in segments:
                    link = self.folder / entry.name
                    link.symlink_to(entry.path)
                    linked.append(link)
            yield
        finally:
            for link in linked:
                link.unlink()
