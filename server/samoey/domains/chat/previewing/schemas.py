"""The shapes in which a look is asked for and given."""

from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from samoey.domains.chat.schemas import Storable
from samoey.kit.ports.models import Role

_LONGEST = 8_000


class PreviewWish(BaseModel):
    """A question, and the instructions by which it would be answered."""

    model_config = ConfigDict(extra="forbid")

    workspace_id: UUID
    question: Annotated[str, StringConstraints(pattern=r"\S", max_length=_LONGEST), Storable]
    instructions: (
        Annotated[str, StringConstraints(pattern=r"\S", max_length=_LONGEST), Storable] | None
    ) = Field(default=None, description="None are those that are built in.")
    repository_ids: list[UUID] = Field(
        default_factory=list, max_length=100, description="Where to look; empty means everywhere."
    )


class PreviewMessage(BaseModel):
    """A message as a model would be sent it."""

    role: Role
    text: str


class PreviewOut(BaseModel):
    """Exactly what a model would be sent; the word of the fence is another one each time."""

    messages: list[PreviewMessage]
    tokens: int = Field(description="Estimated: bytes divided by four.")
    notes: list[str] = Field(description="What a reader should know about what was found.")
