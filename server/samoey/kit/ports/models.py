"""The seam to language models: our own message shape, the only one that rooms ever see."""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, Protocol

from samoey.kit.ports.gateway import Asker
from samoey.kit.problems import (
    Forbidden,
    InvalidRequest,
    NotFound,
    TooLarge,
    TooMany,
    Unavailable,
)

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

# Hears what a request cost, in millionths of a dollar, once it ended.
Charged = Callable[[int], None]

# The model that is always there: it writes from what was found, without inventing a word.
EXTRACTIVE = "extractive"

Role = Literal["system", "user", "assistant", "tool"]


@dataclass(frozen=True, slots=True)
class ToolCall:
    """A wish of the model to have a tool run; `arguments` is the JSON text it wrote."""

    id: str
    name: str
    arguments: str


@dataclass(frozen=True, slots=True)
class ToolSpec:
    """A tool that the model may ask for; `parameters` is a JSON schema."""

    name: str
    description: str
    parameters: dict[str, Any]


@dataclass(frozen=True, slots=True)
class ChatMessage:
    """One thing said."""

    role: Role
    text: str
    tool_calls: tuple[ToolCall, ...] = ()
    # Which call a message of role `tool` answers.
    tool_call_id: str | None = None


@dataclass(frozen=True, slots=True)
class Source:
    """A passage that was found for the question; an answer cites it by its tag, as in `[S1]`."""

    tag: str
    repository_name: str
    path: str
    start: int
    end: int
    commit: str
    text: str
    symbol: str | None = None
    kind: str = "text"
    language: str | None = None


@dataclass(frozen=True, slots=True)
class ChatRequest:
    """What is asked of a model; `model` None means the default."""

    messages: tuple[ChatMessage, ...]
    model: str | None = None
    tools: tuple[ToolSpec, ...] = ()
    tool_choice: str | None = None
    temperature: float | None = None
    max_tokens: int | None = None
    stop: tuple[str, ...] = ()
    # Models that write from a prompt find the passages in `messages`; extractive reads these.
    sources: tuple[Source, ...] = ()
    # For whom it is asked.
    asker: Asker | None = None
    charged: Charged | None = None


@dataclass(frozen=True, slots=True)
class Usage:
    """What a request cost, in tokens, as the model counts them."""

    prompt_tokens: int
    completion_tokens: int


@dataclass(frozen=True, slots=True)
class ToolCallPart:
    """A part of a tool call as it streams in: `id` and `name` come once, `arguments` in parts."""

    index: int
    id: str | None = None
    name: str | None = None
    arguments: str = ""


@dataclass(frozen=True, slots=True)
class Piece:
    """What came from the model in one go; most pieces hold text only."""

    text: str = ""
    tool_calls: tuple[ToolCallPart, ...] = ()
    usage: Usage | None = None
    finish: str | None = None
    model: str | None = None


@dataclass(frozen=True, slots=True)
class OfferedModel:
    """A model that a person may choose, whether it answers now, and what to do if not."""

    id: str
    provider: str
    connected: bool
    detail: str
    is_default: bool = False


class ChatModel(Protocol):
    """Something that answers a chat piece by piece."""

    def stream(self, request: ChatRequest) -> AsyncIterator[Piece]:
        """Answer `request`; a failure raises one of the problems below, also in mid-stream."""


class ChatModels(Protocol):
    """Every model of this installation behind one door."""

    @property
    def default(self) -> str:
        """The alias that answers when a person chose none."""

    def stream(self, request: ChatRequest) -> AsyncIterator[Piece]:
        """Answer with the model that `request.model` names."""

    def langchain(
        self,
        model: str | None = None,
        asker: Asker | None = None,
        charged: Charged | None = None,
    ) -> "BaseChatModel":
        """The same door as a LangChain chat model, for prompt chains."""

    async def named(self, model: str | None) -> str:
        """The full name of the model that an alias (None: the default) stands for now."""

    async def check(self, model: str) -> None:
        """Refuse a name that the endpoint surely does not have, asking it once in a while.

        Raises:
            ModelUnknown: names those that there are.
        """

    async def ready(self) -> None:
        """Open the way to them now: until then `default` knows only what the settings say."""

    async def offered(self) -> list[OfferedModel]:
        """All models that may be chosen, the default among them."""

    async def close(self) -> None:
        """Close every connection."""


class ModelUnavailable(Unavailable):
    """The endpoint cannot be reached, answers with a server error, or stopped in mid-answer."""

    title = "The model does not answer."


class ModelBusy(TooMany):
    """The endpoint refused because too much was asked of it; says when to come back."""

    title = "The model is busy."


class ModelRefusedKey(Forbidden):
    """The endpoint does not accept the key."""

    title = "The model endpoint refuses the key."


class ModelSpokeNonsense(Unavailable):
    """What came back is not what an OpenAI-compatible endpoint answers."""

    title = "The model endpoint answered something that is no answer."


class ModelWithheld(Unavailable):
    """The model ended without an answer: it said nothing, or a filter of its maker held it back."""

    title = "The model gave no answer."


class ModelRefusedRequest(Forbidden):
    """The endpoint understood the request and refuses it, such as an unknown parameter."""

    title = "The model endpoint refuses this request."


class ModelPromptTooLong(TooLarge):
    """The prompt does not fit the model's context."""

    title = "The question and what was found for it do not fit the model."


class ModelNotFound(NotFound):
    """No model of this name is connected."""

    title = "No model of this name is connected."


class ModelUnknown(InvalidRequest):
    """A model was asked for that is none of those that the endpoint lists."""

    title = "There is no model of this name."


class ModelNotAllowed(Forbidden):
    """The settings keep models inside the own network, and this address lies outside."""

    title = "This model endpoint is outside the own network."
