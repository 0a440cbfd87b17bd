"""Verbs of the knowledge room: index, search, outline, verify."""

import asyncio
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

from samoey.domains.knowledge import repository
from samoey.domains.knowledge.errors import NothingToIndex, PathPatternRefused
from samoey.domains.knowledge.events import IndexWanted
from samoey.domains.knowledge.indexing import service as indexing
from samoey.domains.knowledge.opening import KnownNames, OpenSnapshots
from samoey.domains.knowledge.repository import Answering
from samoey.domains.knowledge.schemas import (
    Citation,
    HitOut,
    IndexOut,
    NewIndex,
    Query,
    SymbolOut,
    Verdict,
    Verified,
)
from samoey.domains.repositories import service as repositories
from samoey.domains.workspaces import service as workspaces
from samoey.kit.context import SYSTEM, Actor, Context, Tools

if TYPE_CHECKING:
    from samoey.domains.knowledge.lexical.fields import Passage

Readers = Actor | Sequence[Actor]

# A question longer than this is asked by its beginning, and by so many different words.
LONGEST_ASKED = 20_000
MOST_WORDS = 40


async def indexes(ctx: Context, *, workspace_id: UUID | None = None) -> list[IndexOut]:
    """Tell how far the indexes are of the repositories that the actor may read."""
    rows = await repository.all_of(ctx.db, repositories.readable(ctx.actor), workspace_id)
    return [IndexOut.model_validate(row) for row in rows]


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


async def wanted(ctx: Context, repository_id: UUID, workspace_id: UUID, commit: str) -> IndexOut:
    await repository.want(ctx.db, repository_id, workspace_id, commit)
    ctx.emit(IndexWanted(workspace_id=workspace_id, repository_id=repository_id, commit=commit))
    row = await repository.of_system(ctx.db, repository_id)
    return IndexOut.model_validate(row)


async def index(tools: Tools, repository_id: UUID, *, afresh: bool = False) -> None:
    """Make the index of a repository's present commit; nothing is done where it stands already.

    Raises:
        Problem: one that may pass by itself; any other is only noted with the index.
    """
    await indexing.index(tools, repository_id, afresh=afresh)


async def remove_index(tools: Tools, repository_id: UUID) -> None:
    """Remove everything that was made of a repository."""
    await indexing.remove(tools, repository_id)


async def search(tools: Tools, readers: Readers, query: Query) -> list[HitOut]:
    """Find the passages that answer a query, among what every one of the readers may read.

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
        ids = [each.repository_id for each in answering]
        if (named := known_names().of(ids)) is None:
            named = {each.id: each.name for each in await repositories.list_repositories(ctx)}
            known_names().learn(named)
    shelves = {
        each.repository_id: indexing.shelf_of(tools, each.repository_id) for each in answering
    }
    most = tools.settings.knowledge.open_indexes
    hits, missing = await asyncio.to_thread(look, shelves, answering, named, query, most)
    for each in missing:
        await mend(tools, each)
    return hits


def look(
    shelves: dict[UUID, Path],
    answering: Sequence[Answering],
    named: dict[UUID, str],
    query: Query,
    most: int,
) -> tuple[list[HitOut], list[Answering]]:
    """Search each snapshot and merge by score; also give the snapshots that cannot be read."""
    # tantivy is loaded when somebody first searches, not when the process starts.
    from samoey.domains.knowledge.lexical.naming import favour
    from samoey.domains.knowledge.lexical.ranking import Wish, best
    from samoey.domains.knowledge.lexical.reading import Filter, PatternTooTangled
    from samoey.domains.knowledge.lexical.shelf import readable
    from samoey.domains.knowledge.lexical.words import Words

    asked = query.text[:LONGEST_ASKED]
    words = list(dict.fromkeys(Words().line(asked).split()))[:MOST_WORDS]
    wish = Wish(query.limit, query.per_file, query.prior)
    hits: list[HitOut] = []
    missing = []
    for each in answering:
        if not readable(each.snapshot):
            missing.append(each)
            continue
        try:
            snapshot = opened().get(shelves[each.repository_id] / each.snapshot, most=most)
            found = best(snapshot, words, asked, wish, Filter(query.path, query.language))
        except FileNotFoundError:
            missing.append(each)
            continue
        except PatternTooTangled as tangled:
            raise PathPatternRefused from tangled
        name = named.get(each.repository_id, "")
        weight = favour(name, asked)
        hits += [_hit(each, name, one.passage, one.score * weight) for one in found]
    hits.sort(key=lambda hit: -hit.score)
    return hits[: query.limit], missing


def _hit(found_in: Answering, name: str, passage: "Passage", score: float) -> HitOut:
    # What was read from our own snapshot needs no second look.
    return HitOut.model_construct(
        repository_id=found_in.repository_id,
        repository_name=name,
        path=passage.path,
        start=passage.start,
        end=passage.end,
        commit=found_in.commit,
        symbol=passage.name,
        kind=passage.kind,
        language=passage.language,
        score=round(score, 4),
        text=passage.text,
    )


@cache
def opened() -> OpenSnapshots:
    """Give the snapshots that this process holds open."""
    return OpenSnapshots()


@cache
def known_names() -> KnownNames:
    """Give the names of repositories that this process saw a moment ago."""
    return KnownNames()


async def mend(tools: Tools, lost: Answering) -> None:
    """Have an index made again that cannot be read, unless another one answers by now."""
    async with tools.work(SYSTEM) as ctx:
        row = await repository.of_system(ctx.db, lost.repository_id)
        if row is None or row.snapshot != lost.snapshot:
            return
        await repository.change(ctx.db, lost.repository_id, snapshot=None, snapshot_commit=None)
        await wanted(ctx, row.repository_id, row.workspace_id, row.commit)


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
