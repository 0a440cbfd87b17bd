"""Searching to the letter through repositories that somebody may read."""

import asyncio
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache, partial
from uuid import UUID

from samoey.domains.knowledge.exact.looking import NOWHERE, Behind, Looked, Looking, Place
from samoey.domains.knowledge.exact.pattern import prepared
from samoey.domains.knowledge.exact.postings import snapshots
from samoey.domains.knowledge.exact.schemas import ExactOut, ExactQuery
from samoey.kit.context import Tools

# Long searches wait for each other, and nothing else waits for them.
MOST_AT_ONCE = 2


async def search(
    tools: Tools, places: Sequence[Place], query: ExactQuery
) -> tuple[ExactOut, set[UUID]]:
    """Find the lines that match; also give the repositories whose index cannot be read.

    Raises:
        SearchPatternRefused: it is no pattern; says where, and why.
        SearchPatternTooCostly: it would take too much memory.
        PlaceRefused: it names no place to go on from.
    """
    begin = time.monotonic()
    look = partial(looked, tools, places, query, begin + tools.settings.knowledge.exact_search_s)
    found = await asyncio.get_running_loop().run_in_executor(hands(), look)
    return answer(query, found, len(places), time.monotonic() - begin), found.lost


def looked(tools: Tools, places: Sequence[Place], query: ExactQuery, until: float) -> Looked:
    """Search in this thread; a pattern may take its time to be read, too."""
    largest = int(tools.settings.knowledge.largest_file_kb * 1000)
    return Looking(
        query=query,
        pattern=prepared(query.text, regex=query.regex, case=query.case, word=query.word),
        read=partial(tools.git.blobs_at_once, limit=largest),
        snapshots=snapshots(tools.settings.knowledge.exact_mib),
        until=until,
        behind=Behind.read(query.after) if query.after else NOWHERE,
    ).through(places)


def answer(query: ExactQuery, found: Looked, places: int, took_s: float) -> ExactOut:
    return ExactOut(
        query=query.text,
        took_ms=took_s * 1000,
        hits=found.hits,
        totals=found.totals,
        searched=found.searched,
        repositories=places,
        next=found.next.said() if found.next else None,
        out_of_time=found.out_of_time,
    )


@cache
def hands() -> ThreadPoolExecutor:
    """Give the threads that search."""
    return ThreadPoolExecutor(MOST_AT_ONCE, thread_name_prefix="exact")
