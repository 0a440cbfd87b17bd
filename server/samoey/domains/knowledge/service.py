"""Verbs of the knowledge room: index, search, outline, verify."""

import asyncio
import shutil
from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING
from uuid import UUID

from samoey.domains.knowledge import repository, shelves
from samoey.domains.knowledge.errors import NothingToIndex
from samoey.domains.knowledge.exact.schemas import ExactOut, ExactQuery
from samoey.domains.knowledge.indexing import service as indexing
from samoey.domains.knowledge.indexing import tidying
from samoey.domains.knowledge.looking import Opened, look, meant
from samoey.domains.knowledge.mending import Readers, all_of, mend, wanted, whole
from samoey.domains.knowledge.opening import Closed, KnownNames
from samoey.domains.knowledge.repository import Answering
from samoey.domains.knowledge.schemas import (
    Citation,
    HeldOut,
    IndexOut,
    NewIndex,
    Query,
    Searched,
    SymbolOut,
    Verdict,
    Verified,
)
from samoey.domains.knowledge.symbols import service as symbols
from samoey.domains.knowledge.symbols.schemas import CalledOut as CalledOut  # noqa: PLC0414 - others come by this door
from samoey.domains.knowledge.symbols.schemas import (
    DefinitionsOut,
    FoundSymbolsOut,
    NeighboursOut,
    ReferencesOut,
    Surroundings,
)
from samoey.domains.knowledge.symbols.schemas import FileAround as FileAround  # noqa: PLC0414 - as above
from samoey.domains.knowledge.symbols.schemas import MapOut as MapOut  # noqa: PLC0414 - as above
from samoey.domains.knowledge.symbols.schemas import PlaceOut as PlaceOut  # noqa: PLC0414 - as above
from samoey.domains.knowledge.symbols.schemas import SymbolQuery as SymbolQuery  # noqa: PLC0414 - as above
from samoey.domains.knowledge.symbols.schemas import Within as Within  # noqa: PLC0414 - as above
from samoey.domains.knowledge.vectors import service as vectors
from samoey.domains.knowledge.vectors.schemas import VectorsChange, VectorsOut
from samoey.domains.repositories import service as repositories
from samoey.domains.workspaces import service as workspaces
from samoey.kit.context import Actor, Context, Tools

if TYPE_CHECKING:
    from samoey.domains.knowledge.citing.bearing import Bearing as Bearing  # noqa: PLC0414 - others name it

# Why some were not asked: said of one, and of several.
WHY_CLOSED = {
    Closed.LOST: ("is being made again", "are being made again"),
    Closed.AWAY: ("cannot be read now", "cannot be read now"),
    Closed.NO_ROOM: ("is more than this server keeps open", "are more than this server keeps open"),
    Closed.COMING: ("is being opened", "are being opened"),
}


async def indexes(ctx: Context, *, workspace_id: UUID | None = None) -> list[IndexOut]:
    """Tell how far the indexes are of the repositories that the actor may read."""
    readable = repositories.readable(ctx.actor)
    rows = await repository.all_of(ctx.db, readable, workspace_id)
    meaning = await vectors.of(ctx, readable)
    return [
        IndexOut.model_validate(row).model_copy(update={"vectors": meaning.get(row.repository_id)})
        for row in rows
    ]


async def held(tools: Tools, actor: Actor) -> dict[UUID, HeldOut]:
    """Tell an operator what this machine's disk holds of the indexes that the actor may read."""
    # It loads what reads symbols and trigrams.
    from samoey.domains.knowledge.measuring import measured

    async with tools.work(actor) as ctx:
        found = await repository.answering(ctx.db, (actor,), workspace_id=None, repository_ids=())
    told = {}
    for each in found:
        shelf = shelves.shelf_of(tools, each.repository_id)
        here = await asyncio.to_thread(measured, shelf, each.snapshot, each.vectors)
        if here is not None:
            told[each.repository_id] = here
    return told


async def change_vectors(ctx: Context, repository_id: UUID, change: VectorsChange) -> VectorsOut:
    """Have the making of a repository's vectors wait, or go on.

    Raises:
        RepositoryNotFound, NotPermitted: the actor may not see it, or is no admin.
        NothingToIndex: nothing was indexed yet.
    """
    found = await repositories.find(ctx, repository_id)
    await workspaces.require(ctx, found.workspace_id, workspaces.Role.ADMIN)
    return await vectors.pause(ctx, repository_id, paused=change.paused)


async def want_index(ctx: Context, new: NewIndex) -> IndexOut:
    """Want the index of a repository to be made again from scratch.

    Raises:
        RepositoryNotFound, NotPermitted: the actor may not see it, or is no admin.
        NothingToIndex: nothing was fetched yet.
    """
    found = await repositories.find(ctx, new.repository_id)
    await workspaces.require(ctx, found.workspace_id, workspaces.Role.ADMIN)
    if found.commit is None:
        raise NothingToIndex
    return await wanted(ctx, found.id, found.workspace_id, found.commit)


async def index(tools: Tools, repository_id: UUID, *, afresh: bool = False) -> None:
    """Make the index of a repository's present commit; nothing is done where it stands already.

    Raises:
        Problem: one that may pass by itself; any other is only noted with the index.
    """
    await indexing.index(tools, repository_id, afresh=afresh)


async def remove_index(tools: Tools, repository_id: UUID) -> None:
    """Remove everything that was made of a repository."""
    await indexing.remove(tools, repository_id)


async def sweep_snapshots(tools: Tools) -> None:
    """Remove from the object store what no repository asks for any more.

    Raises:
        ObjectStoreAway: it does not answer; the next hour tries again.
    """
    await tidying.sweep(tools)


async def index_when_store_is_back(tools: Tools) -> None:
    """Want the indexes again that failed because the object store was away, if it is back."""
    await tidying.try_again(tools)


async def search(
    tools: Tools, readers: Readers, query: Query, *, patience_s: float | None = None
) -> Searched:
    """Find the passages that answer a query, among what every one of the readers may read.

    What is not open yet is waited for so long; the answer says from how many it was made.

    Raises:
        PathPatternRefused: the path pattern cannot be searched by.
    """
    everybody = (readers,) if isinstance(readers, Actor) else tuple(readers)
    async with tools.work(everybody[0]) as ctx:
        answering = await repository.answering(
            ctx.db,
            everybody,
            workspace_id=query.workspace_id,
            repository_ids=query.repository_ids,
        )
        named = await names_of(ctx, answering)
    patience_s = tools.settings.knowledge.patience_s if patience_s is None else patience_s
    opened, closed = await shelves.opened(tools, answering, patience_s=patience_s)
    meaning = await meant(tools, query.text, answering)
    places = [
        Opened(
            each,
            snapshot,
            named.get(each.repository_id, ""),
            shelves.shelf_of(tools, each.repository_id),
        )
        for each, snapshot in opened
    ]
    hits = await asyncio.to_thread(look, places, query, meaning, tools.vectors)
    for each, why in closed:
        if why is Closed.LOST:
            await mend(tools, each)
    return Searched(
        hits=hits,
        answered=len(opened),
        repositories=len(answering),
        note=partly(len(opened), [why for _, why in closed]),
    )


def partly(answered: int, closed: Sequence[Closed]) -> str | None:
    """Say plainly that not all repositories were asked, and why the others were not."""
    if not closed:
        return None
    whole = f"Answered from {answered:,} of {answered + len(closed):,} repositories"
    counts = {why: closed.count(why) for why in Closed if why in closed}
    reasons = [f"{count:,} {WHY_CLOSED[why][count > 1]}" for why, count in counts.items()]
    if set(closed) == {Closed.COMING}:
        return f"{whole}; the rest is being opened."
    return f"{whole}: {', '.join(reasons)}."


async def exact(tools: Tools, readers: Readers, query: ExactQuery) -> ExactOut:
    """Find what stands there to the letter, among what every one of the readers may read.

    Raises:
        SearchPatternRefused, SearchPatternTooCostly: the pattern cannot be searched for; says why.
        PathPatternRefused, PlaceRefused: nor can the paths, or the place to go on from.
    """
    # What reads patterns and trigrams is loaded when somebody first searches.
    from samoey.domains.knowledge.exact import service as exactly
    from samoey.domains.knowledge.exact.looking import Place

    everybody = (readers,) if isinstance(readers, Actor) else tuple(readers)
    async with tools.work(everybody[0]) as ctx:
        answering = await repository.answering(
            ctx.db,
            everybody,
            workspace_id=query.workspace_id,
            repository_ids=query.repository_ids,
        )
        named = await names_of(ctx, answering)
    ready, closed = await shelves.at_hand(
        tools, answering, patience_s=tools.settings.knowledge.patience_s
    )
    places = [
        Place(
            repository_id=each.repository_id,
            name=named.get(each.repository_id, ""),
            commit=each.commit,
            snapshot=shelves.shelf_of(tools, each.repository_id) / each.snapshot,
            mirror=repositories.mirror(tools, each.repository_id),
        )
        for each in ready
    ]
    found, lost = await exactly.search(tools, places, query)
    for each, why in closed:
        if why is Closed.LOST:
            await mend(tools, each)
    for each in ready:
        if each.repository_id in lost:
            # What is not whole would be taken for whole by those who make it again.
            shelf = shelves.shelf_of(tools, each.repository_id)
            await asyncio.to_thread(shutil.rmtree, shelf / each.snapshot, ignore_errors=True)
            await mend(tools, each)
    note = partly(len(ready), [why for _, why in closed])
    totals = found.totals.model_copy(update={"exact": found.totals.exact and not closed})
    told = {"repositories": len(answering), "note": note, "totals": totals}
    return found.model_copy(update=told)


@cache
def known_names() -> KnownNames:
    """Give the names of repositories that this process saw a moment ago."""
    return KnownNames()


async def names_of(ctx: Context, answering: Sequence[Answering]) -> dict[UUID, str]:
    """Give the names of repositories that answer."""
    if (named := known_names().of([each.repository_id for each in answering])) is None:
        named = {each.id: each.name for each in await repositories.list_repositories(ctx)}
        known_names().learn(named)
    return named


async def outline(
    tools: Tools, actor: Actor, repository_id: UUID, *, path: str, at: str | None = None
) -> list[SymbolOut]:
    """List what a file defines, in the order of its lines.

    Raises:
        RepositoryNotFound: it does not exist, or the actor may not see it.
        NothingToIndex: nothing was fetched yet.
        RevisionNotFound, PathNotFound: there is no such commit, or no such file in it.
    """
    async with tools.work(actor) as ctx:
        found = await repositories.find(ctx, repository_id)
    at = at or found.commit
    if at is None:
        raise NothingToIndex
    mirror = repositories.mirror(tools, repository_id)
    commit = await tools.git.resolve(mirror, at)
    entry = await tools.git.entry(mirror, commit, path)
    if entry.kind != "file" or (entry.size or 0) > tools.settings.knowledge.largest_file_kb * 1000:
        return []
    blob = await tools.git.blob(mirror, entry.blob)
    return await asyncio.to_thread(defined, path, blob)


def defined(path: str, blob: bytes) -> list[SymbolOut]:
    from samoey.domains.knowledge.parse.chunks import NotText, decode
    from samoey.domains.knowledge.parse.symbols import outline as symbols
    from samoey.kit.languages import language_of

    try:
        text, _ = decode(blob)
    except NotText:
        return []
    language = language_of(path, blob[:8000])
    return [SymbolOut.model_validate(each) for each in symbols(text.encode(), language)]


async def definition(tools: Tools, readers: Readers, query: SymbolQuery) -> DefinitionsOut:
    """Say where a symbol is defined, told by names, in what every one of the readers may read.

    Raises:
        RepositoryNotFound, NothingToIndex: there is nothing that they may read.
        SymbolNotFound: no symbol stands there, or nothing defines it.
        SymbolsAway: the index is being made again.
    """
    return await whole(tools, symbols.definition(tools, all_of(readers), query))


async def references(tools: Tools, readers: Readers, query: SymbolQuery) -> ReferencesOut:
    """Say who refers to a symbol; raises what `definition` does."""
    return await whole(tools, symbols.references(tools, all_of(readers), query))


async def neighbours(tools: Tools, readers: Readers, query: SymbolQuery) -> NeighboursOut:
    """Say who calls a definition and what it calls; raises what `definition` does."""
    return await whole(tools, symbols.neighbours(tools, all_of(readers), query))


async def repository_map(
    tools: Tools, readers: Readers, repository_id: UUID, *, limit: int
) -> MapOut:
    """Draw the map of a repository: what the rest of it refers to most comes first.

    Raises:
        RepositoryNotFound, NothingToIndex: there is nothing that they may read.
        SymbolsAway: the index is being made again.
    """
    drawn = symbols.repository_map(tools, all_of(readers), repository_id, limit=limit)
    return await whole(tools, drawn)


async def surroundings(
    tools: Tools, readers: Readers, repository_id: UUID, paths: Sequence[str]
) -> Surroundings:
    """Give files with what they define and import, at the commit that answers.

    Raises:
        RepositoryNotFound, NothingToIndex: there is nothing that they may read.
        RevisionNotFound: the mirror went away.
        SymbolsAway: the index is being made again.
    """
    read = symbols.surroundings(tools, all_of(readers), repository_id, paths)
    return await whole(tools, read)


async def find_symbols(tools: Tools, readers: Readers, query: Query) -> FoundSymbolsOut:
    """Find definitions by what somebody types of their names, for a palette."""
    everybody = all_of(readers)
    async with tools.work(everybody[0]) as ctx:
        answering = await repository.answering(
            ctx.db,
            everybody,
            workspace_id=query.workspace_id,
            repository_ids=query.repository_ids,
        )
        named = await names_of(ctx, answering)
    found, lost = await symbols.typed(tools, answering, named, query)
    for each in lost:
        await mend(tools, each)
    return found


async def verify(tools: Tools, readers: Readers, citation: Citation) -> Verified | None:
    """Check a citation before anybody sees it; None when it does not hold.

    It holds when its lines exist at its commit and what it quotes stands there.
    """
    return (await judge(tools, readers, citation)).verified


async def judge(tools: Tools, readers: Readers, citation: Citation) -> Verdict:
    """Check a citation and say why it does not hold; what a reader may not read does not exist."""
    from samoey.domains.knowledge.citing import service as citing

    everybody = (readers,) if isinstance(readers, Actor) else tuple(readers)
    async with tools.work(everybody[0]) as ctx:
        allowed = await repository.permitted(ctx.db, everybody, citation.repository_id)
    if not allowed:
        return Verdict(reason="no-repository")
    return await citing.judge(tools, citation)


async def bearing(tools: Tools, readers: Readers, repository_ids: Sequence[UUID]) -> "Bearing":
    """Give what tells how far lines bear out what is said of them, by the words of their code."""
    # It loads the stemmer.
    from samoey.domains.knowledge.citing.bearing import Bearing

    everybody = (readers,) if isinstance(readers, Actor) else tuple(readers)
    async with tools.work(everybody[0]) as ctx:
        answering = await repository.answering(
            ctx.db, everybody, workspace_id=None, repository_ids=tuple(repository_ids)
        )
    patience_s = tools.settings.knowledge.patience_s
    opened, _ = await shelves.opened(tools, answering, patience_s=patience_s)
    return await asyncio.to_thread(Bearing, [snapshot for _, snapshot in opened])
