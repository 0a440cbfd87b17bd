"""What a process keeps at hand to answer searches: open snapshots, names of repositories."""

import asyncio
import logging
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from enum import Enum, auto
from functools import cache, cached_property
from itertools import count
from pathlib import Path
from queue import PriorityQueue
from typing import TYPE_CHECKING
from uuid import UUID

from samoey.kit.problems import Problem

if TYPE_CHECKING:
    from samoey.domains.knowledge.lexical.opener import Opener
    from samoey.domains.knowledge.lexical.reading import Snapshot

log = logging.getLogger(__name__)

# So many snapshots are opened at the same time; they wait for a disk or a network.
AT_ONCE = 4
# Linux lets a process map 65,530 files; other things map some, too.
MOST_MAPS = 48_000


class Closed(Enum):
    """Why a snapshot is not open."""

    # It is not there, or damaged: it has to be made again.
    LOST = auto()
    # What keeps it does not answer.
    AWAY = auto()
    # There is no room for it beside the others of the same question.
    NO_ROOM = auto()
    # It is being opened.
    COMING = auto()


@dataclass(frozen=True, slots=True)
class Wanted:
    """A snapshot to open: its folder, and what brings it there if it does not stand there yet."""

    folder: Path
    fetch: Callable[[], object] = lambda: None


@dataclass(slots=True)
class Question:
    """What one search wants open; the smaller it is, the sooner it is served."""

    folders: frozenset[Path]
    full: bool = False


@dataclass(order=True)
class Task:
    """A snapshot that somebody waits for."""

    size: int
    number: int
    question: Question = field(compare=False)
    wanted: Wanted = field(compare=False)
    done: "Future[Snapshot | Closed]" = field(compare=False)


class OpenSnapshots:
    """Opens snapshots when they are first asked for; a snapshot never changes, so it never ages."""

    def __init__(self, most_mib: float, at_once: int = AT_ONCE) -> None:
        self.most_bytes, self.at_once = most_mib * 2**20, at_once
        self.open: OrderedDict[Path, Snapshot] = OrderedDict()
        self.coming: dict[Path, Future[Snapshot | Closed]] = {}
        self.lock = threading.Lock()
        self.tasks: PriorityQueue[Task] = PriorityQueue()
        self.numbers = count()
        self.threads: list[threading.Thread] = []

    @cached_property
    def opener(self) -> "Opener":
        # tantivy is loaded when somebody first searches, not when the process starts.
        from samoey.domains.knowledge.lexical.opener import Opener

        return Opener()

    async def get(
        self, wanted: Sequence[Wanted], *, patience_s: float
    ) -> list["Snapshot | Closed"]:
        """Give these snapshots, those that are not open yet if they are within `patience_s`.

        The others go on being opened, so that the next one who asks finds them.
        """
        question = Question(frozenset(each.folder for each in wanted))
        with self.lock:
            self.fits(question.folders)
            found = [self.known(each) or self.ask(each, question) for each in wanted]
        waiting = [asyncio.wrap_future(each) for each in found if isinstance(each, Future)]
        if waiting:
            await asyncio.wait(waiting, timeout=patience_s)
        return [each if not isinstance(each, Future) else result(each) for each in found]

    def known(self, wanted: Wanted) -> "Snapshot | None":
        if (known := self.open.get(wanted.folder)) is not None:
            self.open.move_to_end(wanted.folder)
        return known

    def ask(self, wanted: Wanted, question: Question) -> "Future[Snapshot | Closed]":
        if (coming := self.coming.get(wanted.folder)) is not None:
            return coming
        while len(self.threads) < self.at_once:
            # A process that ends waits for none of them.
            thread = threading.Thread(target=self.work, name="opening", daemon=True)
            self.threads.append(thread)
            thread.start()
        done: Future[Snapshot | Closed] = Future()
        self.coming[wanted.folder] = done
        self.tasks.put(Task(len(question.folders), next(self.numbers), question, wanted, done))
        return done

    def work(self) -> None:
        while True:
            task = self.tasks.get()
            task.done.set_result(self.opened(task))

    def opened(self, task: Task) -> "Snapshot | Closed":
        """Open what somebody waits for, or tell why not."""
        folder = task.wanted.folder
        try:
            opened = Closed.NO_ROOM if task.question.full else self.fetched(task.wanted)
        except Exception:
            log.exception("a snapshot cannot be opened", extra={"folder": str(folder)})
            opened = Closed.AWAY
        with self.lock:
            del self.coming[folder]
            if isinstance(opened, Closed):
                return opened
            self.open[folder] = opened
            if not self.fits(task.question.folders):
                task.question.full = True
                del self.open[folder]
                return Closed.NO_ROOM
        return opened

    def fetched(self, wanted: Wanted) -> "Snapshot | Closed":
        from samoey.domains.knowledge.lexical.opener import SnapshotDamaged

        try:
            wanted.fetch()
            return self.opener.open(wanted.folder)
        except (FileNotFoundError, SnapshotDamaged):
            return Closed.LOST
        except Problem as problem:
            log.warning("a snapshot cannot be fetched", extra={"problem": problem.document()})
            return Closed.AWAY

    def fits(self, asked: frozenset[Path]) -> bool:
        """Whether everything open fits, once others than those asked for are closed as needed.

        What was unpacked goes only with the snapshot that it was unpacked for. So those of which
        most is unpacked are closed, too; to open them again takes a moment.
        """
        others = [each for each in self.open if each not in asked]
        read = [each for each in self.open if each in asked and self.open[each].loaded]
        size = sum(each.cost for each in self.open.values())
        maps = sum(each.maps for each in self.open.values())
        for folder in [*others, *sorted(read, key=lambda each: -self.open[each].loaded)]:
            if size <= self.most_bytes and maps <= MOST_MAPS:
                return True
            closed = self.open.pop(folder)
            size, maps = size - closed.cost, maps - closed.maps
        # One alone is opened, however large it is.
        return len(self.open) <= 1 or (size <= self.most_bytes and maps <= MOST_MAPS)

    def forget(self, folders: Iterable[Path]) -> None:
        """Close snapshots, so that they are fetched when they are asked for again."""
        with self.lock:
            for folder in folders:
                self.open.pop(folder, None)


def result(done: "Future[Snapshot | Closed]") -> "Snapshot | Closed":
    return done.result() if done.done() else Closed.COMING


@cache
def open_snapshots(most_mib: float) -> OpenSnapshots:
    """Give the snapshots that this process holds open."""
    return OpenSnapshots(most_mib)


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
