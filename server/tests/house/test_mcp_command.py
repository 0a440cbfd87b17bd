"""`samoey mcp`: an assistant starts it and speaks to it over stdin and stdout."""

import asyncio
import json
import os
import subprocess
import sys
from pathlib import Path

from mcp import Client, StdioServerParameters

from tests.author import Author
from tests.domains.chat.talk import ENGINE, SPARK
from tests.house.processes import RunningHouse
from tests.house.test_cli import samoey

HELLO = {
    "jsonrpc": "2.0",
    "id": 1,
    "method": "initialize",
    "params": {
        "protocolVersion": "2025-06-18",
        "capabilities": {},
        "clientInfo": {"name": "t", "version": "1"},
    },
}


async def test_an_assistant_asks_a_home_that_nobody_runs(home: Path, tmp_path: Path) -> None:
    author = Author(tmp_path / "motor")
    author.write("app/engine.py", ENGINE)
    author.write("app/spark.py", SPARK)
    author.commit()
    indexed = await asyncio.to_thread(samoey, "index", str(author.folder), home=home)
    assert indexed.returncode == 0, indexed.stderr
    started = StdioServerParameters(
        command=sys.executable,
        args=["-m", "samoey.cli.main", "mcp"],
        env={"PATH": os.environ["PATH"], "HOME": str(home), "SAMOEY_HOME": str(home / "data")},
    )

    async with Client(started) as client:
        tools = (await client.list_tools()).tools
        found = await client.call_tool("search", {"query": "start engine"})
        file = await client.call_tool("read_file", {"repository": "motor", "path": "app/spark.py"})
        refused = await client.call_tool("read_file", {"repository": "nobody", "path": "a.py"})

    assert len(tools) == 7
    assert found.structured_content["passages"][0]["path"] == "app/engine.py"
    assert file.structured_content["code"] == SPARK.removesuffix("\n")
    assert refused.is_error


def test_the_web_door_loads_the_protocol_only_when_somebody_speaks_it() -> None:
    loads = "import sys, samoey.main; from samoey.api.app import build_api; build_api()"
    command = [sys.executable, "-c", f"{loads}; print([x for x in sys.modules if x == 'mcp'])"]

    told = subprocess.run(command, capture_output=True, text=True, check=True)

    assert told.stdout == "[]\n"


async def test_nothing_but_the_protocol_is_on_stdout(house: RunningHouse) -> None:
    await house.make.user()
    process = await asyncio.to_thread(
        subprocess.run,
        [sys.executable, "-m", "samoey.cli.main", "mcp"],
        env=house.environment(),
        input=f"{json.dumps(HELLO)}\nthis is no message\n".encode(),
        capture_output=True,
        check=False,
        timeout=120,
    )

    assert process.returncode == 0, process.stderr
    told = [json.loads(line) for line in process.stdout.splitlines()]
    assert told[0]["result"]["serverInfo"]["name"] == "samoey"
    assert all(each["jsonrpc"] == "2.0" for each in told)


def test_a_home_that_cannot_be_had_is_told_on_stderr(tmp_path: Path) -> None:
    refused = samoey(
        "mcp", home=tmp_path, DATABASE_URL="postgresql://x@127.0.0.1:1/x", REDIS_URL="redis://x"
    )

    assert (refused.returncode, refused.stdout) == (1, "")
    assert refused.stderr
