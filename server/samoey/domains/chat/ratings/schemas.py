"""The shapes of ratings and of figures."""

from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from samoey.domains.chat.schemas import Thumb


class NewRating(BaseModel):
    """What one says of an answer."""

    model_config = ConfigDict(extra="forbid")

    rating: Thumb


class Liked(BaseModel):
    """Which part of all answers people would find good, going by those that were rated.

    With 95 in 100 certainty it lies between `low` and `high` (Wilson's interval).
    """

    share: Annotated[float, Field(ge=0, le=1)]
    low: Annotated[float, Field(ge=0, le=1)]
    high: Annotated[float, Field(ge=0, le=1)]


class ArmFigures(BaseModel):
    """How the answers of one arm went."""

    arm_id: UUID
    answers: int = Field(description="Answers that were written, also those stopped midway.")
    failed: int = Field(description="Answers that the model did not finish.")
    up: int
    down: int
    liked: Liked | None = Field(description="None where too few were rated to say anything.")
    cost_micro: int = Field(description="Cost of all of them, in millionths of a dollar.")
    p50_ms: int | None = Field(description="Half of the answers took the model no longer.")
    p95_ms: int | None = Field(description="19 in 20 answers took the model no longer.")
    first_ms: int | None = Field(description="Half of the answers began to come by then.")
