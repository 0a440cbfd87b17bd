"""What a machine keeps on its own disk of snapshots that the object store has."""

import os
import shutil
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from samoey.domains.knowledge.lexical.shelf import LOADING, UNFINISHED

NOTE = ".trimmed"
# Looking at every file takes a while where there are many repositories.
EVERY_S = 60.0
# What was just brought is about to be opened.
YOUNG_S = 60.0


def trim(shelves: Path, *, most_bytes: float) -> list[str]:
    """Remove the snapshots of the repositories that were not asked for longest, and name these.

    An open snapshot goes on answering without its folder. Where files are links to what the object
    store holds on the same disk, to remove them frees nothing, and they count for nothing.
    """
    sizes = {shelf: own_bytes(shelf) for shelf in folders(shelves)}
    excess = sum(sizes.values()) - most_bytes
    removed = []
    for shelf in sorted(sizes, key=used):
        if excess <= 0 or time.time() - used(shelf) < YOUNG_S:
            break
        if not sizes[shelf]:
            continue
        for folder in folders(shelf):
            if not folder.name.startswith((UNFINISHED, LOADING)):
                shutil.rmtree(folder, ignore_errors=True)
        excess -= sizes[shelf]
        removed.append(shelf.name)
    return removed


def trim_now_and_then(shelves: Path, *, most_bytes: float) -> list[str]:
    """Trim, unless one of the processes of this machine did a moment ago."""
    note = shelves / NOTE
    with suppress(FileNotFoundError):
        if time.time() - note.stat().st_mtime < EVERY_S:
            return []
    shelves.mkdir(parents=True, exist_ok=True, mode=0o700)
    note.touch()
    return trim(shelves, most_bytes=most_bytes)


def folders(place: Path) -> Iterator[Path]:
    with suppress(FileNotFoundError):
        yield from (Path(each.path) for each in list(os.scandir(place)) if each.is_dir())


def used(shelf: Path) -> float:
    """When a snapshot of a repository was last opened."""
    times = [0.0]
    for folder in folders(shelf):
        with suppress(FileNotFoundError):
            times.append(folder.stat().st_mtime)
    return max(times)


def own_bytes(shelf: Path) -> int:
    """What the snapshots of a repository take that nothing else holds, too."""
    links: dict[int, int] = {}
    found: dict[int, os.stat_result] = {}
    for folder in folders(shelf):
        with suppress(FileNotFoundError):
            for file in os.scandir(folder):
                stat = file.stat()
                found[stat.st_ino] = stat
                links[stat.st_ino] = links.get(stat.st_ino, 0) + 1
    return sum(stat.st_size for inode, stat in found.items() if stat.st_nlink <= links[inode])
