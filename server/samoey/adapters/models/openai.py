"""Chat with an OpenAI-compatible endpoint."""

import time
from collections.abc import AsyncIterator

from samoey.adapters.models.connect.openai import Endpoint
from samoey.adapters.models.know import openai as know
from samoey.adapters.models.speak import openai as speak
from samoey.kit.ports.models import (
    ChatRequest,
    ModelNotFound,
    ModelSpokeNonsense,
    ModelUnknown,
    OfferedModel,
    Piece,
)
from samoey.kit.problems import Problem

_LIST_KEPT_S = 60.0
_SHOWN_MODELS = 12


class OpenAIChat:
    """All chat models of one endpoint; `model` is the one that answers when none is named."""

    provider = "openai"

    def __init__(self, endpoint: Endpoint, *, model: str | None = None) -> None:
        self._endpoint, self._model = endpoint, model
        self._listed: tuple[float, list[str]] | None = None
        # When the list was last asked for in vain.
        self._unlisted_at: float | None = None

    async def stream(self, request: ChatRequest) -> AsyncIterator[Piece]:
        """Answer `request` piece by piece.

        Raises:
            Problem: one of the port's problems, before the first piece or between two.
        """
        model = request.model or await self.model()
        wire = speak.body(request, model, know.traits(model))
        async with self._endpoint.post("/chat/completions", wire) as answer:
            match answer.content_type:
                case "text/event-stream":
                    async for piece in speak.pieces(answer.parts(), self._endpoint.host):
                        yield piece
                case "application/json":
                    yield await speak.whole(answer.parts(), self._endpoint.host)
                case other:
                    raise ModelSpokeNonsense(
                        f"{self._endpoint.host} answered with {other}, which is no chat. "
                        "Look at OPENAI_BASE_URL; it mostly ends in /v1."
                    )

    async def model(self) -> str:
        """The name of the model that answers when none is named.

        Raises:
            Problem: none is set, and the endpoint's list cannot be read or holds none.
        """
        if self._model is None:
            self._model = know.preferred(await self.models())
        if self._model is None:
            raise ModelNotFound(f"{self._endpoint.host} lists no chat model. Set OPENAI_MODEL.")
        return self._model

    async def models(self) -> list[str]:
        """The names that the endpoint lists, asked for at most once a minute."""
        now = time.monotonic()
        if self._listed is None or now - self._listed[0] > _LIST_KEPT_S:
            told = await self._endpoint.get("/models")
            self._listed = now, speak.listed(told, self._endpoint.host)
        return self._listed[1]

    async def check(self, name: str) -> None:
        """Refuse a name that is not in the list; one that is known to be costs no request.

        Raises:
            ModelUnknown: names those that there are.
        """
        known = self._listed[1] if self._listed else []
        if name == self._model or know.is_among(name, known):
            return
        listed = await self._listed_if_any()
        # Without a list nobody but the endpoint can tell, and it does when it is asked.
        if listed and not know.is_among(name, listed):
            there = sorted(one for one in listed if know.chats(one))
            more = f" and {len(there) - _SHOWN_MODELS} more" if len(there) > _SHOWN_MODELS else ""
            raise ModelUnknown(
                f"“{name}” is none of the models of {self._endpoint.host}: "
                f"{', '.join(there[:_SHOWN_MODELS]) or 'it lists none'}{more}.",
                models=[f"{self.provider}:{one}" for one in there],
            )

    async def _listed_if_any(self) -> list[str]:
        """The list, or nothing where it cannot be had; that is not tried again for a while."""
        now = time.monotonic()
        if self._unlisted_at is not None and now - self._unlisted_at < _LIST_KEPT_S:
            return []
        try:
            return await self.models()
        except Problem:
            self._unlisted_at = now
            return []

    async def offered(self) -> list[OfferedModel]:
        """What may be chosen here; an endpoint that does not answer is offered as such."""
        try:
            listed = await self.models()
            default = await self.model()
        except Problem as problem:
            return [self._offer(self._model or "default", str(problem), connected=False)]
        names = [default, *sorted({name for name in listed if know.chats(name)} - {default})]
        detail = f"Answers at {self._endpoint.host}."
        return [self._offer(name, detail, connected=True) for name in names]

    def _offer(self, name: str, detail: str, *, connected: bool) -> OfferedModel:
        return OfferedModel(f"{self.provider}:{name}", self.provider, connected, detail)

    async def close(self) -> None:
        """Close the connection."""
        await self._endpoint.close()
