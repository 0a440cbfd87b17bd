"""One unit of work: who acts, on what data, and what it has to tell afterwards.

The first argument of a verb says where it runs. One that takes a `Context` runs inside one
transaction and cannot reach the network. One that takes `Tools` may wait for the world, and opens
a `Context` when it needs data. Never both.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from samoey.kit.events import Event
from samoey.kit.ports.bus import Bus
from samoey.kit.ports.embedder import MovableEmbedder
from samoey.kit.ports.git import Git
from samoey.kit.ports.models import ChatModels
from samoey.kit.ports.objects import Objects
from samoey.kit.ports.recorder import Recorder
from samoey.kit.ports.vectors import VectorEngine
from samoey.kit.ports.vendors import VendorDesk
from samoey.kit.secrets import Sealer
from samoey.kit.settings import Settings


@dataclass(frozen=True, slots=True)
class Actor:
    """Who is acting: a person, or the system itself when `user_id` is None."""

    user_id: UUID | None


SYSTEM = Actor(None)


@dataclass(frozen=True, slots=True)
class Context:
    """What a verb has in hand inside one transaction."""

    actor: Actor
    db: AsyncSession
    events: list[Event] = field(default_factory=list)

    def emit(self, event: Event) -> None:
        """Remember `event`; it is told only if this work commits."""
        self.events.append(event)


@dataclass(frozen=True, slots=True)
class Tools:
    """What outlives any single request. Built once, where the process starts."""

    settings: Settings
    sessions: async_sessionmaker[AsyncSession]
    bus: Bus
    recorder: Recorder
    git: Git
    objects: Objects
    models: ChatModels
    vendors: VendorDesk
    sealer: Sealer
    vectors: VectorEngine
    # What turns passages and questions into vectors; none is installed or wanted.
    embedder: MovableEmbedder | None

    @asynccontextmanager
    async def work(self, actor: Actor) -> AsyncIterator[Context]:
        """Run one unit of work: all of it happens and is told, or none of it."""
        async with self.sessions.begin() as db:
            ctx = Context(actor, db)
            yield ctx
            await self.recorder.record(db, actor.user_id, ctx.events)
        for event in ctx.events:
            await self.bus.nudge(event)
