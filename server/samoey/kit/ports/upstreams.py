"""The seam to what answers for a model: a request in some vendor's own words, and its answer."""

from collections.abc import AsyncIterator, Callable
from typing import Literal, Protocol

from msgspec import Struct

from samoey.kit.problems import Unavailable

# In whose words a request is written. What a deployment speaks natively passes through untouched.
Dialect = Literal[
    "openai.chat",
    "openai.completions",
    "openai.responses",
    "openai.embeddings",
    "anthropic.messages",
    "anthropic.count_tokens",
]
Kind = Literal["openai", "azure", "anthropic", "transformers", "local", "extractive"]


# How much text a model that runs here takes when nobody says: what is kept of it takes memory.
USUAL_CONTEXT = 8192


class VendorKey:
    """A vendor's key; it shows itself to nobody who does not ask for it by name."""

    __slots__ = ("_secret",)

    def __init__(self, secret: str) -> None:
        self._secret = secret

    def reveal(self) -> str:
        """The key itself, for the one header that carries it."""
        return self._secret

    def __repr__(self) -> str:
        return "VendorKey(***)"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, VendorKey) and other._secret == self._secret

    def __hash__(self) -> int:
        return hash(self._secret)


class Price(Struct, frozen=True):
    """What a model costs, in millionths of a dollar per million tokens; None costs as input."""

    input: int
    output: int
    cache_read: int | None = None
    cache_write: int | None = None


class TimeLimits(Struct, frozen=True):
    """How long to wait: for the connection, the first token, between two, for the whole answer."""

    connect_s: float = 5
    first_s: float = 60
    gap_s: float = 60
    whole_s: float = 600


class Checkpoint(Struct, frozen=True, kw_only=True):
    """A model whose files lie in a folder of this server, and how it is run; kind `transformers`.

    `idle_minutes` None keeps it in memory for as long as somebody may ask it.
    """

    folder: str
    adapter: str | None = None
    task: Literal["generate", "embed"] = "generate"
    device: Literal["auto", "cpu", "cuda"] = "auto"
    dtype: Literal["auto", "float32", "bfloat16", "float16"] = "auto"
    quantization: Literal["none", "int8", "int4"] = "none"
    preload: bool = False
    idle_minutes: float | None = 15


class Deployment(Struct, frozen=True, kw_only=True):
    """One model at one address, and how to ask it; `provider` is a person's name for the address.

    What is None is not known: neither how much fits, nor what it can do, nor what it costs.
    """

    id: str
    provider_id: str
    provider: str
    kind: Kind
    base_url: str
    model: str
    key: VendorKey | None = None
    context_tokens: int | None = None
    tools: bool | None = None
    vision: bool | None = None
    price: Price | None = None
    max_parallel: int | None = None
    limits: TimeLimits = TimeLimits()
    checkpoint: Checkpoint | None = None


class Reply(Protocol):
    """An answer on its way, good or bad: `status` tells; whoever asked closes it."""

    status: int
    content_type: str
    retry_after_s: float | None

    def parts(self) -> AsyncIterator[bytes]:
        """The body as it comes; raises `TooSlow` or `BrokeOff` where it falls silent or ends."""

    async def read(self, most: int, /) -> bytes:
        """The whole body; raises `BrokeOff` where it is longer than `most`."""

    async def aclose(self) -> None:
        """Let go of the connection; a body that was not read to its end is cancelled."""


class Flow(Protocol):
    """What `Reply.parts` gives where parts can also be told at the very moment they come."""

    async def pour(self, say: Callable[[bytes], bool], /) -> bool:
        """Tell `say` each part, until it has enough (then there may be more) or all is told.

        Raises:
            TooSlow, BrokeOff: as the parts do; and what `say` raises.
        """


class Upstream(Protocol):
    """How one kind of vendor is spoken to."""

    def dialects(self, deployment: Deployment) -> frozenset[Dialect]:
        """What the deployment understands by itself."""

    async def send(self, deployment: Deployment, dialect: Dialect, body: bytes) -> Reply:
        """Ask, and wait for the head of the answer, within the limits of the deployment.

        Raises:
            Unreachable: there is no connection, or it broke before the answer began.
            TooSlow: neither the connection nor the first byte came in time.
        """


class Unreachable(Unavailable):
    """The model's address cannot be reached, or the connection broke before an answer began."""

    title = "The model cannot be reached."


class TooSlow(Unavailable):
    """A limit of time passed; `stage` tells which: connect, first, gap or whole."""

    title = "The model does not answer in time."


class BrokeOff(Unavailable):
    """The answer began, and ended in its middle."""

    title = "The model stopped in the middle of its answer."
