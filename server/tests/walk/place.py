"""The house that the walks go through: people, code, and a model that answers."""

import asyncio
import secrets
import time
from dataclasses import dataclass
from pathlib import Path

from samoey.domains.knowledge import service as knowledge
from samoey.domains.repositories import service as repositories
from samoey.domains.repositories.schemas import NewRepository
from tests.author import Author
from tests.doubles.openai import OpenAIDouble
from tests.house.processes import RunningHouse
from tests.make import Somebody

QUEUE = '''\
"""Letters that wait for a courier."""

from collections import deque

from courier.retry import Retry


class LetterQueue:
    """Hands each letter to one courier; what fails comes back later."""

    def __init__(self, retry: Retry) -> None:
        self._letters: deque[str] = deque()
        self._retry = retry

    def put(self, letter: str) -> None:
        """Add a letter at the end."""
        self._letters.append(letter)

    def requeue_failed(self, letter: str, tries: int) -> float:
        """Put a letter back that could not be delivered; gives the seconds to wait."""
        wait = self._retry.seconds_before(tries)
        self._letters.appendleft(letter)
        return wait
'''
RETRY = '''\
"""How long to wait before the next try."""


class Retry:
    """Waits twice as long after each failure, up to a limit."""

    def __init__(self, first: float = 0.5, most: float = 60.0) -> None:
        self.first, self.most = first, most

    def seconds_before(self, tries: int) -> float:
        """The pause before try number `tries`."""
        return min(self.most, self.first * 2**tries)
'''
PANEL = """\
/** Shows how many letters wait. */
export function queuePanel(waiting: number): string {
  return waiting === 0 ? 'No letters wait' : `${waiting} letters wait`
}
"""
FILES: dict[str, str | bytes] = {
    "README.md": "# Courier\n\nDelivers letters. A failed letter is tried again.\n",
    "courier/__init__.py": "",
    "courier/letter_queue.py": QUEUE,
    "courier/retry.py": RETRY,
    "web/panel.ts": PANEL,
    "seal.png": b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR",
}
QUESTION = "How does requeue_failed put a letter back?"


def write_courier(folder: Path, *, letters: int = 0) -> Author:
    """A small repository, committed; with as many letters in it as there is time to watch."""
    author = Author(folder)
    for path, content in FILES.items():
        author.write(path, content)
    for number in range(letters):
        lines = "".join(f"line_{line} = {line}\n" for line in range(200))
        author.write(f"letters/letter_{number}.py", lines)
    author.commit()
    return author


@dataclass(frozen=True, slots=True)
class Place:
    """A running house, and what is in it."""

    house: RunningHouse
    url: str
    double: OpenAIDouble
    owner: Somebody
    author: Author
    repository_id: str
    commit: str

    async def person(self, name: str, role: str = "member") -> Somebody:
        """Somebody new, of whom there is only one."""
        return await self.house.make.user(f"{name}-{secrets.token_hex(3)}", role=role)

    def code(self, path: str, lines: str = "") -> str:
        """The address of a file as it was when the house was furnished."""
        hash_part = f"#{lines}" if lines else ""
        return f"/code/?repo={self.repository_id}&at={self.commit}&path={path}{hash_part}"


async def _answers(house: RunningHouse, owner: Somebody) -> bool:
    async with house.tools.work(owner.actor) as ctx:
        known = await knowledge.indexes(ctx, workspace_id=owner.workspace_id)
    return any(index.state == "ready" for index in known)


async def furnish(house: RunningHouse, url: str, double: OpenAIDouble) -> Place:
    """Give a house that works its owner and its code."""
    owner = await house.make.user("Ada")
    author = write_courier(house.folder / "courier")
    new = NewRepository(workspace_id=owner.workspace_id, source=str(author.folder))
    added = await repositories.add_repository(house.tools, owner.actor, new)

    late = time.monotonic() + 60
    while not await _answers(house, owner):
        assert time.monotonic() < late
        await asyncio.sleep(0.1)
    commit = author.git("rev-parse", "HEAD")
    return Place(house, url, double, owner, author, str(added.id), commit)
