"""The shapes in which policies come in and go out."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from samoey.domains.models.providers.schemas import Incoming, ModelName, Version

PerMinute = Annotated[int, Field(ge=1, le=2_000_000_000)]
Budget = Annotated[int, Field(ge=0, le=10**15)]


class PolicyShape(Incoming):
    """What a key may do, as a whole; `null` is no limit. Money is in millionths of a dollar.

    `version` is the one that was read; 0 where there was none.
    """

    version: Version
    models: Annotated[list[ModelName], Field(max_length=500)] | None = None
    rpm: PerMinute | None = None
    tpm: PerMinute | None = None
    day_micro: Budget | None = None
    month_micro: Budget | None = None


class PolicyOut(BaseModel):
    """What a key may do; `null` is no limit."""

    model_config = ConfigDict(from_attributes=True)

    key_id: UUID
    models: list[str] | None = None
    rpm: int | None = None
    tpm: int | None = None
    day_micro: int | None = None
    month_micro: int | None = None
    version: int = 0


class PolicedKey(BaseModel):
    """A key, whose it is, and what its holder may ask of models."""

    id: UUID
    name: str
    prefix: str
    owner_id: UUID
    owner: str
    expires_at: datetime | None
    last_used_at: datetime | None
    policy: PolicyOut
