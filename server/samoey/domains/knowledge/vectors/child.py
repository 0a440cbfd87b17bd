"""Running the program that makes vectors, hearing from it, and asking the model for it."""

import asyncio
import contextlib
import pickle
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator

from samoey.domains.knowledge.errors import SnapshotVanished, VectorsFailed
from samoey.domains.knowledge.vectors import program
from samoey.domains.knowledge.vectors.orders import Job, Told, hear
from samoey.kit.ports.embedder import Embedder, EmbedderUnavailable
from samoey.kit.ports.vectors import VectorStoreAway
from samoey.kit.problems import DiskFull

LINE_BYTES = 2**24


@contextlib.asynccontextmanager
async def filling(job: Job, embedder: Embedder) -> AsyncIterator[AsyncIterator[Told]]:
    """Have a child process make vectors; what it tells comes as it is told.

    The child is gone when the block ends, however it ends; what it made until then is kept.
    """
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", program.__name__, stdin=PIPE, stdout=PIPE, limit=LINE_BYTES
    )
    try:
        yield hearing(process, pickle.dumps(job), embedder)
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()


async def hearing(process: Process, order: bytes, embedder: Embedder) -> AsyncIterator[Told]:
    """Give the child its order and hear what it says.

    Raises:
        SnapshotVanished: another one answers by now.
        VectorStoreAway, EmbedderUnavailable, DiskFull: as it says.
        VectorsFailed: anything else.
    """
    assert process.stdout is not None
    await say_to(process, order)
    async for line in process.stdout:
        told = hear(line)
        if told.failed is not None:
            raise problem_of(told)
        if told.texts is not None:
            vectors = (await embedder.embed(told.texts)).vectors
            await say_to(process, vectors.tobytes())
            continue
        yield told
        if told.finished:
            return
    raise VectorsFailed(f"The process ended early (status {await process.wait()}).")


async def say_to(process: Process, said: bytes) -> None:
    assert process.stdin is not None
    with contextlib.suppress(ConnectionError):
        process.stdin.write(len(said).to_bytes(program.LENGTH_BYTES) + said)
        await process.stdin.drain()


def problem_of(told: Told) -> Exception:
    if "No space left" in told.detail or "disk is full" in told.detail:
        return DiskFull()
    for known in (VectorStoreAway, EmbedderUnavailable):
        if told.failed == known.__name__:
            return known(told.detail)
    if told.failed == FileNotFoundError.__name__:
        return SnapshotVanished()
    return VectorsFailed(f"{told.failed}: {told.detail}"[:1000])
