"""One home with models on its disk, and processes that may ask them."""

import asyncio
import json
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

from samoey.adapters.checkpoints.folders import Folders
from samoey.adapters.checkpoints.running import Checkpoints
from samoey.adapters.models.connect.transformers import TransformersUpstream
from samoey.kit.ports.upstreams import Checkpoint, Deployment, Dialect, TimeLimits

DOUBLE = ("-P", str(Path(__file__).parents[2] / "doubles" / "checkpoint.py"))
PATIENT = TimeLimits(first_s=120, gap_s=60, whole_s=180)


class Asking:
    """One process that may ask, as the gateway does."""

    def __init__(self, home: Path, **how: Any) -> None:
        how = {"program": DOUBLE} | how
        self.checkpoints = Checkpoints(home, Folders((home / "checkpoints",)), **how)
        self.upstream = TransformersUpstream(self.checkpoints)

    async def ask(
        self, folder: Path, said: str = "hello", *, dialect: Dialect = "openai.chat", **more: Any
    ) -> tuple[int, Any]:
        """Ask and hear all of it; `how` is the checkpoint's."""
        how, limits = more.pop("how", {}), more.pop("limits", PATIENT)
        body = wish(said, dialect) | more
        one = deployment(folder, limits=limits, **how)
        reply = await self.upstream.send(one, dialect, json.dumps(body).encode())
        try:
            told = await reply.read(10**7)
        finally:
            await reply.aclose()
        events = reply.content_type == "text/event-stream"
        return reply.status, told.decode() if events else json.loads(told)

    async def says(self, folder: Path, said: str, **more: Any) -> str:
        """What it writes in a chat."""
        status, told = await self.ask(folder, said, **more)
        assert status == 200, told
        return str(told["choices"][0]["message"]["content"])


def wish(said: str, dialect: Dialect) -> dict[str, Any]:
    """What a program sends."""
    match dialect:
        case "openai.chat":
            return {"model": "m", "messages": [{"role": "user", "content": said}]}
        case "openai.completions":
            return {"model": "m", "prompt": said}
    return {"model": "m", "input": said}


def deployment(folder: Path, *, limits: TimeLimits = PATIENT, **how: Any) -> Deployment:
    """A model that runs here."""
    return Deployment(
        id=str(folder),
        provider_id="here",
        provider="here",
        kind="transformers",
        base_url="",
        model=folder.name,
        limits=limits,
        checkpoint=Checkpoint(folder=str(folder), **how),
    )


@asynccontextmanager
async def asking(home: Path, **how: Any) -> AsyncIterator[Asking]:
    """A process that may ask while the block runs."""
    one = Asking(home, **how)
    try:
        yield one
    finally:
        await one.checkpoints.close()


async def gone(pid: int) -> None:
    """Wait until a process has ended; a test that waits for ever says where."""
    while _lives(pid):  # noqa: ASYNC110 - nobody tells
        await asyncio.sleep(0.02)


def _lives(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text("ascii").rsplit(")", 1)[1].split()[0]
    except OSError:
        return False
    return state != "Z"


def environment_of(pid: int) -> dict[str, str]:
    """What a process was told by its environment."""
    told = Path(f"/proc/{pid}/environ").read_bytes().decode().split("\0")
    return dict(one.split("=", 1) for one in told if one)


def log_of(home: Path) -> str:
    """What the models' processes wrote down."""
    return (home / "logs" / "models.log").read_text("utf-8")


# A process like ours: it asks once, says who answered, and waits for its end.
OTHER = """
import asyncio, sys
from pathlib import Path

sys.path.insert(0, sys.argv[3])
from tests.adapters.checkpoints.scene import Asking


async def main():
    one = Asking(Path(sys.argv[1]))
    print(await one.says(Path(sys.argv[2]), "pid"), flush=True)
    await asyncio.sleep(600)


asyncio.run(main())
"""


@asynccontextmanager
async def other_process(home: Path, folder: Path) -> AsyncIterator[tuple[Process, int]]:
    """Another process of this home that asks; gives it, and the process that answered it."""
    root = str(Path(__file__).parents[3])
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", OTHER, str(home), str(folder), root, stdout=PIPE
    )
    try:
        assert process.stdout is not None
        yield process, int(await process.stdout.readline())
    finally:
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()
