"""How events become rows and jobs, in the transaction that they speak of."""

from collections.abc import Sequence
from typing import Protocol
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from samoey.kit.events import Event


class Recorder(Protocol):
    """Keeps what happened, beside the data."""

    async def record(
        self, db: AsyncSession, actor_id: UUID | None, events: Sequence[Event]
    ) -> None:
        """Write one row per event and one job per reaction to it, on `db`'s own connection."""
