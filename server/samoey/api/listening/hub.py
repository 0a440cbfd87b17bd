"""One ear on the bus for all live sockets of a process, and one look at the database each tick."""

import asyncio
import contextlib
import logging
import secrets
import time
from collections import deque
from collections.abc import Iterable
from typing import Any, Protocol

from samoey.api.listening import audiences, missed, presence
from samoey.api.listening.presence import Presence
from samoey.domains.identity import service as identity
from samoey.kit.context import SYSTEM, Actor, Tools
from samoey.kit.credentials import SignedIn
from samoey.kit.ports.bus import BusUnavailable, Listener, Message

log = logging.getLogger(__name__)

LOOK_EACH_S = 1.0
# Events are looked for again each second tick; who may listen, each fifth.
_EVENTS_EACH, _RIGHTS_EACH = 2, 5
# How far back a look goes: commits may come later than the ids of their events were made.
_LOOK_BACK_S = 15.0
_REMEMBERED = 10_000
# What may take a right away.
_RIGHTS = frozenset(
    {"workspaces.member_left", "workspaces.member_changed"}
    | {"chat.conversation_changed", "chat.conversation_deleted"}
)


class Ear(Protocol):
    """One socket, as the hub knows it."""

    who: SignedIn
    name: str
    watched: set[str]

    def hear(self, message: Message) -> None:
        """Take what was said to one of the watched audiences."""

    def lose(self, audience: str) -> None:
        """Learn that this audience may be watched no longer."""

    def sign_out(self) -> None:
        """Learn that the door is closed."""


class Hub:
    """The sockets of this process; runs only while there are any."""

    def __init__(self, tools: Tools) -> None:
        self._tools = tools
        self._ears: set[Ear] = set()
        self._heard_for: dict[str, set[Ear]] = {}
        # Since when each audience is heard: what came before is no news.
        self._since: dict[str, float] = {}
        self._listener: Listener | None = None
        self._running: list[asyncio.Task[None]] = []
        self._process = secrets.token_hex(8)
        self._presence: dict[str, Presence] = {}
        self._told: set[str] = set()
        self._told_order: deque[str] = deque()

    async def join(self, ear: Ear) -> None:
        """Let a socket hear what is said to its person and of its session."""
        self._ears.add(ear)
        if not self._running:
            self._running = [
                asyncio.create_task(self._listen()),
                asyncio.create_task(self._look()),
            ]
        await self._add(ear, ear.who.audience())
        await self._add(ear, f"user:{ear.who.actor.user_id}")

    async def leave(self, ear: Ear) -> None:
        """Forget a socket."""
        self._ears.discard(ear)
        for audience in [name for name, ears in self._heard_for.items() if ear in ears]:
            await self._drop(ear, audience)
        for audience in list(ear.watched):
            await self.unwatch(ear, audience)
        if not self._ears:
            running, self._running = self._running, []
            for task in running:
                task.cancel()
            await asyncio.gather(*running, return_exceptions=True)

    async def watch(self, ear: Ear, audience: str, workspace: str) -> None:
        """Have a socket hear an audience; the workspace is heard for what takes rights away."""
        ear.watched.add(audience)
        await self._add(ear, audience)
        await self._add(ear, workspace)
        if audiences.conversation_of(audience):
            people = self._presence.setdefault(audience, Presence())
            await self._tell_presence(audience, ask=True)
            ear.hear(presence.message(audience.partition(":")[2], people.now()))

    async def unwatch(self, ear: Ear, audience: str) -> None:
        """Have a socket hear an audience no longer."""
        ear.watched.discard(audience)
        await self._drop(ear, audience)
        if audience in self._presence:
            await self._tell_presence(audience)
            if audience not in self._heard_for:
                del self._presence[audience]

    async def _add(self, ear: Ear, audience: str) -> None:
        ears = self._heard_for.setdefault(audience, set())
        ears.add(ear)
        if len(ears) > 1:
            return
        self._since[audience] = time.time()
        if self._listener is not None:
            # A bus that went away is listened to anew, with every audience.
            with contextlib.suppress(BusUnavailable):
                await self._listener.add(audience)

    async def _drop(self, ear: Ear, audience: str) -> None:
        ears = self._heard_for.get(audience, set())
        ears.discard(ear)
        if ears or self._heard_for.pop(audience, None) is None:
            return
        del self._since[audience]
        if self._listener is not None:
            with contextlib.suppress(BusUnavailable):
                await self._listener.drop(audience)

    async def _listen(self) -> None:
        while True:
            try:
                known = set(self._heard_for)
                async with self._tools.bus.listen(*known) as listener:
                    await self._listen_to(listener, known)
            except BusUnavailable:
                # What is said meanwhile comes by the looks at the database.
                log.warning("the live hub lost the bus")
                await asyncio.sleep(LOOK_EACH_S)

    async def _listen_to(self, listener: Listener, known: set[str]) -> None:
        self._listener = listener
        try:
            for audience in set(self._heard_for) - known:
                await listener.add(audience)
            while True:
                if heard := await listener.get(LOOK_EACH_S):
                    self._take(*heard)
        finally:
            # Nobody may ask a listener for anything while it closes.
            if self._listener is listener:
                self._listener = None

    def _take(self, audience: str, message: Message) -> None:
        match message.get("type"):
            case "signed-out":
                for ear in self._ears_of(audience):
                    ear.sign_out()
            case "here":
                self._take_presence(audience, message)
            case "event":
                self._take_event(message)
            case "piece" | "progress" | "typing":
                for ear in self._ears_of(audience):
                    if audience in ear.watched:
                        ear.hear(message)

    def _take_event(self, message: Message) -> None:
        if not self._is_new(str(message["id"])):
            return
        audience = str(message["audience"])
        for ear in self._ears_of(audience):
            if audience in ear.watched or audience == f"user:{ear.who.actor.user_id}":
                ear.hear(message)
        if message["name"] in _RIGHTS:
            task = asyncio.create_task(self._look_at_rights(self._ears_of(audience)))
            self._running.append(task)
            task.add_done_callback(self._forget)

    def _forget(self, task: "asyncio.Task[None]") -> None:
        if task in self._running:
            self._running.remove(task)

    def _ears_of(self, audience: str) -> list[Ear]:
        return list(self._heard_for.get(audience, ()))

    def _is_new(self, event_id: str) -> bool:
        if event_id in self._told:
            return False
        self._told.add(event_id)
        self._told_order.append(event_id)
        if len(self._told_order) > _REMEMBERED:
            self._told.discard(self._told_order.popleft())
        return True

    async def _look(self) -> None:
        tick = 0
        while True:
            await asyncio.sleep(LOOK_EACH_S)
            tick += 1
            try:
                await self._look_at_sessions()
                if tick % _EVENTS_EACH == 0:
                    await self._look_at_events()
                if tick % _RIGHTS_EACH == 0:
                    await self._look_at_rights(list(self._ears))
                if tick % presence.REPEAT_S == 0:
                    for audience in list(self._presence):
                        await self._tell_presence(audience)
            except Exception:
                # A database that is away for a moment must not leave all sockets deaf for good.
                log.exception("the live hub could not look")

    async def _look_at_sessions(self) -> None:
        here = {ear.who for ear in self._ears}
        gone = here - await identity.signed_in_among(self._tools, here)
        for ear in list(self._ears):
            if ear.who in gone:
                ear.sign_out()

    async def _look_at_events(self) -> None:
        async with self._tools.work(SYSTEM) as ctx:
            lately = await missed.lately(ctx, set(self._heard_for), _LOOK_BACK_S)
        for message in lately:
            since = self._since.get(message["audience"], time.time())
            if message["seq"] is not None or missed.born(message) >= since:
                self._take_event(message)

    async def _look_at_rights(self, ears: Iterable[Ear]) -> None:
        by_person: dict[Actor, list[Ear]] = {}
        for ear in ears:
            by_person.setdefault(ear.who.actor, []).append(ear)
        for actor, theirs in by_person.items():
            watched = set[str]().union(*(ear.watched for ear in theirs))
            async with self._tools.work(actor) as ctx:
                allowed = await audiences.still_allowed(ctx, watched)
            for ear in theirs:
                # What was watched only since we asked was allowed a moment ago.
                for audience in (ear.watched & watched) - allowed:
                    ear.lose(audience)

    async def _tell_presence(self, audience: str, *, ask: bool = False) -> None:
        here = {str(ear.who.actor.user_id): ear.name for ear in self._watchers(audience)}
        told: dict[str, Any] = {"type": "here", "process": self._process, "people": here}
        self._take_presence(audience, told)
        await self._tools.bus.publish(audience, told | {"ask": ask, "at": time.time()})

    def _take_presence(self, audience: str, message: Message) -> None:
        known = self._presence.get(audience)
        if known is None:
            return
        known.hear(message["process"], message["people"])
        if message.get("ask") and message["process"] != self._process:
            task = asyncio.create_task(self._tell_presence(audience))
            self._running.append(task)
            task.add_done_callback(self._forget)
        if known.changed():
            told = presence.message(audience.partition(":")[2], known.told)
            for ear in self._watchers(audience):
                ear.hear(told)

    def _watchers(self, audience: str) -> list[Ear]:
        return [ear for ear in self._ears_of(audience) if audience in ear.watched]
