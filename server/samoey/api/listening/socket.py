"""One person's socket: what they watch, where in it they are, and what they still have to hear."""

import asyncio
import json
import logging
import time
from contextlib import suppress
from typing import Annotated, Any, Literal, cast
from uuid import UUID

from fastapi import WebSocket, WebSocketDisconnect
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from samoey.api.listening import audiences, missed
from samoey.api.listening.hub import Hub
from samoey.domains.chat import service as chat
from samoey.domains.chat.errors import ConversationNotFound
from samoey.domains.chat.schemas import ToldPiece
from samoey.kit.context import Tools
from samoey.kit.credentials import SignedIn
from samoey.kit.ports.bus import BusUnavailable, Message
from samoey.kit.problems import InvalidRequest, Problem, TooMany

log = logging.getLogger(__name__)

SIGNED_OUT, OTHER_SITE, TOO_SLOW, BROKEN = 4401, 4403, 4408, 1011
MOST_WATCHED = 100
_LONGEST_WISH = 4_000
_LONGEST_AUDIENCE = 100
_TYPING_EACH_S = 1.0
_GOODBYE_S = 10.0
# A conversation whose pieces fell silent while its answer is open is looked at again.
_SILENCE_S = 2.0
_NEVER = float("inf")


class _Wish(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Watch(_Wish):
    """Hear an audience, from the event after number `after` on."""

    type: Literal["watch"]
    audience: Annotated[str, Field(max_length=_LONGEST_AUDIENCE)]
    after: Annotated[int, Field(ge=0)] | None = None


class Unwatch(_Wish):
    """Hear it no longer."""

    type: Literal["unwatch"]
    audience: Annotated[str, Field(max_length=_LONGEST_AUDIENCE)]


class Typing(_Wish):
    """Let the others see that one writes."""

    type: Literal["typing"]
    conversation_id: Annotated[str, Field(max_length=_LONGEST_AUDIENCE)]


Wish = Watch | Unwatch | Typing
_wishes: TypeAdapter[Wish] = TypeAdapter(Annotated[Wish, Field(discriminator="type")])


class Socket:
    """What is said to one person, in order: wishes and what is heard go through one queue."""

    def __init__(
        self, websocket: WebSocket, tools: Tools, hub: Hub, *, who: SignedIn, name: str
    ) -> None:
        self.who, self.name = who, name
        self.watched: set[str] = set()
        self._websocket, self._tools, self._hub = websocket, tools, hub
        self._todo: asyncio.Queue[Wish | Message] = asyncio.Queue(tools.settings.chat.live_queue)
        self._over: asyncio.Future[int | None] = asyncio.get_running_loop().create_future()
        # Per watched conversation the number of the last event that was sent.
        self._seen: dict[str, int] = {}
        # Per open answer: its conversation, the attempt and index that come next, and since when.
        self._answers: dict[str, tuple[str, int, int, float]] = {}
        self._typed_at = 0.0

    async def run(self) -> None:
        """Serve until somebody ends it."""
        tasks: list[asyncio.Task[None]] = []
        try:
            await self._hub.join(self)
            tasks += [asyncio.create_task(self._receive()), asyncio.create_task(self._work())]
            code = await self._over
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await self._hub.leave(self)
        if code is not None:
            # A slow peer still gets the code; one that reads no more cannot be waited for.
            with suppress(RuntimeError, WebSocketDisconnect, TimeoutError):
                async with asyncio.timeout(_GOODBYE_S):
                    await self._websocket.close(code)

    def hear(self, message: Message) -> None:
        """Take what was said to one of the watched audiences."""
        self._put(message)

    def lose(self, audience: str) -> None:
        """Learn that this audience may be watched no longer."""
        self._put({"type": "lost", "audience": audience})

    def sign_out(self) -> None:
        """Learn that the door is closed."""
        self._end(SIGNED_OUT)

    def _put(self, item: Wish | Message) -> None:
        try:
            self._todo.put_nowait(item)
        except asyncio.QueueFull:
            self._end(TOO_SLOW)

    def _end(self, code: int | None) -> None:
        if not self._over.done():
            self._over.set_result(code)

    async def _receive(self) -> None:
        try:
            async for text in self._websocket.iter_text():
                await self._take(text)
        except (WebSocketDisconnect, RuntimeError, KeyError):
            # A binary frame is a KeyError in Starlette: nobody of ours sends one.
            self._end(BROKEN)
        self._end(None)

    async def _take(self, text: str) -> None:
        if len(text) > _LONGEST_WISH:
            self._put(_problem(InvalidRequest("This message is too long.")))
            return
        try:
            wish = _wishes.validate_json(text)
        except ValidationError:
            self._put(_problem(InvalidRequest("Send watch, unwatch or typing.")))
            return
        # A client that wishes faster than it can be served waits; it is no slow reader.
        await self._todo.put(wish)

    async def _work(self) -> None:
        try:
            while True:
                try:
                    async with asyncio.timeout(_SILENCE_S):
                        item = await self._todo.get()
                except TimeoutError:
                    await self._look_at_silent_answers()
                else:
                    await self._serve(item)
        except (WebSocketDisconnect, RuntimeError):
            self._end(None)
        except Exception:
            log.exception("a live socket broke")
            self._end(BROKEN)

    async def _serve(self, item: Wish | Message) -> None:
        match item:
            case Watch():
                await self._watch(item)
            case Unwatch():
                await self._hub.unwatch(self, item.audience)
                self._forget(item.audience)
            case Typing():
                await self._type(item)
            case {"type": "lost", "audience": audience}:
                await self._hub.unwatch(self, audience)
                self._forget(audience)
                await self._send(_problem(audiences.NoSuchAudience(audience=audience)))
            case {"type": "event", "seq": int()}:
                await self._tell_event(item)
            case {"type": "piece"}:
                await self._tell_piece(cast("ToldPiece", item))
            case {"type": "typing", "user_id": user_id} if user_id == str(self.who.actor.user_id):
                pass
            case _:
                await self._send(item)

    async def _watch(self, wish: Watch) -> None:
        if len(self.watched) >= MOST_WATCHED and wish.audience not in self.watched:
            full = TooMany(f"{MOST_WATCHED} at most; unwatch one.", audience=wish.audience)
            await self._send(_problem(full))
            return
        try:
            workspace_id, seq = await audiences.workspace_to_hear(
                self._tools, self.who.actor, wish.audience
            )
        except Problem as refused:
            refused.extra.setdefault("audience", wish.audience)
            await self._send(_problem(refused))
            return
        await self._hub.watch(self, wish.audience, f"workspace:{workspace_id}")
        await self._send({"type": "watching", "audience": wish.audience, "seq": seq})
        if seq is None:
            return
        self._seen[wish.audience] = seq if wish.after is None else min(wish.after, seq)
        await self._catch_up(wish.audience)
        await self._join_running(wish.audience)

    async def _catch_up(self, audience: str) -> None:
        """Send every event of an audience that came after the last one that was sent."""
        while True:
            async with self._tools.work(self.who.actor) as ctx:
                page = await missed.after(ctx, audience, self._seen[audience])
            for message in page:
                await self._send(message)
                self._seen[audience] = message["seq"]
            if len(page) < missed.PAGE:
                return

    async def _tell_event(self, message: Message) -> None:
        audience = message["audience"]
        seen = self._seen.get(audience)
        if seen is None or message["seq"] <= seen:
            return
        if message["seq"] > seen + 1:
            await self._catch_up(audience)
            return
        await self._send(message)
        self._seen[audience] = message["seq"]

    async def _join_running(self, audience: str) -> None:
        """Begin each answer that is being written at its first piece."""
        conversation_id = audiences.conversation_of(audience)
        assert conversation_id is not None
        async with self._tools.work(self.who.actor) as ctx:
            try:
                running = await chat.running_answers(ctx, conversation_id)
            except ConversationNotFound:
                return
        for answer in running:
            answer_id = str(answer.message_id)
            if answer.attempt:
                self._answers[answer_id] = (audience, answer.attempt, 0, time.monotonic())
                await self._replay(answer_id)

    async def _tell_piece(self, message: ToldPiece) -> None:
        audience = f"conversation:{message['conversation_id']}"
        if audience not in self.watched:
            return
        answer_id, attempt, index = message["message_id"], message["attempt"], message["index"]
        _, known, following, _ = self._answers.get(answer_id, (audience, 0, 0, 0.0))
        if attempt < known or (attempt == known and index < following):
            return
        following = following if attempt == known else 0
        self._answers[answer_id] = (audience, attempt, following, time.monotonic())
        if index > following:
            await self._replay(answer_id)
        else:
            await self._send_piece(message)

    async def _send_piece(self, message: ToldPiece) -> None:
        answer_id = message["message_id"]
        audience, attempt, following, _ = self._answers[answer_id]
        if (message["attempt"], message["index"]) != (attempt, following):
            return
        await self._send({**message})
        heard_at = _NEVER if message["kind"] == "end" else time.monotonic()
        self._answers[answer_id] = (audience, attempt, following + 1, heard_at)

    async def _replay(self, answer_id: str) -> None:
        """Send the pieces of an answer that were not heard, from where they are kept."""
        try:
            kept = await chat.pieces_of(self._tools, UUID(answer_id))
        except BusUnavailable:
            return
        for _, piece in kept:
            audience, attempt, _, _ = self._answers[answer_id]
            if piece["attempt"] > attempt:
                self._answers[answer_id] = (audience, piece["attempt"], 0, time.monotonic())
            await self._send_piece(piece)

    async def _look_at_silent_answers(self) -> None:
        since = time.monotonic() - _SILENCE_S
        for answer_id, (audience, _, following, at) in list(self._answers.items()):
            if at < since:
                await self._replay(answer_id)
                if self._answers[answer_id][2] == following:
                    await self._note_ended(answer_id, audience)

    async def _note_ended(self, answer_id: str, audience: str) -> None:
        conversation_id = audiences.conversation_of(audience)
        assert conversation_id is not None
        async with self._tools.work(self.who.actor) as ctx:
            try:
                running = await chat.running_answers(ctx, conversation_id)
            except ConversationNotFound:
                running = []
        if answer_id not in {str(answer.message_id) for answer in running}:
            # Remembered as over: a piece that comes late must not begin it anew.
            self._answers[answer_id] = (*self._answers[answer_id][:3], _NEVER)

    def _forget(self, audience: str) -> None:
        self._seen.pop(audience, None)
        for answer_id in [it for it, known in self._answers.items() if known[0] == audience]:
            del self._answers[answer_id]

    async def _type(self, wish: Typing) -> None:
        audience, now = f"conversation:{wish.conversation_id}", time.monotonic()
        if audience not in self.watched or now - self._typed_at < _TYPING_EACH_S:
            return
        self._typed_at = now
        await self._tools.bus.publish(
            audience,
            {
                "type": "typing",
                "conversation_id": wish.conversation_id,
                "user_id": str(self.who.actor.user_id),
                "name": self.name,
            },
        )

    async def _send(self, message: Message) -> None:
        await self._websocket.send_text(json.dumps(message, ensure_ascii=False))


def _problem(problem: Problem) -> dict[str, Any]:
    return {**problem.document(), "type": "problem", "problem": f"/problems/{problem.slug()}"}
