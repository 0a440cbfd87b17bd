"""Making the vectors of a snapshot: what is known is taken, what is missing is made by priority."""

import time
from array import array
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from samoey.domains.knowledge.lexical.reading import Snapshot
from samoey.domains.knowledge.parse.kinds import kinds
from samoey.domains.knowledge.vectors import folder
from samoey.domains.knowledge.vectors.folder import Manifest
from samoey.domains.knowledge.vectors.orders import Job, Told
from samoey.domains.knowledge.vectors.recipe import MOST_SIGNS, Embed, key_of, unit, vectors_of
from samoey.kit.ports.vectors import Keeper

if TYPE_CHECKING:
    from numpy.typing import NDArray

Tell = Callable[[Told], None]

# So many passages are made vectors before they are kept; whoever is killed loses no more.
PORTION = 96
# While more are missing, what is there by now answers after so long.
SHOW_EVERY_S = 45.0
WORTH_SHOWING = 256


@dataclass(slots=True)
class Passages:
    """Of each passage of a snapshot, in order: its key, how long its text is, whether it waits."""

    keys: list[bytes] = field(default_factory=list)
    signs: "array[int]" = field(default_factory=lambda: array("i"))
    # Tests, docs and what was generated wait for the code.
    later: bytearray = field(default_factory=bytearray)

    @classmethod
    def of(cls, snapshot: Snapshot) -> "Passages":
        found = cls()
        for passage in snapshot.all():
            found.keys.append(key_of(passage))
            found.signs.append(min(len(passage.text), MOST_SIGNS))
            found.later.append(bool(kinds(passage.path)))
        return found

    def missing(self, known: set[bytes]) -> list[int]:
        """One passage for each key that is not known, in the order in which they are made."""
        first: dict[bytes, int] = {}
        for number, key in enumerate(self.keys):
            if key not in known:
                first.setdefault(key, number)
        return sorted(first.values(), key=lambda number: (self.later[number], number))


class Filling:
    """One run: it may end at any point, and the next one goes on from there."""

    def __init__(self, job: Job, keeper: Keeper, embed: Embed, tell: Tell) -> None:
        self.job, self.order = job, job.order
        self.keeper, self.embed, self.tell = keeper, embed, tell
        self.snapshot = Snapshot.open(self.order.shelf / self.order.snapshot)
        self.passages = Passages.of(self.snapshot)
        self.times = Counter(self.passages.keys)
        self.known: set[bytes] = set()
        self.done = 0
        self.shown = time.monotonic()

    async def run(self) -> None:
        """Make all of it."""
        wanted = list(dict.fromkeys(self.passages.keys))
        found = self.keeper.known([key.hex() for key in wanted])
        self.learn(key for key in wanted if key.hex() in found)
        self.take_over()
        missing = self.passages.missing(self.known)
        if self.known and len(missing) > WORTH_SHOWING:
            self.show()
        await self.fill(missing)
        self.show(finished=True)

    def take_over(self) -> None:
        """Keep what stands on the shelf and is not kept, as after a loss of the store."""
        if self.order.before is None:
            return
        try:
            before = folder.load(
                self.order.shelf / self.order.before, self.job.engine, with_keys=True
            )
        except FileNotFoundError:
            return
        if before.model != self.order.model:
            return
        wanted = set(self.passages.keys) - self.known
        rows = [row for row in range(before.nearest.size) if before.key(row) in wanted]
        for at in range(0, len(rows), 10 * PORTION):
            some = rows[at : at + 10 * PORTION]
            unique = {before.key(row): row for row in some}
            vectors = before.nearest.vectors(np.array(list(unique.values()), np.int64))
            self.keeper.keep([key.hex() for key in unique], unit(vectors))
            self.learn(unique)

    def learn(self, keys: Iterable[bytes]) -> None:
        fresh = set(keys) - self.known
        self.known |= fresh
        self.done += sum(self.times[key] for key in fresh)

    async def fill(self, missing: list[int]) -> None:
        signs = self.passages.signs
        total = sum(signs[number] for number in missing)
        done, began = 0, time.monotonic()
        self.told(None)
        for some in portions(missing):
            passages = [self.snapshot.numbered(number) for number in some]
            vectors = await vectors_of(passages, self.embed)
            keys = [self.passages.keys[number] for number in some]
            self.keeper.keep([key.hex() for key in keys], vectors)
            self.learn(keys)
            done += sum(signs[number] for number in some)
            took = time.monotonic() - began
            self.told(took * (total - done) / max(done, 1))
            if done < total and time.monotonic() - self.shown > SHOW_EVERY_S:
                self.show()

    def told(self, left_s: float | None) -> None:
        self.tell(Told(done=self.done, total=len(self.passages.keys), left_s=left_s))

    def show(self, *, finished: bool = False) -> None:
        """Let what is known answer."""
        keys = self.passages.keys
        numbers = [number for number, key in enumerate(keys) if key in self.known]
        wanted = list(dict.fromkeys(keys[number] for number in numbers))
        at = {key: row for row, key in enumerate(wanted)}
        taken = self.keeper.take([key.hex() for key in wanted]) if wanted else nothing()
        name = folder.write(
            self.order.shelf,
            self.order.snapshot,
            Manifest(
                model=self.order.model,
                passages=len(keys),
                numbers=np.array(numbers, np.int32).tobytes(),
                keys=b"".join(keys[number] for number in numbers),
            ),
            vectors=taken[[at[keys[number]] for number in numbers]],
            engine=self.job.engine,
            desk=self.order.desk,
        )
        self.shown = time.monotonic()
        self.tell(Told(done=len(numbers), total=len(keys), folder=name, finished=finished))


def portions(missing: list[int]) -> Iterator[list[int]]:
    return (missing[at : at + PORTION] for at in range(0, len(missing), PORTION))


def nothing() -> "NDArray[np.float32]":
    return np.empty((0, 1), np.float32)
