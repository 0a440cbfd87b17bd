"""The shapes in which the playground is asked, and in which it tells."""

from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Field, StringConstraints

from samoey.domains.models.providers.schemas import Incoming, ModelName

Words = Annotated[str, StringConstraints(min_length=1, max_length=100_000)]


class PlaygroundAsk(Incoming):
    """One question to one model, with what it is told before."""

    workspace_id: UUID
    model: ModelName
    prompt: Words
    system: Words | None = None
    max_tokens: Annotated[int, Field(ge=1, le=100_000)] | None = None


class PlaygroundEnd(BaseModel):
    """How an answer went."""

    model: str | None = Field(description="The model that answered, as it calls itself.")
    first_ms: int | None = Field(description="Until its first words.")
    ms: int
    prompt_tokens: int | None
    completion_tokens: int | None


class PlaygroundEvent(BaseModel):
    """One event of the answer: more text, or its end, or why there is no more."""

    text: str = ""
    end: PlaygroundEnd | None = None
    problem: dict[str, object] | None = None
