"""Answers that were given before, told again to whoever of a workspace asks the same."""

import asyncio
from collections.abc import AsyncIterator
from typing import Literal

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from samoey.domains.models.gateway.asked import Asked
from samoey.domains.models.gateway.attempts import Begun
from samoey.domains.models.gateway.breaker import Standing
from samoey.domains.models.gateway.cacheable import Named, named
from samoey.domains.models.gateway.cost import Tokens
from samoey.domains.models.gateway.keeping import Keeping
from samoey.domains.models.gateway.metering import Events
from samoey.domains.models.gateway.names import Found
from samoey.domains.models.gateway.replaying import document, replayed
from samoey.domains.models.gateway.routing import Candidate
from samoey.domains.models.gateway.semantic import Semantic

How = Literal["hit", "miss", "semantic"]
# What a request says about it: look and keep, only keep, or neither.
Use = Literal["use", "renew", "no"]
MOST_ANSWER_BYTES = 256 * 1024


class _Entry(Struct, frozen=True, array_like=True):
    deployment: str
    body: bytes


_entry = msgspec.msgpack.Decoder(_Entry)


class Cache:
    """The exact cache, and the semantic one where there is an embedder."""

    def __init__(self, keeping: Keeping, semantic: Semantic | None = None) -> None:
        self._keeping, self._semantic = keeping, semantic
        self._running: set[asyncio.Task[None]] = set()

    async def look(
        self, asked: Asked, found: Found, workspace_id: str, use: Use
    ) -> "Looked | None":
        """See whether it was answered before; None where its answer is not to be kept."""
        place = named(asked, found, workspace_id) if use != "no" else None
        if place is None:
            return None
        looked = Looked(self, asked, place)
        if use == "use":
            await self._answer(looked, place, found[0].threshold)
        return looked

    async def _answer(self, looked: "Looked", place: Named, threshold: float | None) -> None:
        looked.take("hit", await self._entry(place.owner, place.name))
        if looked.how != "miss" or self._semantic is None or place.question is None:
            return
        for name in await self._semantic.find(place.owner, place.question, threshold):
            looked.take("semantic", await self._entry(place.owner, name))
            if looked.how != "miss":
                return

    async def _entry(self, owner: str, name: str) -> _Entry | None:
        kept = await self._keeping.find(owner, name)
        return None if kept is None else _entry.decode(kept)

    def keep(self, place: Named, deployment: str, body: bytes) -> None:
        """Keep an answer, while others go on."""
        task = asyncio.create_task(self._keep(place, _Entry(deployment, body)))
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    async def _keep(self, place: Named, entry: _Entry) -> None:
        await self._keeping.keep(place.owner, place.name, msgspec.msgpack.encode(entry))
        if self._semantic is not None and place.question is not None:
            await self._semantic.keep(place.owner, place.question, place.name)

    async def close(self) -> None:
        """Wait until everything is kept."""
        await asyncio.gather(*self._running, return_exceptions=True)


def again(asked: Asked, looked: "Looked", found: Found, standing: Standing) -> Begun:
    """The answer that was kept, as if it came now; it costs nothing, and nobody is asked."""
    by_id = {it.id: it for it in found[1]}
    # Which deployments there are is a part of the name that it was kept under.
    deployment = replace(by_id[looked.deployment], price=None)
    standing.take()
    begun = Begun(
        candidate=Candidate(deployment, "kept from before"),
        standing=standing,
        translation=None,
        attempts=0,
        waited_s=0,
        tokens=Tokens(),
        kept=True,
    )
    if asked.stream:
        begun.content_type = "text/event-stream"
        begun.events, begun.rest = Events(), _in_one(looked.body)
    else:
        begun.body = looked.body
    return begun


async def _in_one(body: bytes) -> AsyncIterator[bytes]:
    yield body


class Looked:
    """One request's look into the cache; on a miss it listens to the answer, and has it kept."""

    def __init__(self, cache: Cache, asked: Asked, place: Named) -> None:
        self._cache, self._asked, self._place = cache, asked, place
        self.how: How = "miss"
        self.deployment, self.body = "", b""
        self._heard: list[bytes] = []
        self._size = 0

    def take(self, how: How, entry: _Entry | None) -> None:
        """This is the answer, if there is one."""
        if entry is None:
            return
        asked = self._asked
        self.how, self.deployment = how, entry.deployment
        self.body = replayed(
            asked.dialect, entry.body, stream=asked.stream, usage=asked.usage_wanted
        )

    def hear(self, told: bytes) -> None:
        """A part of the answer was told."""
        self._size += len(told)
        if self._size <= MOST_ANSWER_BYTES:
            self._heard.append(told)

    def heard_out(self, deployment: str, tokens: Tokens) -> None:
        """It came to a good end."""
        if self.how != "miss" or not self._heard or self._size > MOST_ANSWER_BYTES:
            return
        asked, told = self._asked, b"".join(self._heard)
        body = document(asked.dialect, told, stream=asked.stream, tokens=tokens)
        if body is not None:
            self._cache.keep(self._place, deployment, body)
