"""What calls the passages that matter most, and what they call: told by the symbols."""

import asyncio
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from samoey.domains.chat.context.named import NO_SYMBOLS, passage_of
from samoey.domains.chat.context.parts import Passage, Why
from samoey.domains.knowledge import service as knowledge
from samoey.domains.knowledge.service import CalledOut, FileAround, PlaceOut, SymbolQuery
from samoey.kit.context import Actor, Tools
from samoey.kit.problems import Problem

# Among how many passages, whose neighbours are asked for, how many, and how long that may take.
FOREMOST = 4
MOST_TARGETS = 3
MOST_CALLS = 4
MOST_CALLERS = 3
PATIENCE_S = 1.5
# A callee shows its beginning, a caller what stands around the call.
LONGEST = 24
AROUND = 6
CALLABLE = frozenset({"function", "method", "macro", "property"})
COMMON = frozenset({
    "add", "all", "append", "clear", "close", "copy", "count", "delete", "filter", "find", "first",
    "format", "get", "index", "insert", "items", "join", "keys", "last", "map", "next", "open",
    "pop", "push", "put", "read", "remove", "replace", "set", "size", "sort", "split", "start",
    "stop", "update", "values", "write",
})  # fmt: skip
TESTS = ("test", "tests", "testing")


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A definition that calls a passage, or that one calls; and where it does."""

    repository_id: UUID
    repository_name: str
    why: Why
    of: str
    place: PlaceOut
    line: int


async def neighbours(tools: Tools, actor: Actor, passages: Sequence[Passage]) -> list[Neighbour]:
    """Name the neighbours of the passages that come first; none where that takes too long."""
    symbols = [it for it in passages[:FOREMOST] if is_target(it)]
    try:
        async with asyncio.timeout(PATIENCE_S):
            found = await asyncio.gather(*(_of(tools, actor, it) for it in symbols[:MOST_TARGETS]))
    except TimeoutError:
        return []
    return [each for of in found for each in of]


def is_target(passage: Passage) -> bool:
    """Whether neighbours of a passage tell something: of a whole type nearly all are."""
    source = passage.source
    if not source.symbol or source.kind not in CALLABLE:
        return False
    return passage.why == "named" or (passage.why == "found" and not is_test(source.path))


async def _of(tools: Tools, actor: Actor, passage: Passage) -> list[Neighbour]:
    source = passage.source
    query = SymbolQuery(
        repository_id=passage.repository_id,
        name=source.symbol,
        path=source.path,
        limit=50,
        sure=True,
    )
    try:
        told = await knowledge.neighbours(tools, actor, query)
    except Problem:
        # No symbol of a language that we read, or they are away.
        return []
    of = told.definition
    if of.commit != source.commit or of.path != source.path:
        return []
    callers = [] if is_common(of) else sure(told.callers, of)
    chosen: list[tuple[Why, CalledOut]] = [
        *(("calls", it) for it in sure(told.calls, of)[:MOST_CALLS]),
        *(("called-by", it) for it in callers[:MOST_CALLERS]),
    ]
    return [
        Neighbour(
            passage.repository_id, source.repository_name, why, of.name, it.place, it.lines[0]
        )
        for why, it in chosen
    ]


def sure(found: Sequence[CalledOut], of: PlaceOut) -> list[CalledOut]:
    """Those that are told by more than a name; tests only where there is nothing else."""
    others = [
        it
        for it in found
        if it.place.how != "name"
        and it.place.kind not in NO_SYMBOLS
        and not (it.place.how != "same-file" and is_common(it.place))
        and not (it.place.path == of.path and it.place.start <= of.start <= it.place.end)
    ]
    product = [it for it in others if not is_test(it.place.path)]
    # Where nothing else does, one test shows how it is called.
    return product or others[:1]


def is_common(place: PlaceOut) -> bool:
    """Whether a method is called as those of every container are: such a call may mean any."""
    return place.kind == "method" and re.split(r"\.|::|#", place.name)[-1] in COMMON


def is_test(path: str) -> bool:
    *folders, name = path.lower().split("/")
    return name.startswith("test_") or any(folder in TESTS for folder in folders)


def shown(neighbour: Neighbour, file: FileAround) -> Passage:
    """The lines of a neighbour that matter."""
    place = neighbour.place
    if neighbour.why == "called-by" and place.end - place.start >= LONGEST:
        start = max(place.start, neighbour.line - AROUND)
        end = min(place.end, neighbour.line + AROUND)
        place = place.model_copy(update={"start": start, "end": end})
    made = passage_of(neighbour.repository_id, neighbour.repository_name, place, file, most=LONGEST)
    return replace(made, why=neighbour.why, of=neighbour.of)
