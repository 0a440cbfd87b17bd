"""Repositories as nobody writes them, brought, indexed, published and searched all the same."""

import os
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from samoey.domains.knowledge import service
from samoey.domains.knowledge.schemas import IndexOut, Query
from samoey.kit.context import Tools
from tests.domains.knowledge.sources import bring, commit, git
from tests.make import Make, Somebody

MANY = 200_000
PATIENT_S = 120.0
extreme = pytest.mark.skipif(
    "SAMOEY_TEST_EXTREMES" not in os.environ, reason="minutes: make test-extremes runs it"
)
HOSTILE = [
    "-rf.py",
    "a b\tc.py",
    "new\nline.py",
    "quo\"te's.py",
    "back\\slash.py",
    "$(touch outside).py",
    "{braces} [and] *stars*?.py",
    "ünïcödé-日本語.py",
    "\u202ereversed.py",
    "x" * 250 + ".py",
    "deep/" * 60 + "file.py",
    "con/aux/..dots../....py",
]


async def indexed(tools: Tools, ada: Somebody) -> IndexOut:
    async with tools.work(ada.actor) as ctx:
        (index,) = await service.indexes(ctx)
    return index


async def paths(tools: Tools, ada: Somebody, text: str) -> list[str]:
    found = await service.search(tools, ada.actor, Query(text=text), patience_s=PATIENT_S)
    assert found.note is None
    return [hit.path for hit in found.hits]


async def test_names_that_mean_something_elsewhere_mean_nothing_here(
    tools: Tools, make: Make, tmp_path: Path
) -> None:
    ada = await make.user()
    files = {name: f"def ignite_{number}():\n    pass\n" for number, name in enumerate(HOSTILE)}
    commit(tmp_path / "app", files)

    await bring(tools, ada, tmp_path / "app")

    assert (await indexed(tools, ada)).files_total == len(HOSTILE)
    assert set(await paths(tools, ada, "ignite")) == set(HOSTILE)
    assert not (tmp_path / "outside").exists()


async def test_a_repository_of_one_file(tools: Tools, make: Make, tmp_path: Path) -> None:
    ada = await make.user()
    commit(tmp_path / "app", {"only.py": "def ignite():\n    pass\n"})

    await bring(tools, ada, tmp_path / "app")

    assert await paths(tools, ada, "ignite") == ["only.py"]


@extreme
@pytest.mark.timeout(1200)
async def test_one_file_of_50_mb_that_shall_be_indexed_is(
    tools: Tools, make: Make, tmp_path: Path
) -> None:
    large = tools.settings.knowledge.model_copy(update={"largest_file_kb": 60_000})
    tools = replace(tools, settings=tools.settings.model_copy(update={"knowledge": large}))
    ada = await make.user()
    line = "entry_{0:07d} = load('{0:07d}', 'some words of a table that never ends')\n"
    text = "".join(line.format(number) for number in range(700_000))
    commit(tmp_path / "app", {"table.py": text, "good.py": "def ignite():\n    return 1\n"})

    await bring(tools, ada, tmp_path / "app")

    index = await indexed(tools, ada)
    assert (index.state, index.skipped) == ("ready", 0)
    assert index.bytes > 50_000_000
    assert await paths(tools, ada, "ignite") == ["good.py"]
    assert "table.py" in await paths(tools, ada, "entry_0654321")


def stream(count: int) -> Iterator[bytes]:
    """What `git fast-import` reads: one commit of so many small files in folders."""
    yield b"commit refs/heads/main\ncommitter T <t@example.org> 1700000000 +0000\ndata 4\nwork\n"
    for number in range(count):
        text = f"def step_{number}():\n    return {number}\n".encode()
        path = f"p{number % 1000}/m{number}.py".encode()
        yield b"M 100644 inline " + path + b"\ndata %d\n" % len(text) + text + b"\n"


def imported(folder: Path, count: int) -> None:
    folder.mkdir()
    git(folder, "init", "-q", "-b", "main", "--bare")
    command = ["/usr/bin/env", "git", "-C", str(folder), "fast-import", "--quiet"]
    subprocess.run(command, input=b"".join(stream(count)), check=True)


@extreme
@pytest.mark.timeout(1200)
async def test_a_repository_of_200_000_files(tools: Tools, make: Make, tmp_path: Path) -> None:
    ada, folder = await make.user(), tmp_path / "app"
    imported(folder, MANY)

    await bring(tools, ada, folder)

    index = await indexed(tools, ada)
    assert (index.state, index.files_total, index.chunks) == ("ready", MANY, MANY)
    assert (await paths(tools, ada, "step_123456"))[0] == "p456/m123456.py"
