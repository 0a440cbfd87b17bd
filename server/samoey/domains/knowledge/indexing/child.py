"""Running the program that indexes, and hearing from it."""

import asyncio
import contextlib
import pickle
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator

from samoey.domains.knowledge.errors import IndexingFailed, SourceVanished
from samoey.domains.knowledge.indexing import builder
from samoey.domains.knowledge.indexing.orders import Job, Told, hear
from samoey.kit.ports.git import (
    RevisionNotFound,
)
from samoey.kit.problems import DiskFull

PATIENCE_S = 5


@contextlib.asynccontextmanager
async def indexing(job: Job) -> AsyncIterator[AsyncIterator[Told]]:
    """Have a child process index; what it tells comes as it is told, the result last.

    The child is gone when the block ends, however it ends.
    """
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", builder.__name__, stdin=PIPE, stdout=PIPE
    )
    try:
        yield hearing(process, pickle.dumps(job))
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()


async def hearing(process: Process, order: bytes) -> AsyncIterator[Told]:
    """Give the child its order and hear what it says.

    Raises:
        SourceVanished: the mirror no longer has what was to be indexed.
        DiskFull: the index does not fit.
        IndexingFailed: anything else.
    """
    assert process.stdin is not None
    assert process.stdout is not None
    with contextlib.suppress(ConnectionError):
        process.stdin.write(len(order).to_bytes(builder.LENGTH_BYTES) + order)
        await process.stdin.drain()
    async for line in process.stdout:
        told = hear(line)
        if told.failed is not None:
            raise problem_of(told)
        yield told
        if told.built is not None:
            return
    raise IndexingFailed(f"The indexing process ended early (status {await process.wait()}).")


def problem_of(told: Told) -> Exception:
    if told.failed == RevisionNotFound.__name__:
        return SourceVanished()
    if "No space left" in told.detail:
        return DiskFull()
    return IndexingFailed(f"{told.failed}: {told.detail}"[:1000])
