"""The seam to where large things are kept for all machines: a directory, or a bucket."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

from samoey.kit.problems import NotFound, Unavailable


class ObjectMissing(NotFound):
    """There is no object of this key (any more)."""

    title = "The object store does not have this."


class ObjectStoreAway(Unavailable):
    """The object store does not answer, or refuses us; what is kept elsewhere goes on working."""

    title = "The object store does not answer."


@dataclass(frozen=True, slots=True)
class Kept:
    """What a store says of an object."""

    key: str
    size: int
    changed: datetime


class Objects(Protocol):
    """Keeps objects by keys like `indexes/ab/cd`.

    Its methods wait for a disk or a network: call them in a thread. What is full is told as
    `DiskFull`.
    """

    def put(self, key: str, content: bytes) -> None:
        """Keep an object, in place of the one of this key.

        Raises:
            ObjectStoreAway, DiskFull: it is not kept.
        """

    def keep(self, key: str, file: Path) -> None:
        """Keep a file that never changes again, without a copy where that can be.

        Raises:
            ObjectStoreAway, DiskFull: it is not kept.
        """

    def get(self, key: str) -> bytes:
        """Read an object.

        Raises:
            ObjectMissing: there is none.
            ObjectStoreAway: it cannot be read now.
        """

    def fetch(self, key: str, into: Path) -> None:
        """Bring an object into a file that nobody may change, without a copy where that can be.

        Raises:
            ObjectMissing: there is none.
            ObjectStoreAway, DiskFull: it cannot be brought now.
        """

    def list(self, prefix: str) -> list[Kept]:
        """List the objects below a prefix, which ends where a part of a key does.

        Raises:
            ObjectStoreAway: they cannot be listed now.
        """

    def delete(self, keys: Iterable[str]) -> None:
        """Remove objects; those that are not there are removed already.

        Raises:
            ObjectStoreAway: some may be left.
        """
