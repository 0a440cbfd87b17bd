"""Asking a model as oneself, and telling piece by piece what it says and how long it takes."""

import time
from collections.abc import AsyncIterator

from samoey.domains.models import service as models
from samoey.domains.models.playground.schemas import PlaygroundAsk, PlaygroundEnd, PlaygroundEvent
from samoey.domains.workspaces import service as workspaces
from samoey.domains.workspaces.service import Role
from samoey.kit.context import Actor, Context, Tools
from samoey.kit.ports.gateway import Asker
from samoey.kit.ports.models import ChatMessage, ChatRequest, Piece, Usage
from samoey.kit.problems import Problem


async def require_asker(ctx: Context, asked: PlaygroundAsk) -> None:
    """Make sure that the actor may ask models.

    Raises:
        WorkspaceNotFound, NotPermitted: the actor is no member of the workspace, or a viewer.
    """
    await workspaces.require(ctx, asked.workspace_id, Role.MEMBER)


async def answer(
    tools: Tools, actor: Actor, asked: PlaygroundAsk
) -> AsyncIterator[PlaygroundEvent]:
    """What the model says; the last event says how it went, or why it did not."""
    told = _Told()
    try:
        async for piece in models.stream(tools, _request(actor, asked)):
            told.hear(piece)
            if piece.text:
                yield PlaygroundEvent(text=piece.text)
    except Problem as problem:
        yield PlaygroundEvent(problem=problem.document())
        return
    yield PlaygroundEvent(end=told.end())


def _request(actor: Actor, asked: PlaygroundAsk) -> ChatRequest:
    before = (ChatMessage("system", asked.system),) if asked.system else ()
    return ChatRequest(
        messages=(*before, ChatMessage("user", asked.prompt)),
        model=asked.model,
        max_tokens=asked.max_tokens,
        asker=Asker(actor.user_id, asked.workspace_id) if actor.user_id else None,
    )


class _Told:
    """What is known of an answer while it comes."""

    def __init__(self) -> None:
        self._started = time.perf_counter()
        self._first_ms: int | None = None
        self._model: str | None = None
        self._usage: Usage | None = None

    def hear(self, piece: Piece) -> None:
        if piece.text and self._first_ms is None:
            self._first_ms = self._ms()
        self._model = piece.model or self._model
        self._usage = piece.usage or self._usage

    def end(self) -> PlaygroundEnd:
        return PlaygroundEnd(
            model=self._model,
            first_ms=self._first_ms,
            ms=self._ms(),
            prompt_tokens=self._usage.prompt_tokens if self._usage else None,
            completion_tokens=self._usage.completion_tokens if self._usage else None,
        )

    def _ms(self) -> int:
        return round((time.perf_counter() - self._started) * 1000)
