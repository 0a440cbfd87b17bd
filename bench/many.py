"""A search over a thousand repositories of a thousand passages each, and opening one that is cold.

Forty kinds of repository are written and indexed; each of the thousand has a copy of one of them
that is its own on the disk. They are asked through the room's own verb, with the database behind
it. A cold one stands in the object store (here a directory) and not on this machine's shelf: it is
brought, checked against its hashes, opened and asked.
"""

import argparse
import asyncio
import json
import os
import random
import re
import shutil
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from hashlib import sha1
from itertools import accumulate
from pathlib import Path

from pydantic import SecretStr

from house import ROOT, print_table, written
from samoey.adapters.embedded.servers import running_servers
from samoey.domains.knowledge import service
from samoey.domains.knowledge.lexical.build import build
from samoey.domains.knowledge.lexical.orders import Order, Source
from samoey.domains.knowledge.lexical.shelf import snapshot_name
from samoey.domains.knowledge.schemas import Query
from samoey.domains.knowledge.shelves import shelf_of, stored
from samoey.domains.knowledge.tables import Index, IndexState
from samoey.domains.repositories.tables import Repository, RepositoryStatus
from samoey.domains.workspaces import service as workspaces
from samoey.kit.context import SYSTEM, Actor, Tools
from samoey.kit.schema import migrate
from samoey.kit.settings import Settings
from samoey.tools import open_house

KINDS = 40
FILES, FUNCTIONS = 40, 25
COMMIT = "c" * 40
COLD = 40
QUERIES = 60
SEED = 20
PATIENT_S = 300.0
GOALS = {"cold_ms": ("<=", 300.0), "all_p50_ms": ("<=", 400.0)}


class Writer:
    """Writes code out of the words of Python's own library, some of them more often than others."""

    def __init__(self) -> None:
        self.chance = random.Random(SEED)
        library = Path(os.__file__).parent
        texts = [file.read_text(errors="replace") for file in sorted(library.glob("*.py"))[:150]]
        words = sorted({word for text in texts for word in re.findall("[a-z]{3,12}", text)})
        self.chance.shuffle(words)
        self.words = words
        self.often = list(accumulate(1 / (place + 3) for place in range(len(words))))

    def pick(self, count: int) -> list[str]:
        return self.chance.choices(self.words, cum_weights=self.often, k=count)

    def function(self) -> str:
        lines = "".join(
            f"    {'_'.join(self.pick(2))} = {'.'.join(self.pick(2))}({', '.join(self.pick(2))})\n"
            for _ in range(8)
        )
        name, given = "_".join(self.pick(3)), ", ".join(dict.fromkeys(self.pick(3)))
        return f'def {name}({given}):\n    """{" ".join(self.pick(8))}."""\n{lines}\n\n'

    def repository(self) -> dict[str, bytes]:
        return {
            f"{self.pick(1)[0]}/{self.pick(1)[0]}_{number}.py": "".join(
                self.function() for _ in range(FUNCTIONS)
            ).encode()
            for number in range(FILES)
        }

    def question(self) -> str:
        return " ".join(self.pick(self.chance.randint(1, 6)))


def kinds(writer: Writer, folder: Path, name: str) -> Iterator[Path]:
    """Index each kind once."""
    for number in range(KINDS):
        files = writer.repository()
        blobs = {sha1(content).hexdigest(): content for content in files.values()}

        def read(
            _: Path, wanted: Iterable[str], blobs: dict[str, bytes] = blobs
        ) -> Iterator[tuple[str, bytes]]:
            return ((blob, blobs[blob]) for blob in wanted)

        sources = [
            Source(path, sha1(content).hexdigest(), len(content)) for path, content in files.items()
        ]
        shelf = folder / str(number)
        build(Order(shelf, name, COMMIT, folder, sources), read)
        yield shelf / name


async def furnish(tools: Tools, count: int, writer: Writer) -> tuple[Actor, list[Repository]]:
    """Connect and index so many repositories, and leave none of them on this machine's shelf."""
    largest = tools.settings.knowledge.largest_file_kb
    name = snapshot_name(COMMIT, largest_kb=largest, filters=([], []))
    async with tools.work(SYSTEM) as ctx:
        actor, workspace_id = await workspaces.local_operator(ctx)
        rows = [
            Repository(
                workspace_id=workspace_id,
                name=f"repository-{number}",
                source=f"/nowhere/{number}",
                kind="local",
                status=RepositoryStatus.READY,
                commit=COMMIT,
            )
            for number in range(count)
        ]
        ctx.db.add_all(rows)
        await ctx.db.flush()
        ctx.db.add_all(
            Index(
                repository_id=row.id,
                workspace_id=workspace_id,
                commit=COMMIT,
                state=IndexState.READY,
                chunks=FILES * FUNCTIONS,
                finished_at=datetime.now(UTC),
                snapshot=name,
                snapshot_commit=COMMIT,
            )
            for row in rows
        )
    origins = list(kinds(writer, tools.settings.home / "kinds", name))
    for number, row in enumerate(rows):
        folder = shelf_of(tools, row.id) / name
        shutil.copytree(origins[number % KINDS], folder)
        stored(tools, row.id).publish(folder)
        shutil.rmtree(folder.parent)
    return actor, rows


async def cold_ms(tools: Tools, actor: Actor, rows: list[Repository], writer: Writer) -> float:
    """How long all but one in twenty of the cold repositories take, opening and answer together."""
    waited = []
    for row in rows:
        query = Query(text=writer.question(), repository_ids=(row.id,))
        began = time.perf_counter()
        found = await service.search(tools, actor, query, patience_s=PATIENT_S)
        waited.append((time.perf_counter() - began) * 1000)
        if found.answered != 1:
            raise RuntimeError(found.note)
    return sorted(waited)[len(waited) * 19 // 20]


async def all_ms(tools: Tools, actor: Actor, writer: Writer) -> list[float]:
    """How long searches over all repositories take, once they are open."""
    first = await service.search(tools, actor, Query(text=writer.question()))
    print(f"  the first question: {first.note}", file=sys.stderr)
    began = time.perf_counter()
    whole = await service.search(tools, actor, Query(text=writer.question()), patience_s=PATIENT_S)
    if whole.answered != whole.repositories:
        raise RuntimeError(whole.note)
    print(f"  all are open after {time.perf_counter() - began:.1f} s more", file=sys.stderr)
    waited = []
    for _ in range(QUERIES):
        began = time.perf_counter()
        await service.search(tools, actor, Query(text=writer.question()))
        waited.append((time.perf_counter() - began) * 1000)
    return sorted(waited)


def anonymous_mb() -> float:
    """Memory of this process that is no file's."""
    for line in Path("/proc/self/smaps_rollup").read_text().splitlines():
        if line.startswith("Anonymous:"):
            return int(line.split()[1]) / 1000
    raise LookupError


async def run(settings: Settings, count: int) -> dict[str, float]:
    writer = Writer()
    async with open_house(settings) as house:
        actor, rows = await furnish(house.tools, count, writer)
        cold = await cold_ms(house.tools, actor, rows[:COLD], writer)
        before = anonymous_mb()
        waited = await all_ms(house.tools, actor, writer)
        return {
            "cold_ms": cold,
            "all_p50_ms": waited[len(waited) // 2],
            "all_p95_ms": waited[len(waited) * 19 // 20],
            "all_open_mb": anonymous_mb() - before,
        }


def measure(count: int = 1000) -> dict[str, float]:
    """The figures `cold_ms`, `all_p50_ms`, `all_p95_ms` and `all_open_mb`."""
    with tempfile.TemporaryDirectory(prefix="samoey-many-") as place:
        home = Path(place) / "home"
        with running_servers(home) as servers:
            migrate(servers.database_url)
            settings = Settings(
                home=home,
                database_url=SecretStr(servers.database_url),
                redis_url=SecretStr(servers.redis_url),
                s3_bucket=None,
            )
            return asyncio.run(run(settings, count))


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--repositories", type=int, default=1000)
    count = asked.parse_args().repositories
    figures = measure(count)
    print_table(figures, GOALS)
    if count == asked.get_default("repositories"):
        written(figures, ROOT / "bench" / "results" / "knowledge.json")
    else:
        print(json.dumps(figures), file=sys.stderr)


if __name__ == "__main__":
    main()
