"""What rooms may ask of models."""

from collections.abc import AsyncIterator

from samoey.domains.models.schemas import ModelOut
from samoey.kit.context import Tools
from samoey.kit.ports.models import EXTRACTIVE, ChatRequest, Piece


async def offered(tools: Tools) -> list[ModelOut]:
    """List the models that a person may choose, the default first."""
    found = [
        ModelOut(
            id=model.id,
            provider=model.provider,
            connected=model.connected,
            is_default=model.is_default,
            detail=model.detail,
        )
        for model in await tools.models.offered()
    ]
    return sorted(found, key=lambda model: not model.is_default)


def chosen(tools: Tools, model: str | None) -> str:
    """The alias that answers when a person asked for `model`."""
    return model or tools.models.default


def writes(tools: Tools, model: str | None) -> bool:
    """Whether a language model writes, or what was found is only laid out."""
    return chosen(tools, model) != EXTRACTIVE


def stream(tools: Tools, request: ChatRequest) -> AsyncIterator[Piece]:
    """Ask a model, piece by piece; its problems come as `Model...` from the port."""
    return tools.models.stream(request)
