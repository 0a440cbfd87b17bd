"""The REST door of the knowledge room."""

import time
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from samoey.domains.knowledge import service
from samoey.domains.knowledge.errors import (
    NothingToIndex,
    PathPatternRefused,
    PlaceRefused,
    SearchPatternRefused,
    SearchPatternTooCostly,
    SymbolNotFound,
    SymbolsAway,
)
from samoey.domains.knowledge.exact.schemas import ExactOut, ExactQuery
from samoey.domains.knowledge.schemas import (
    MOST_HITS,
    IndexOut,
    NewIndex,
    SearchAsked,
    SearchOut,
    SymbolOut,
)
from samoey.domains.knowledge.schemas import Query as SymbolsAsked
from samoey.domains.knowledge.symbols.schemas import (
    LONGEST_NAME,
    MOST_OF_MAP,
    DefinitionsOut,
    FoundSymbolsOut,
    MapOut,
    NeighboursOut,
    ReferencesOut,
    SymbolQuery,
)
from samoey.domains.knowledge.vectors.schemas import VectorsChange, VectorsOut
from samoey.kit.http import ActorDep, Ctx, ToolsDep, problems
from samoey.kit.problems import Forbidden, InvalidRequest, NotFound, Unauthenticated

router = APIRouter(prefix="/knowledge", tags=["knowledge"])


@router.get("/indexes", responses=problems(Unauthenticated))
async def list_indexes(ctx: Ctx, workspace_id: UUID | None = None) -> list[IndexOut]:
    """Tell how far the indexes of the repositories are."""
    return await service.indexes(ctx, workspace_id=workspace_id)


@router.post(
    "/indexes",
    status_code=202,
    responses=problems(Unauthenticated, NotFound, Forbidden, NothingToIndex),
)
async def index_again(ctx: Ctx, new: NewIndex) -> IndexOut:
    """Index a repository again at its present commit."""
    return await service.want_index(ctx, new)


@router.patch(
    "/indexes/{repository_id}/vectors",
    responses=problems(Unauthenticated, NotFound, Forbidden, NothingToIndex),
)
async def change_vectors(ctx: Ctx, repository_id: UUID, change: VectorsChange) -> VectorsOut:
    """Have the making of a repository's vectors wait, or go on."""
    return await service.change_vectors(ctx, repository_id, change)


@router.get("/search", responses=problems(Unauthenticated, PathPatternRefused))
async def search(
    tools: ToolsDep, actor: ActorDep, asked: Annotated[SearchAsked, Query()]
) -> SearchOut:
    """Search the code that the actor may read."""
    begin = time.perf_counter()
    found = await service.search(tools, actor, asked.query())
    took_ms = (time.perf_counter() - begin) * 1000
    # What we read ourselves needs no second look.
    return SearchOut.model_construct(query=asked.q, took_ms=took_ms, **dict(found))


@router.get(
    "/exact",
    responses=problems(
        Unauthenticated,
        InvalidRequest,
        SearchPatternRefused,
        SearchPatternTooCostly,
        PathPatternRefused,
        PlaceRefused,
    ),
)
async def search_exactly(
    tools: ToolsDep, actor: ActorDep, wish: Annotated[ExactQuery, Query()]
) -> ExactOut:
    """Find the lines that hold a text, or match a regular expression, to the letter."""
    return await service.exact(tools, actor, wish)


@router.get("/outline", responses=problems(Unauthenticated, NotFound))
async def outline(
    tools: ToolsDep, actor: ActorDep, repository_id: UUID, path: str, at: str | None = None
) -> list[SymbolOut]:
    """List what a file defines, in the order of its lines."""
    return await service.outline(tools, actor, repository_id, path=path, at=at)


OF_SYMBOLS = problems(
    Unauthenticated, InvalidRequest, NotFound, NothingToIndex, SymbolNotFound, SymbolsAway
)


@router.get("/definition", responses=OF_SYMBOLS)
async def definition(
    tools: ToolsDep, actor: ActorDep, wish: Annotated[SymbolQuery, Query()]
) -> DefinitionsOut:
    """Say where a symbol is defined, by its name or by a place where it stands."""
    return await service.definition(tools, actor, wish)


@router.get("/references", responses=OF_SYMBOLS)
async def references(
    tools: ToolsDep, actor: ActorDep, wish: Annotated[SymbolQuery, Query()]
) -> ReferencesOut:
    """Say who refers to a symbol, the surest first."""
    return await service.references(tools, actor, wish)


@router.get("/neighbours", responses=OF_SYMBOLS)
async def neighbours(
    tools: ToolsDep, actor: ActorDep, wish: Annotated[SymbolQuery, Query()]
) -> NeighboursOut:
    """Say who calls a definition, and what it calls."""
    return await service.neighbours(tools, actor, wish)


@router.get("/map", responses=problems(Unauthenticated, NotFound, NothingToIndex, SymbolsAway))
async def repository_map(
    tools: ToolsDep,
    actor: ActorDep,
    repository_id: UUID,
    limit: Annotated[int, Query(ge=1, le=MOST_OF_MAP)] = 40,
) -> MapOut:
    """Draw the map of a repository: what the rest of it refers to most comes first."""
    return await service.repository_map(tools, actor, repository_id, limit=limit)


@router.get("/symbols", responses=problems(Unauthenticated))
async def find_symbols(
    tools: ToolsDep,
    actor: ActorDep,
    q: Annotated[str, Query(max_length=LONGEST_NAME)] = "",
    workspace_id: UUID | None = None,
    repository_id: Annotated[list[UUID] | None, Query()] = None,
    limit: Annotated[int, Query(ge=1, le=MOST_HITS)] = 20,
) -> FoundSymbolsOut:
    """Find definitions by the beginning of their names, or by letters in their order."""
    wish = SymbolsAsked(
        text=q, workspace_id=workspace_id, repository_ids=tuple(repository_id or ()), limit=limit
    )
    return await service.find_symbols(tools, actor, wish)
