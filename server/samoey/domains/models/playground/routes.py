"""The REST door to the playground."""

from collections.abc import AsyncIterator

from fastapi import APIRouter
from fastapi.responses import StreamingResponse

from samoey.domains.models.playground import service
from samoey.domains.models.playground.schemas import PlaygroundAsk
from samoey.domains.workspaces.errors import NotPermitted, WorkspaceNotFound
from samoey.kit.context import Actor, Tools
from samoey.kit.http import ActorDep, ToolsDep, problems
from samoey.kit.problems import InvalidRequest, Unauthenticated

router = APIRouter(prefix="/models/playground")


@router.post(
    "",
    response_class=StreamingResponse,
    responses=problems(Unauthenticated, WorkspaceNotFound, NotPermitted, InvalidRequest),
)
async def ask_model(tools: ToolsDep, actor: ActorDep, asked: PlaygroundAsk) -> StreamingResponse:
    """Ask a model as oneself; server-sent events tell the answer, its end, or a problem."""
    async with tools.work(actor) as ctx:
        await service.require_asker(ctx, asked)
    return StreamingResponse(_events(tools, actor, asked), media_type="text/event-stream")


async def _events(tools: Tools, actor: Actor, asked: PlaygroundAsk) -> AsyncIterator[str]:
    async for event in service.answer(tools, actor, asked):
        yield f"data: {event.model_dump_json(exclude_defaults=True)}\n\n"
