"""What rooms may ask of models."""

from collections.abc import AsyncIterator, Iterable
from uuid import UUID

from samoey.domains.models.prompts import builtin, templates, traffic
from samoey.domains.models.schemas import Instructions, ModelOut
from samoey.kit.context import Context, Tools
from samoey.kit.ports.models import EXTRACTIVE, ChatRequest, Piece

# By what the assistant answers where nobody decided otherwise.
BUILT_IN = Instructions(builtin.BUILT_IN)


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


def writes(tools: Tools, model: str | None) -> bool:
    """Whether a language model writes, or what was found is only laid out."""
    return (model or tools.models.default) != EXTRACTIVE


async def named(tools: Tools, model: str | None) -> str:
    """Tell which model answers when a person asked for `model`, in full.

    Raises:
        Problem: no such model, or the endpoint that would name one does not answer.
    """
    return await tools.models.named(model)


async def check(tools: Tools, model: str) -> None:
    """Refuse a question to a model that surely is not there, before it is kept.

    Raises:
        ModelUnknown: names those that there are.
    """
    await tools.models.check(model)


def stream(tools: Tools, request: ChatRequest) -> AsyncIterator[Piece]:
    """Ask a model, piece by piece; its problems come as `Model...` from the port."""
    return tools.models.stream(request)


async def instructions(ctx: Context, workspace_id: UUID, conversation_id: UUID) -> Instructions:
    """By which instructions a conversation is answered: the same ones each time it is asked."""
    return await traffic.instructions(ctx, workspace_id, conversation_id)


def drafted(text: str) -> Instructions:
    """Instructions that somebody tries out.

    Raises:
        PromptVariablesMisfit: the assistant's instructions take no variables.
    """
    templates.require_none(text)
    return Instructions(templates.rendered(text, {}))


def prompt_tokens(texts: Iterable[str]) -> int:
    """How many tokens a model reads in these texts, estimated."""
    return templates.tokens(texts)
