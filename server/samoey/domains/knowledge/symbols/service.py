"""Asking the symbols of repositories that somebody may read."""

import asyncio
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar
from uuid import UUID

from samoey.domains.knowledge import repository, shelves
from samoey.domains.knowledge.errors import NothingToIndex
from samoey.domains.knowledge.opening import Closed
from samoey.domains.knowledge.repository import Answering
from samoey.domains.knowledge.schemas import Query
from samoey.domains.knowledge.storing.snapshots import SnapshotLost
from samoey.domains.knowledge.symbols.schemas import (
    DefinitionsOut,
    FoundSymbolOut,
    FoundSymbolsOut,
    MapOut,
    NeighboursOut,
    ReferencesOut,
    Surroundings,
    SymbolQuery,
)
from samoey.domains.repositories import service as repositories
from samoey.kit.context import Actor, Tools

if TYPE_CHECKING:
    from samoey.domains.knowledge.symbols.facts import Facts
    from samoey.domains.knowledge.symbols.opening import OpenIndexes

Told = TypeVar("Told")
# So many repositories are looked through for a symbol that somebody types.
MOST_LOOKED_THROUGH = 100


class Lost(Exception):
    """The symbols of a repository cannot be read; they have to be made again."""

    def __init__(self, answering: Answering) -> None:
        super().__init__(answering.snapshot)
        self.answering = answering


async def definition(tools: Tools, readers: Sequence[Actor], query: SymbolQuery) -> DefinitionsOut:
    from samoey.domains.knowledge.symbols import answering

    def ask(folder: Path, commit: str) -> DefinitionsOut:
        return answering.definitions(symbols(tools).get(folder), commit, query)

    return await asked(tools, readers, query.repository_id, ask)


async def references(tools: Tools, readers: Sequence[Actor], query: SymbolQuery) -> ReferencesOut:
    from samoey.domains.knowledge.symbols import answering

    def ask(folder: Path, commit: str) -> ReferencesOut:
        return answering.references(symbols(tools).get(folder), commit, query)

    return await asked(tools, readers, query.repository_id, ask)


async def neighbours(tools: Tools, readers: Sequence[Actor], query: SymbolQuery) -> NeighboursOut:
    from samoey.domains.knowledge.symbols import answering

    def ask(folder: Path, commit: str) -> NeighboursOut:
        return answering.neighbours(symbols(tools).get(folder), commit, query)

    return await asked(tools, readers, query.repository_id, ask)


async def repository_map(
    tools: Tools, readers: Sequence[Actor], repository_id: UUID, *, limit: int
) -> MapOut:
    from samoey.domains.knowledge.symbols import answering

    def ask(folder: Path, commit: str) -> MapOut:
        return answering.mapped(*symbols(tools).ranked(folder), commit, limit)

    return await asked(tools, readers, repository_id, ask)


async def surroundings(
    tools: Tools, readers: Sequence[Actor], repository_id: UUID, paths: Sequence[str]
) -> Surroundings:
    from samoey.domains.knowledge.symbols import surrounding

    def ask(folder: Path, commit: str) -> tuple[str, list["Facts"]]:
        return commit, surrounding.known(symbols(tools).get(folder), paths)

    commit, known = await asked(tools, readers, repository_id, ask)
    mirror = repositories.mirror(tools, repository_id)
    entries = await tools.git.among(mirror, commit, [each.path for each in known])
    read = await asyncio.to_thread(surrounding.files, tools, mirror, entries, known)
    return Surroundings(commit, read)


async def typed(
    tools: Tools, answering: Sequence[Answering], named: dict[UUID, str], query: Query
) -> tuple[FoundSymbolsOut, list[Answering]]:
    """Find definitions by what is typed of their names; also give what cannot be read."""
    chosen = answering[:MOST_LOOKED_THROUGH]
    patience_s = tools.settings.knowledge.patience_s
    ready, closed = await shelves.at_hand(tools, chosen, patience_s=patience_s)
    found, lost = await asyncio.to_thread(fitting, tools, ready, named, query)
    told = FoundSymbolsOut(
        query=query.text,
        symbols=found,
        searched=len(ready) - len(lost),
        repositories=len(answering),
    )
    return told, [*lost, *(each for each, why in closed if why is Closed.LOST)]


def fitting(
    tools: Tools, answering: Sequence[Answering], named: dict[UUID, str], query: Query
) -> tuple[list[FoundSymbolOut], list[Answering]]:
    """Look through these repositories; also give those whose symbols cannot be read."""
    from samoey.domains.knowledge.symbols import naming
    from samoey.domains.knowledge.symbols.table import Spoiled

    found, lost = [], []
    for each in answering:
        folder = shelves.shelf_of(tools, each.repository_id) / each.snapshot
        name = named.get(each.repository_id, "")
        try:
            fits = naming.fitting(symbols(tools).get(folder), query.text, query.limit)
        except (OSError, Spoiled):
            lost.append(each)
            continue
        found += [(how, naming.told(one, each, name)) for how, one in fits]
    found.sort(key=lambda each: (each[0], each[1].repository_name))
    return [one for _, one in found[: query.limit]], lost


def symbols(tools: Tools) -> "OpenIndexes":
    # What reads tables is loaded when somebody first asks.
    from samoey.domains.knowledge.symbols.opening import open_indexes

    return open_indexes(tools.settings.knowledge.open_symbols_mib)


async def asked(
    tools: Tools, readers: Sequence[Actor], repository_id: UUID, ask: Callable[[Path, str], Told]
) -> Told:
    """Ask the symbols of a repository, in a thread.

    Raises:
        Lost: they cannot be read.
    """
    from samoey.domains.knowledge.symbols.table import Spoiled

    async with tools.work(readers[0]) as ctx:
        await repositories.find(ctx, repository_id)
        answering = await repository.answering(
            ctx.db, tuple(readers), workspace_id=None, repository_ids=(repository_id,)
        )
    if not answering:
        raise NothingToIndex
    (found,) = answering
    try:
        folder = await shelves.folder_of(tools, found)
        return await asyncio.to_thread(ask, folder, found.commit)
    except (OSError, Spoiled, SnapshotLost) as gone:
        raise Lost(found) from gone
