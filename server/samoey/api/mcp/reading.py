"""The tools' work: each asks one verb as the caller, and tells what came of it within bounds."""

from collections.abc import Sequence
from typing import NoReturn
from uuid import UUID

from samoey.api.mcp import answers, wishes
from samoey.domains.knowledge import service as knowledge
from samoey.domains.knowledge.exact.schemas import ExactHit, ExactQuery
from samoey.domains.knowledge.schemas import HitOut, IndexOut, Query
from samoey.domains.knowledge.symbols.schemas import (
    MOST_PLACES,
    PlaceOut,
    ReferenceOut,
    SymbolQuery,
)
from samoey.domains.repositories import service as repositories
from samoey.domains.repositories.browsing import service as browsing
from samoey.domains.repositories.errors import RepositoryNotFound
from samoey.domains.repositories.schemas import FileOut, RepositoryOut
from samoey.kit.context import Actor, Tools
from samoey.kit.fitting import fitting
from samoey.kit.problems import InvalidRequest

NARROWER = (
    "There may be more: name a repository, path or language, ask more precisely, or raise limit"
    f" (at most {wishes.MOST_PASSAGES})."
)
NO_TEXT = {
    "binary": "It is binary; there is no text to read.",
    "large": "It is larger than this server shows; search_exact with this path finds its lines.",
}


async def list_repositories(
    tools: Tools, actor: Actor, wish: wishes.RepositoriesWish
) -> answers.RepositoriesAnswer:
    async with tools.work(actor) as ctx:
        readable = await repositories.list_repositories(ctx)
        indexes = {each.repository_id: each for each in await knowledge.indexes(ctx)}
    wanted = (wish.name or "").casefold()
    found = [each for each in readable if wanted in each.name.casefold()]
    page = found[wish.skip : wish.skip + wish.limit]
    listed = [_listed(each, indexes.get(each.id)) for each in page]
    kept = answers.as_fits(listed, [each.text() for each in listed])
    return answers.RepositoriesAnswer(
        repositories=list(kept),
        total=len(found),
        more=_go_on(wish.skip + len(kept), len(found)),
    )


def _listed(one: RepositoryOut, index: IndexOut | None) -> answers.ListedRepository:
    return answers.ListedRepository(
        id=one.id,
        name=one.name,
        source=one.source,
        branch=one.branch or one.default_branch,
        commit=one.commit,
        searched=index and index.snapshot_commit,
        state=index.state if index else one.status,
        files=index.files_total if index else 0,
    )


def _go_on(seen: int, total: int) -> str | None:
    return f"{total - seen:,} more: ask again with skip={seen}." if seen < total else None


async def search(tools: Tools, actor: Actor, wish: wishes.SearchWish) -> answers.SearchAnswer:
    query = Query(
        text=wish.query,
        repository_ids=await _maybe(tools, actor, wish.repository),
        path=wish.path or None,
        language=wish.language or None,
        limit=wish.limit,
    )
    found = await knowledge.search(tools, actor, query)
    passages = [_passage(each) for each in found.hits]
    kept = answers.as_fits(passages, [each.told() for each in passages])
    return answers.SearchAnswer(
        passages=list(kept),
        searched=found.answered,
        repositories=found.repositories,
        note=found.note,
        more=NARROWER if len(kept) < len(passages) or len(passages) == wish.limit else None,
    )


def _passage(hit: HitOut) -> answers.Passage:
    lines = hit.text.split("\n")
    kept = [
        answers.shortened(line, answers.LONGEST_LINE) for line in lines[: answers.LONGEST_PASSAGE]
    ]
    return answers.Passage(
        citation=answers.cited(hit.path, hit.start, hit.end, hit.commit),
        repository=hit.repository_name,
        code="\n".join(kept),
        cut=kept != lines,
        **hit.model_dump(
            include={"repository_id", "path", "start", "end", "commit", "symbol", "kind"}
            | {"language"}
        ),
    )


async def search_exact(tools: Tools, actor: Actor, wish: wishes.ExactWish) -> answers.ExactAnswer:
    query = ExactQuery(
        text=wish.text,
        regex=wish.regex,
        case=not wish.ignore_case,
        word=wish.word,
        repository_ids=await _maybe(tools, actor, wish.repository),
        path=wish.path or None,
        language=wish.language or None,
        limit=wish.limit,
        after=wish.after,
    )
    found = await knowledge.exact(tools, actor, query)
    lines = [_line(each) for each in found.hits]
    kept = answers.as_fits(lines, [each.told() for each in lines])
    if len(kept) < len(lines):
        # Only the search itself can say where to go on.
        found = await knowledge.exact(tools, actor, query.model_copy(update={"limit": len(kept)}))
    return answers.ExactAnswer(
        lines=list(kept),
        searched=found.searched,
        repositories=found.repositories,
        note=found.note,
        next=found.next,
    )


def _line(hit: ExactHit) -> answers.Line:
    lines = hit.text.split("\n")[: answers.LONGEST_PASSAGE]
    return answers.Line(
        citation=answers.cited(hit.path, hit.line, hit.end_line, hit.commit),
        repository=hit.repository_name,
        code="\n".join(answers.shortened(line, answers.LONGEST_LINE) for line in lines),
        **hit.model_dump(include={"repository_id", "path", "line", "end_line", "column", "commit"}),
    )


async def read_file(tools: Tools, actor: Actor, wish: wishes.FileWish) -> answers.FileAnswer:
    one = await _chosen(tools, actor, wish.repository)
    found = await browsing.file(tools, actor, one.id, at=wish.at, path=wish.path)
    lines = (found.text or "").split("\n")
    if found.text and lines[-1] == "":
        lines.pop()
    if found.text is None:
        return _file(one, found, lines=0, start=1, kept=None, more=NO_TEXT[found.kind])
    end = len(lines) if wish.end is None else wish.end
    if wish.start > len(lines):
        _refuse("/start", f"The file has {len(lines):,} lines.")
    if end < wish.start:
        _refuse("/end", "The last line stands before the first.")
    wanted = [
        answers.shortened(line, answers.LONGEST_READ_LINE) for line in lines[wish.start - 1 : end]
    ]
    # What stands in front of each line counts, too.
    kept = answers.as_fits(wanted, [f"{line} 1234567" for line in wanted])
    last = wish.start - 1 + len(kept)
    more = None
    if last < min(end, len(lines)):
        more = f"It goes on to line {len(lines):,}: ask again with start={last + 1}."
    return _file(one, found, lines=len(lines), start=wish.start, kept=kept, more=more)


def _file(
    one: RepositoryOut,
    found: FileOut,
    *,
    lines: int,
    start: int,
    kept: Sequence[str] | None,
    more: str | None,
) -> answers.FileAnswer:
    end = start if not kept else start + len(kept) - 1
    return answers.FileAnswer(
        citation=answers.cited(found.path, start, end, found.commit),
        repository=one.name,
        repository_id=one.id,
        start=start,
        end=end,
        lines=lines,
        code=None if kept is None else "\n".join(kept),
        more=more,
        **found.model_dump(include={"path", "commit", "kind", "language", "size"}),
    )


async def outline(tools: Tools, actor: Actor, wish: wishes.OutlineWish) -> answers.OutlineAnswer:
    one = await _chosen(tools, actor, wish.repository)
    commit = await browsing.commit(tools, actor, one.id, at=wish.at)
    found = await knowledge.outline(tools, actor, one.id, path=wish.path, at=commit)
    symbols = [
        answers.Defined(
            citation=answers.cited(wish.path, each.start, each.end, commit),
            path=wish.path,
            commit=commit,
            **each.model_dump(),
        )
        for each in found[wish.skip :]
    ]
    kept = answers.as_fits(symbols, [each.told() for each in symbols])
    return answers.OutlineAnswer(
        repository=one.name,
        path=wish.path,
        commit=commit,
        symbols=list(kept),
        total=len(found),
        more=_go_on(wish.skip + len(kept), len(found)),
    )


async def definition(
    tools: Tools, actor: Actor, wish: wishes.DefinitionWish
) -> answers.DefinitionAnswer:
    query = await _symbol(tools, actor, wish, limit=wish.limit)
    found = await knowledge.definition(tools, actor, query)
    places = [_defined(each) for each in found.definitions]
    kept = answers.as_fits(places, [each.told() for each in places])
    return answers.DefinitionAnswer(name=found.name, commit=found.commit, definitions=list(kept))


async def references(
    tools: Tools, actor: Actor, wish: wishes.ReferencesWish
) -> answers.ReferencesAnswer:
    wanted = min(wish.skip + wish.limit, MOST_PLACES)
    query = await _symbol(tools, actor, wish, limit=wanted)
    found = await knowledge.references(tools, actor, query)
    places = [_referred(each) for each in found.references[wish.skip :]]
    kept = answers.as_fits(places, [each.told() for each in places])
    seen = wish.skip + len(kept)
    more = _go_on(seen, found.total)
    if more and seen >= MOST_PLACES:
        more = f"{found.total - seen:,} more are not listed: search_exact finds the name by path."
    return answers.ReferencesAnswer(
        name=found.name,
        commit=found.commit,
        definition=found.definition and _defined(found.definition),
        references=list(kept),
        total=found.total,
        more=more,
    )


async def _symbol(
    tools: Tools, actor: Actor, wish: wishes.SymbolWish, *, limit: int
) -> SymbolQuery:
    if wish.name is None and (wish.path is None or wish.line is None):
        _refuse("/name", "Say the symbol's name, or the path, line and column where it stands.")
    one = await _chosen(tools, actor, wish.repository)
    with fitting():
        return SymbolQuery(
            repository_id=one.id,
            limit=limit,
            **wish.model_dump(include={"name", "path", "line", "column"}),
        )


def _defined(place: PlaceOut) -> answers.Defined:
    return answers.Defined(
        citation=answers.cited(place.path, place.start, place.end, place.commit),
        **place.model_dump(include={"name", "kind", "path", "start", "end", "commit", "how"}),
    )


def _referred(one: ReferenceOut) -> answers.Referred:
    return answers.Referred(
        citation=answers.cited(one.path, one.line, one.line, one.commit), **one.model_dump()
    )


async def _maybe(tools: Tools, actor: Actor, said: str | None) -> tuple[UUID, ...]:
    return () if said is None else ((await _chosen(tools, actor, said)).id,)


async def _chosen(tools: Tools, actor: Actor, said: str) -> RepositoryOut:
    """The repository that is meant, among those that the caller may read.

    Raises:
        RepositoryNotFound: none is called so; a hidden one is none.
        InvalidRequest: several are.
    """
    async with tools.work(actor) as ctx:
        try:
            return await repositories.find(ctx, UUID(said))
        except ValueError:
            readable = await repositories.list_repositories(ctx)
    found = [each for each in readable if each.name == said]
    if not found:
        raise RepositoryNotFound(f"None that you can read is called “{said}”.")
    if len(found) > 1:
        which = ", ".join(f"{each.id} ({each.branch or each.source})" for each in found)
        _refuse("/repository", f"Several are called “{said}”; say the id of one: {which}.")
    return found[0]


def _refuse(pointer: str, detail: str) -> NoReturn:
    raise InvalidRequest(errors=[{"pointer": pointer, "detail": detail}])
