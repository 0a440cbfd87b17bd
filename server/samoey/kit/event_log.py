"""Events written beside the data they speak of, so that a crash cannot separate them."""

from typing import Any
from uuid import UUID

from sqlalchemy import Index
from sqlalchemy.orm import Mapped

from samoey.kit.db import Row
from samoey.kit.events import Event


class RecordedEvent(Row):
    """One thing that happened, kept for those who come back and ask what they missed."""

    __tablename__ = "events"
    __table_args__ = (Index("ix_events_audience_seq", "audience", "seq"),)

    name: Mapped[str]
    audience: Mapped[str]
    seq: Mapped[int | None]
    payload: Mapped[dict[str, Any]]
    actor_id: Mapped[UUID | None]

    @classmethod
    def values_of(cls, event: Event, actor_id: UUID | None) -> dict[str, Any]:
        """The columns of the row that keeps `event`."""
        return {
            "id": event.id,
            "name": event.name,
            "audience": event.audience(),
            "seq": event.seq,
            "payload": event.model_dump(mode="json", exclude={"id", "seq"}),
            "actor_id": actor_id,
        }
