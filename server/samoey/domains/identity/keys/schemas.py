"""What comes in and goes out about API keys."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict

from samoey.domains.identity.schemas import Incoming, Name, Told

_LONGEST = timedelta(days=3653)


def _ahead(moment: datetime) -> datetime:
    now = datetime.now(UTC)
    if not now < moment < now + _LONGEST:
        message = "must lie ahead, by ten years at most"
        raise ValueError(message)
    return moment


class NewKey(Incoming):
    """A key acts as its owner, until it expires or is revoked."""

    name: Name
    expires_at: Annotated[AwareDatetime, AfterValidator(_ahead)] | None = None


class KeyOut(BaseModel):
    """A key as its owner sees it later: by its first letters."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    name: str
    prefix: str
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None


class HeldKey(KeyOut):
    """A key, and who it acts as."""

    user_id: UUID


class OwnedKey(KeyOut):
    """A key as the local operator sees it."""

    owner: str


@dataclass(frozen=True, slots=True)
class KeyFact:
    """What lets somebody in by a key: its hash, whose it is, until when."""

    id: UUID
    user_id: UUID
    hash: bytes
    expires_at: datetime | None


class KeyShown(KeyOut):
    """The one time that the whole key is shown."""

    key: Told
