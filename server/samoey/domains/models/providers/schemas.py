"""The shapes in which providers and deployments come in and go out."""

import re
from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr, StringConstraints

ProviderKind = Literal["openai", "azure", "anthropic", "transformers"]

# What could be taken for something else when it is shown, or break a header that it stands in.
_UNSEEN = re.compile("[\x00-\x20\x7f-\xa0\u2028-\u202e\u2066-\u2069]")


def _seen(text: str) -> str:
    if _UNSEEN.search(text):
        message = "must have no spaces and no control characters"
        raise ValueError(message)
    return text


def _one_header(secret: SecretStr) -> SecretStr:
    plain = secret.get_secret_value().strip()
    if not plain.isascii() or not plain.isprintable() or not plain:
        message = "must be one line of plain characters"
        raise ValueError(message)
    return SecretStr(plain)


# A slash parts it from the model in `provider/model`.
ProviderName = Annotated[
    str,
    StringConstraints(
        strip_whitespace=True, min_length=1, max_length=60, pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$"
    ),
]
ModelName = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=200),
    AfterValidator(_seen),
]
BaseUrl = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=2000),
    AfterValidator(_seen),
]
ApiKey = Annotated[SecretStr, Field(max_length=4000), AfterValidator(_one_header)]
Micro = Annotated[int, Field(ge=0, le=10**12)]
Seconds = Annotated[float, Field(gt=0, le=86_400, allow_inf_nan=False)]
Tokens = Annotated[int, Field(ge=1, le=100_000_000)]
Minutes = Annotated[float, Field(gt=0, le=100_000, allow_inf_nan=False)]
FolderName = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=1000)]
Parallel = Annotated[int, Field(ge=1, le=100_000)]
Version = Annotated[
    int, Field(ge=0, le=2**31 - 1, description="The version that was read and is changed.")
]


class Incoming(BaseModel):
    """What a client sends; a misspelt key is an error, not a silence."""

    model_config = ConfigDict(extra="forbid")


class NewProvider(Incoming):
    """A vendor or a server of models to connect; `base_url` none is the vendor's own."""

    workspace_id: UUID
    name: ProviderName
    kind: ProviderKind
    base_url: BaseUrl | None = None
    api_key: ApiKey | None = None
    enabled: bool = True


class ProviderChange(Incoming):
    """What shall be different; fields that are left out stay, `null` takes the key away."""

    version: Version
    name: ProviderName | None = None
    base_url: BaseUrl | None = None
    api_key: ApiKey | None = None
    enabled: bool | None = None


class ProviderOut(BaseModel):
    """A connected provider; of its key only the first letters are ever told.

    One from the environment can only be changed there.
    """

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    workspace_id: UUID | None = None
    name: str
    kind: ProviderKind
    base_url: str
    has_key: bool
    key_hint: str | None
    enabled: bool
    source: Literal["stored", "environment"] = "stored"
    version: int = 0
    created_at: datetime | None = None


class PriceShape(Incoming):
    """What a model costs, in millionths of a dollar per million tokens."""

    input: Micro
    output: Micro
    cache_read: Micro | None = None
    cache_write: Micro | None = None


class LimitsShape(Incoming):
    """How long to wait: for the connection, the first token, between two, for all of it."""

    connect_s: Seconds = 5
    first_s: Seconds = 60
    gap_s: Seconds = 60
    whole_s: Seconds = 600


class CheckpointShape(Incoming):
    """Where on the server a model's files lie, and how it is run there by transformers.

    `task` none tells it by the model's own configuration, `idle_minutes` none never lets it go.
    """

    folder: FolderName
    adapter: FolderName | None = None
    task: Literal["generate", "embed"] | None = None
    device: Literal["auto", "cpu", "cuda"] = "auto"
    dtype: Literal["auto", "float32", "bfloat16", "float16"] = "auto"
    quantization: Literal["none", "int8", "int4"] = "none"
    preload: bool = False
    idle_minutes: Minutes | None = 15


class NewDeployment(Incoming):
    """A model of a provider, so that it can be asked; what is left out is not known.

    `*` stands for every model of the provider; one of the kind `transformers` has a `checkpoint`.
    """

    workspace_id: UUID
    provider_id: UUID
    model: ModelName
    context_tokens: Tokens | None = None
    tools: bool | None = None
    vision: bool | None = None
    price: PriceShape | None = None
    max_parallel: Parallel | None = None
    limits: LimitsShape | None = None
    checkpoint: CheckpointShape | None = None


class DeploymentChange(Incoming):
    """What shall be different; fields that are left out stay, `null` takes a value away."""

    version: Version
    context_tokens: Tokens | None = None
    tools: bool | None = None
    vision: bool | None = None
    price: PriceShape | None = None
    max_parallel: Parallel | None = None
    limits: LimitsShape | None = None
    checkpoint: CheckpointShape | None = None


class DeploymentOut(BaseModel):
    """A model that can be asked."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    workspace_id: UUID
    provider_id: UUID
    model: str
    context_tokens: int | None
    tools: bool | None
    vision: bool | None
    price: PriceShape | None
    max_parallel: int | None
    limits: LimitsShape | None
    checkpoint: CheckpointShape | None
    version: int
    created_at: datetime


class TryWish(Incoming):
    """Which model to try; none takes one that is set up there, or that the provider lists."""

    model: ModelName | None = None


class TryOut(BaseModel):
    """How a tiny real request went: how long it took and which model answered, or why not."""

    ok: bool
    ms: int
    model: str | None
    problem: dict[str, object] | None


class ListedModel(BaseModel):
    """A model that the provider itself lists."""

    id: str
