"""Every model of this installation behind one door; an alias names the provider first."""

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import TYPE_CHECKING

from samoey.adapters.models.extractive import ExtractiveChat
from samoey.adapters.models.know.openai import ADDRESS
from samoey.kit.ports.models import (
    EXTRACTIVE,
    ChatModel,
    ChatRequest,
    ModelNotFound,
    OfferedModel,
    Piece,
)
from samoey.kit.settings import Settings

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

    from samoey.adapters.models.openai import OpenAIChat

_EXTRACTIVE = OfferedModel(
    EXTRACTIVE,
    "builtin",
    connected=True,
    detail="Always there: lays out the best passages with their citations. To have a model write, "
    "set OPENAI_API_KEY, or OPENAI_BASE_URL for a model on your own machines.",
)


class ModelSwitchboard:
    """The models that the settings connect, and the extractive one."""

    def __init__(self, settings: Settings) -> None:
        """Raises `ModelNotAllowed` for an endpoint outside, where the settings forbid that."""
        self._openai = _openai(settings)
        self._extractive = ExtractiveChat()
        self._default = settings.models.default or (self._openai and "openai") or EXTRACTIVE

    @property
    def default(self) -> str:
        """The alias that answers when a person chose none."""
        return self._default

    async def stream(self, request: ChatRequest) -> AsyncIterator[Piece]:
        """Answer with the model that `request.model` names: `extractive`, `openai`, `openai:name`.

        Raises:
            ModelNotFound: no model of this name is connected.
            Problem: what the model's adapter raises.
        """
        model, name = self._of(request.model or self._default)
        async for piece in model.stream(replace(request, model=name)):
            yield piece

    async def named(self, model: str | None) -> str:
        """The full name of the model that an alias (None: the default) stands for now.

        Raises:
            Problem: no such model, or the endpoint that would name one does not answer.
        """
        alias = model or self._default
        _, name = self._of(alias)
        if alias == EXTRACTIVE or self._openai is None:
            return EXTRACTIVE
        return f"{self._openai.provider}:{name or await self._openai.model()}"

    async def check(self, model: str) -> None:
        """Refuse a name that the endpoint does not list; where none is, an answer says so.

        Raises:
            ModelUnknown: names those that there are.
        """
        if self._openai is not None and (name := self._of(model)[1]) is not None:
            await self._openai.check(name)

    def _of(self, alias: str) -> tuple[ChatModel, str | None]:
        if alias == EXTRACTIVE:
            return self._extractive, None
        if self._openai is None:
            raise ModelNotFound(
                f"{alias!r} needs an endpoint: set OPENAI_API_KEY, or OPENAI_BASE_URL, and restart."
            )
        provider, _, name = alias.partition(":")
        # A bare name is what the endpoint itself calls the model.
        return self._openai, (name or None) if provider == self._openai.provider else alias

    def langchain(self, model: str | None = None) -> "BaseChatModel":
        """The same door as a LangChain chat model; LangChain is loaded only now."""
        from samoey.adapters.models.langchain import GatewayChatModel

        return GatewayChatModel(models=self, model=model)

    async def offered(self) -> list[OfferedModel]:
        """All models that may be chosen."""
        theirs = await self._openai.offered() if self._openai else []
        # `openai` alone means that endpoint's own default, which it offers first.
        default = theirs[0].id if theirs and self._default == "openai" else self._default
        return [replace(it, is_default=it.id == default) for it in (*theirs, _EXTRACTIVE)]

    async def close(self) -> None:
        """Close every connection."""
        if self._openai is not None:
            await self._openai.close()


def _openai(settings: Settings) -> "OpenAIChat | None":
    key = settings.openai_api_key
    if not settings.openai_base_url and not (key and key.get_secret_value()):
        return None
    # What speaks to an endpoint takes time to load, and most starts have none.
    from samoey.adapters.models.connect.openai import Endpoint, Limits
    from samoey.adapters.models.openai import OpenAIChat

    models = settings.models
    endpoint = Endpoint(
        settings.openai_base_url or ADDRESS,
        key=key,
        limits=Limits(models.connect_s, models.first_word_s, models.next_word_s),
        local_only=models.local_only,
    )
    return OpenAIChat(endpoint, model=settings.openai_model or None)
