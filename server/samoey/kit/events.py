"""Facts that other rooms may care about, told only after they are true."""

from typing import ClassVar
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from samoey.kit.ids import new_id


class Event(BaseModel):
    """One thing that happened. Named in the past tense, holds ids, never rows."""

    model_config = ConfigDict(frozen=True)
    name: ClassVar[str]

    id: UUID = Field(default_factory=new_id)
    # The place in the audience's own gapless order, for audiences that keep one.
    seq: int | None = None

    def audience(self) -> str:
        """The channel whose listeners may see this event, such as `workspace:<id>`."""
        raise NotImplementedError
