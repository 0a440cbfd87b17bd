"""Every model of this installation behind one door, for the rooms: the port over the gateway."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from samoey.adapters.models.extractive import ExtractiveChat
from samoey.adapters.models.know import openai as know
from samoey.kit.ports.gateway import Answered, Asker, HouseGateway
from samoey.kit.ports.models import (
    EXTRACTIVE,
    Charged,
    ChatRequest,
    ModelNotFound,
    ModelSpokeNonsense,
    ModelUnavailable,
    ModelUnknown,
    OfferedModel,
    Piece,
)
from samoey.kit.ports.upstreams import BrokeOff, Deployment, TooSlow, Unreachable
from samoey.kit.problems import Problem

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

_EXTRACTIVE = OfferedModel(
    EXTRACTIVE,
    "builtin",
    connected=True,
    detail="Always there: lays out the best passages with their citations. To have a model write, "
    "connect one under Models, or set OPENAI_API_KEY, or OPENAI_BASE_URL for a model on your own "
    "machines.",
)
_SHOWN_MODELS = 12


class ModelSwitchboard:
    """The models that the gateway leads to, and the extractive one.

    `given` are the names of the providers that the environment connects, in order; `own` is the
    model that answers at one of them when none is named.
    """

    def __init__(
        self,
        gateway: Callable[[], Awaitable[HouseGateway]],
        *,
        default: str | None,
        given: tuple[str, ...],
        own: dict[str, str],
    ) -> None:
        self._open, self._own = gateway, own
        self._opened: HouseGateway | None = None
        self._extractive = ExtractiveChat()
        self._chosen, self._given = default, given

    @property
    def default(self) -> str:
        """The alias that answers when a person chose none: as the settings say, or the first."""
        if self._chosen or self._given or self._opened is None:
            return self._chosen or next(iter(self._given), EXTRACTIVE)
        gateway = self._opened
        for name in gateway.written():
            if (first := gateway.stands_for(name)) is not None and _chats(first):
                return name
        return next((it.provider for it in gateway.endpoints()), EXTRACTIVE)

    async def ready(self) -> None:
        """Open the way now: from then on `default` knows what was written down, too."""
        await self._gateway()

    async def _gateway(self) -> HouseGateway:
        self._opened = await self._open()
        return self._opened

    async def stream(self, request: ChatRequest) -> AsyncIterator[Piece]:
        """Answer with the model that `request.model` names: an alias, a model, or a provider.

        Raises:
            ModelNotFound: no model of this name is connected.
            Problem: what became of it on the way to the model, or at the model.
        """
        gateway = await self._gateway()
        alias = request.model or self.default
        if alias == EXTRACTIVE:
            async for piece in self._extractive.stream(request):
                yield piece
            return
        # What is told of it on the wire takes time to load, and most starts have no model.
        from samoey.adapters.models.speak import openai as speak

        name, model = await self._of(gateway, alias)
        wire = speak.body(request, name, know.traits(model))
        try:
            answer = await gateway.ask(request.asker, wire)
            try:
                async for piece in _pieces(answer):
                    yield piece
            finally:
                await answer.aclose()
                if request.charged is not None and answer.cost_micro is not None:
                    request.charged(answer.cost_micro)
        except (Unreachable, TooSlow, BrokeOff) as problem:
            raise ModelUnavailable(f"{problem.detail} Try again, or look at that server.") from None

    async def named(self, model: str | None) -> str:
        """The full name of the model that an alias (None: the default) stands for now.

        Raises:
            Problem: no such model, or the endpoint that would name one does not answer.
        """
        gateway = await self._gateway()
        alias = model or self.default
        if alias == EXTRACTIVE:
            return EXTRACTIVE
        name, _ = await self._of(gateway, alias)
        return name if gateway.stands_for(name) else name.replace("/", ":", 1)

    async def check(self, model: str) -> None:
        """Refuse a name that the endpoint does not list; where none is, an answer says so.

        Raises:
            ModelUnknown: names those that there are.
        """
        gateway = await self._gateway()
        if model == EXTRACTIVE or gateway.stands_for(model) or not gateway.endpoints():
            return
        endpoint, name = _split(gateway.endpoints(), model)
        known = gateway.known(endpoint)
        if not name or name == self._own.get(endpoint.provider) or know.is_among(name, known):
            return
        try:
            listed = await gateway.listed(endpoint)
        except Problem:
            # Without a list nobody but the endpoint can tell, and it does when it is asked.
            return
        if listed and not know.is_among(name, listed):
            there = sorted(one for one in listed if know.chats(one))
            more = f" and {len(there) - _SHOWN_MODELS} more" if len(there) > _SHOWN_MODELS else ""
            raise ModelUnknown(
                f"“{name}” is none of the models of {_host(endpoint)}: "
                f"{', '.join(there[:_SHOWN_MODELS]) or 'it lists none'}{more}.",
                models=[f"{endpoint.provider}:{one}" for one in there],
            )

    async def _of(self, gateway: HouseGateway, alias: str) -> tuple[str, str]:
        """How the gateway knows what is meant, and the model whose ways it has."""
        if (first := gateway.stands_for(alias)) is not None:
            return alias, first.model
        if not gateway.endpoints():
            raise ModelNotFound(
                f"{alias!r} needs an endpoint: connect one under Models, or set "
                "OPENAI_API_KEY, or OPENAI_BASE_URL, and restart."
            )
        endpoint, name = _split(gateway.endpoints(), alias)
        model = name or await self._preferred(gateway, endpoint)
        return f"{endpoint.provider}/{model}", model

    async def _preferred(self, gateway: HouseGateway, endpoint: Deployment) -> str:
        """The model that answers at an endpoint when none is named."""
        own = self._own.get(endpoint.provider) or know.preferred(await gateway.listed(endpoint))
        if own is None:
            raise ModelNotFound(
                f"{_host(endpoint)} lists no chat model. Set {endpoint.provider.upper()}_MODEL."
                if endpoint.provider == "openai"
                else f"{_host(endpoint)} lists no chat model. Name one."
            )
        return own

    def langchain(
        self,
        model: str | None = None,
        asker: Asker | None = None,
        charged: Charged | None = None,
    ) -> "BaseChatModel":
        """The same door as a LangChain chat model; LangChain is loaded only now."""
        from samoey.adapters.models.langchain import GatewayChatModel

        return GatewayChatModel(models=self, model=model, asker=asker, charged=charged)

    async def offered(self) -> list[OfferedModel]:
        """All models that may be chosen."""
        gateway = await self._gateway()
        found: list[OfferedModel] = []
        for name in gateway.written():
            first = gateway.stands_for(name)
            if first is not None and _chats(first):
                detail = f"Answers at {_host(first)}."
                found.append(OfferedModel(name, first.provider, connected=True, detail=detail))
        default = self.default
        for endpoint in gateway.endpoints():
            theirs = await self._offered_at(gateway, endpoint)
            # A provider alone means its own default, which it offers first.
            default = theirs[0].id if default == endpoint.provider else default
            found += theirs
        return [replace(it, is_default=it.id == default) for it in (*found, _EXTRACTIVE)]

    async def _offered_at(self, gateway: HouseGateway, endpoint: Deployment) -> list[OfferedModel]:
        """What may be chosen at an endpoint; one that does not answer is offered as such."""
        own = self._own.get(endpoint.provider)
        try:
            listed = await gateway.listed(endpoint)
            default = own or await self._preferred(gateway, endpoint)
        except Problem as problem:
            return [_offer(endpoint, own or "default", str(problem), connected=False)]
        names = [default, *sorted({name for name in listed if know.chats(name)} - {default})]
        detail = f"Answers at {_host(endpoint)}."
        return [_offer(endpoint, name, detail, connected=True) for name in names]

    async def close(self) -> None:
        """There is nothing to close: the gateway is closed by who opened it."""


async def _pieces(answer: Answered) -> AsyncIterator[Piece]:
    from samoey.adapters.models.speak import openai as speak

    host = _host(answer.deployment)
    if answer.problem is not None:
        raise answer.problem
    if answer.body is not None:
        yield speak.whole(answer.body, host)
        return
    if not answer.content_type.startswith("text/event-stream"):
        raise ModelSpokeNonsense(f"{host} answered with {answer.content_type}, which is no chat.")
    async for piece in speak.pieces(answer.parts(), host):
        yield piece


def _split(endpoints: list[Deployment], alias: str) -> tuple[Deployment, str]:
    """The endpoint that is meant, and the model there; a bare name is what the first calls it."""
    by_name = {it.provider: it for it in endpoints}
    if alias in by_name:
        return by_name[alias], ""
    for mark in (":", "/"):
        provider, _, name = alias.partition(mark)
        if provider in by_name and name:
            return by_name[provider], name
    return endpoints[0], alias


def _offer(endpoint: Deployment, name: str, detail: str, *, connected: bool) -> OfferedModel:
    return OfferedModel(f"{endpoint.provider}:{name}", endpoint.provider, connected, detail)


def _chats(deployment: Deployment) -> bool:
    """Whether it can hold a chat: of what runs here that is known, of others guessed."""
    if deployment.checkpoint is not None:
        return deployment.checkpoint.task == "generate"
    return know.chats(deployment.model)


def _host(deployment: Deployment) -> str:
    return urlsplit(deployment.base_url).hostname or deployment.provider
