"""The shapes in which aliases come in and go out."""

from datetime import datetime
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import BaseModel, Field, StringConstraints, model_validator

from samoey.domains.models.providers.schemas import Incoming, Version

Strategy = Literal["priority", "weighted", "latency", "cost", "capability"]
CacheKind = Literal["off", "exact", "semantic"]

AliasName = Annotated[
    str,
    StringConstraints(
        strip_whitespace=True,
        min_length=1,
        max_length=100,
        pattern=r"^[A-Za-z0-9][A-Za-z0-9._:/@+-]*$",
    ),
]
Deadline = Annotated[float, Field(gt=0, le=3600, allow_inf_nan=False)]
Retries = Annotated[int, Field(ge=0, le=10)]
_REPAIRS = "How often a whole answer that misses the shape that was asked for is asked for again."
Repairs = Annotated[int, Field(ge=0, le=2, description=_REPAIRS)]
_CEILING = (
    "What a request may cost at the most, in millionths of a dollar and as estimated: no model is "
    "asked that would cost more. None is no limit."
)
Ceiling = Annotated[int, Field(ge=0, le=10**12, description=_CEILING)]
_TRIM = (
    "Whether the oldest turns of a conversation are left out where it is too long for the model "
    "that is asked."
)
Threshold = Annotated[float, Field(gt=0, le=1, allow_inf_nan=False)]


class TargetShape(Incoming):
    """A deployment of an alias; the weight is its share where the strategy is `weighted`."""

    deployment_id: UUID
    weight: Annotated[int, Field(ge=0, le=1_000_000)] = 1


Targets = Annotated[list[TargetShape], Field(min_length=1, max_length=50)]


class NewAlias(Incoming):
    """A name to ask for, and the deployments that may answer, the first one first."""

    workspace_id: UUID
    name: AliasName
    targets: Targets
    strategy: Strategy = "priority"
    cache: CacheKind = "off"
    threshold: Threshold | None = None
    deadline_s: Deadline = 120
    retries: Retries = 2
    trim: Annotated[bool, Field(description=_TRIM)] = False
    repairs: Repairs = 0
    ceiling_micro: Ceiling | None = None

    @model_validator(mode="after")
    def _distinct(self) -> Self:
        check_targets(self.targets)
        return self


class AliasChange(Incoming):
    """What shall be different; fields that are left out stay. `targets` are changed as a whole."""

    version: Version
    name: AliasName | None = None
    targets: Targets | None = None
    strategy: Strategy | None = None
    cache: CacheKind | None = None
    threshold: Threshold | None = None
    deadline_s: Deadline | None = None
    retries: Retries | None = None
    trim: Annotated[bool | None, Field(description=_TRIM)] = None
    repairs: Repairs | None = None
    ceiling_micro: Ceiling | None = None

    @model_validator(mode="after")
    def _distinct(self) -> Self:
        check_targets(self.targets or [])
        return self


class AliasOut(BaseModel):
    """An alias, with its targets in order."""

    id: UUID
    workspace_id: UUID
    name: str
    strategy: Strategy
    targets: list[TargetShape]
    cache: CacheKind
    threshold: float | None
    deadline_s: float
    retries: int
    trim: bool
    repairs: int
    ceiling_micro: int | None
    version: int
    created_at: datetime


def check_targets(targets: list[TargetShape]) -> None:
    """Refuse a deployment that is named twice, and shares that are all nothing."""
    if len({target.deployment_id for target in targets}) < len(targets):
        message = "a deployment is named twice"
        raise ValueError(message)
    if targets and not any(target.weight for target in targets):
        message = "every weight is 0"
        raise ValueError(message)
