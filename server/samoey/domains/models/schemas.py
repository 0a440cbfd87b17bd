"""How models look from outside."""

from dataclasses import dataclass
from uuid import UUID

from pydantic import BaseModel, Field


class ModelOut(BaseModel):
    """A model that may be chosen."""

    id: str = Field(description="What to send as `model` to choose it.")
    provider: str = Field(
        description="Where it runs: `openai` for compatible endpoints, `builtin`."
    )
    connected: bool = Field(description="Whether it answers now.")
    is_default: bool
    detail: str = Field(description="In plain words: what it is, or what to do so that it answers.")


@dataclass(frozen=True, slots=True)
class Instructions:
    """By which instructions the assistant answers; none of the arms where nobody decided."""

    text: str
    arm_id: UUID | None = None
