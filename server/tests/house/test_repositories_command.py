"""`samoey repositories`: what is connected, listed and looked after at a terminal."""

import asyncio
import json
import os
import pty
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.author import Author
from tests.house.processes import RunningHouse
from tests.house.test_bad_arguments import run


async def answer(house: RunningHouse, *arguments: str) -> Any:
    done = await house.command("repositories", *arguments, "--json")
    assert done.returncode == 0, done.stderr + done.stdout
    return json.loads(done.stdout)


async def test_a_repository_is_added_listed_renamed_brought_up_to_date_and_deleted(
    house: RunningHouse, tmp_path: Path
) -> None:
    author = Author(tmp_path / "motor")
    author.write("vendor/b.py", "b = 1\n")
    first = author.commit("a.py", text="a = 1\n")

    added = await answer(house, "add", str(author.folder), "--exclude", "vendor/")
    second = author.commit("c.py", text="c = 1\n")
    synced = await house.command("repositories", "sync", "motor")
    renamed = await answer(house, "rename", added["id"], "the motor")
    [listed] = await answer(house, "list")
    shown = await run(house, "repositories", "list")
    deleted = await answer(house, "delete", "the motor", "--yes")

    assert (added["commit"], added["exclude"]) == (first, ["vendor/"])
    assert f"motor@{second[:12]}: 2 files" in synced.stdout
    assert renamed["name"] == listed["name"] == "the motor"
    assert (listed["status"], listed["commit"]) == ("ready", second)
    assert f"{added['id']}  the motor  ready  {second[:12]}" in shown.stdout
    assert deleted == {"deleted": added["id"]}
    assert await answer(house, "list") == []
    assert not list(house.tools.settings.home.glob("mirrors/*.git"))


async def test_what_is_not_there_or_not_meant_is_told_and_nothing_is_lost(
    house: RunningHouse, tmp_path: Path
) -> None:
    for name in ("one", "two"):
        author = Author(tmp_path / name)
        author.commit("a.py")
        await answer(house, "add", str(author.folder), "--name", "app", "--no-wait")

    missing = await house.command("repositories", "sync", "nothing")
    several = await house.command("repositories", "delete", "app", "--yes")
    nobody = await house.command("repositories", "delete", "app")
    nameless = await house.command("repositories", "rename", "app", "", "--json")
    unreadable = await house.command(
        "repositories", "add", "https://git.example.org/a", "--token-file", "/nowhere"
    )

    assert (missing.returncode, several.returncode, nobody.returncode) == (1, 1, 2)
    assert "`samoey repositories list` names them all" in missing.stderr
    assert "Name one by its id: " in several.stderr
    assert "say --yes" in nobody.stderr
    assert nameless.returncode == 1
    assert "/nowhere cannot be read" in unreadable.stderr
    assert len(await answer(house, "list")) == 2


async def test_whoever_says_no_keeps_the_repository(house: RunningHouse, tmp_path: Path) -> None:
    author = Author(tmp_path / "motor")
    author.commit("a.py")
    await answer(house, "add", str(author.folder), "--no-wait")

    refused = await asyncio.to_thread(typed, house, "n\n", "delete", "motor")
    kept = await answer(house, "list")
    agreed = await asyncio.to_thread(typed, house, "y\n", "delete", "motor")

    assert refused.returncode == 1
    assert "Nothing was deleted." in refused.stderr
    assert [one["name"] for one in kept] == ["motor"]
    assert (agreed.returncode, await answer(house, "list")) == (0, [])


def typed(house: RunningHouse, words: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the command with somebody at its terminal."""
    ours, theirs = pty.openpty()
    try:
        os.write(ours, words.encode())
        return subprocess.run(
            [sys.executable, "-m", "samoey.cli.main", "repositories", *arguments],
            env=house.environment(),
            stdin=theirs,
            capture_output=True,
            text=True,
            check=False,
            timeout=100,
        )
    finally:
        os.close(ours)
        os.close(theirs)
