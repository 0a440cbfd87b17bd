"""Object stores that fail or wait when a test wants them to."""

import threading
from collections.abc import Iterable
from pathlib import Path

from samoey.kit.ports.objects import Kept, Objects, ObjectStoreAway
from samoey.kit.problems import Problem


class Breaking:
    """A store whose methods fail while their names stand in `broken`, and wait for `awake`."""

    def __init__(self, real: Objects) -> None:
        self.real = real
        self.broken: set[str] = set()
        self.problem: type[Problem] = ObjectStoreAway
        self.awake = threading.Event()
        self.awake.set()

    def may(self, name: str) -> Objects:
        self.awake.wait(60)
        if name in self.broken:
            raise self.problem
        return self.real

    def put(self, key: str, content: bytes) -> None:
        self.may("put").put(key, content)

    def keep(self, key: str, file: Path) -> None:
        self.may("keep").keep(key, file)

    def get(self, key: str) -> bytes:
        return self.may("get").get(key)

    def fetch(self, key: str, into: Path) -> None:
        self.may("fetch").fetch(key, into)

    def list(self, prefix: str) -> list[Kept]:
        return self.may("list").list(prefix)

    def delete(self, keys: Iterable[str]) -> None:
        self.may("delete").delete(keys)
