"""Commands that are killed, and commands beside workers that see the world differently."""

import asyncio
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import text

from samoey.kit.settings import JobSettings
from tests.author import Author
from tests.conftest import OpenHouse
from tests.domains.chat.talk import ENGINE, SPARK
from tests.doubles import openai as double_openai
from tests.house.processes import RunningHouse
from tests.house.test_cli import samoey


@pytest.fixture
def motor(tmp_path: Path) -> Author:
    author = Author(tmp_path / "motor")
    author.write("app/engine.py", ENGINE)
    author.write("app/spark.py", SPARK)
    author.commit()
    return author


def killed_while(word: str, *arguments: str, home: Path) -> None:
    """Start a command and kill it as soon as it says on stderr that it is doing something."""
    with subprocess.Popen(
        [sys.executable, "-m", "samoey.cli.main", *arguments],
        env={"PATH": os.environ["PATH"], "HOME": str(home), "SAMOEY_HOME": str(home / "data")},
        stderr=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        text=True,
    ) as process:
        assert process.stderr is not None
        assert any(word in line for line in process.stderr)
        process.kill()


def test_an_index_that_was_killed_is_done_by_the_next_command(tmp_path: Path, home: Path) -> None:
    many = Author(tmp_path / "many")
    for number in range(3_000):
        many.write(f"pack/part{number}.py", ENGINE)
    many.commit()
    killed_while("indexing", "index", str(many.folder), home=home)

    again = samoey("index", str(many.folder), "--json", home=home)

    assert again.returncode == 0, again.stderr
    assert json.loads(again.stdout)["files"] == 3_000
    # No time-out was waited for: nobody of before can be alive where the servers began anew.
    assert "another process" not in again.stderr


async def run(house: RunningHouse, *arguments: str, **environment: str) -> tuple[str, str, int]:
    process = house.start(*arguments, **environment)
    out, _ = await asyncio.to_thread(process.communicate, timeout=100)
    (log,) = house.folder.glob(f"{arguments[0]}-*.log")
    return out.decode(), log.read_text(), process.returncode


async def test_who_asks_in_a_terminal_is_answered_by_the_model_connected_there(
    open_test_house: OpenHouse, motor: Author
) -> None:
    with double_openai.running() as double:
        double.say("The `Engine` ignites it [S1].")
        connected = {
            "OPENAI_BASE_URL": double.url,
            "OPENAI_API_KEY": double.key,
            "OPENAI_MODEL": "double-large",
        }
        # On a slow machine the command may be silent for long: nobody takes its question over here.
        patient = JobSettings(heartbeat_s=0.3, stalled_after_s=60, retry_wait_s=0.05)
        async with open_test_house(jobs=patient) as house, house.working():
            out, log, code = await run(
                house, "ask", "start_engine", "--repo", str(motor.folder), "--json", **connected
            )

    assert code == 0, log
    assert json.loads(out)["model"] == "openai:double-large"


async def test_a_question_of_a_command_that_was_killed_is_answered_by_a_worker(
    open_test_house: OpenHouse, motor: Author
) -> None:
    with double_openai.running() as double:
        double.hang()
        connected = {"OPENAI_BASE_URL": double.url, "OPENAI_API_KEY": double.key}
        async with open_test_house() as house:
            asking = house.start("ask", "start_engine", "--repo", str(motor.folder), **connected)
            async with asyncio.timeout(60):
                while not double.requests:  # noqa: ASYNC110 - it lives in another thread
                    await asyncio.sleep(0.05)
            asking.kill()
            await asyncio.to_thread(asking.wait)
            async with house.working():
                answer = await answered(house)

    assert answer == ("done", "extractive", 2)


async def answered(house: RunningHouse) -> tuple[str, str, int]:
    """How the only question of a house was answered, once it is."""
    kept = text("SELECT status, model, attempt FROM messages WHERE role = 'assistant'")
    async with asyncio.timeout(60):
        while True:
            async with house.tools.sessions() as db:
                [(status, model, attempt)] = (await db.execute(kept)).all()
            if status == "done":
                return status, model, attempt
            await asyncio.sleep(0.1)
