"""A client of `/live` over a real socket, for tests."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from websockets.asyncio.client import ClientConnection, connect

from tests.make import Somebody

Message = dict[str, Any]


class Wire:
    """What one client hears."""

    def __init__(self, connection: ClientConnection) -> None:
        self.connection = connection
        self.heard: list[Message] = []

    async def say(self, **message: Any) -> None:
        await self.connection.send(json.dumps(message))

    async def watch(self, audience: str, **more: Any) -> Message:
        await self.say(type="watch", audience=audience, **more)
        return await self.until(
            lambda it: it.get("audience") == audience and it["type"] in {"watching", "problem"}
        )

    async def next(self, *, within_s: float = 10) -> Message:
        async with asyncio.timeout(within_s):
            message: Message = json.loads(await self.connection.recv())
        self.heard.append(message)
        return message

    async def until(self, wanted: Callable[[Message], bool], *, within_s: float = 10) -> Message:
        """The first message from now on that is wanted."""
        async with asyncio.timeout(within_s):
            while not wanted(message := await self.next(within_s=within_s)):
                pass
        return message

    async def silence(self, seconds: float) -> list[Message]:
        """What comes in this time, presence left out."""
        came = []
        try:
            async with asyncio.timeout(seconds):
                while True:
                    came.append(await self.next())
        except TimeoutError:
            return [message for message in came if message["type"] != "presence"]

    def events(self, audience: str) -> list[tuple[int, str]]:
        return [
            (it["seq"], it["name"])
            for it in self.heard
            if it["type"] == "event" and it["audience"] == audience
        ]

    def text(self, message_id: str) -> str:
        """What a client shows of an answer: the pieces of its highest attempt, in order."""
        pieces = [
            it for it in self.heard if it["type"] == "piece" and it["message_id"] == message_id
        ]
        attempt = max((it["attempt"] for it in pieces), default=0)
        latest = [it for it in pieces if it["attempt"] == attempt]
        assert [it["index"] for it in latest] == list(range(len(latest)))
        return "".join(it["text"] for it in latest if it["kind"] == "text")


@asynccontextmanager
async def wire(url: str, somebody: Somebody | None = None, **options: Any) -> AsyncIterator[Wire]:
    """A socket of somebody who shows a bearer token; of nobody else by default."""
    headers = dict(options.pop("headers", {})) | (somebody.headers if somebody else {})
    address = url.replace("http://", "ws://") + "/live" + options.pop("query", "")
    async with connect(
        address, additional_headers=headers, compression=None, proxy=None, **options
    ) as connection:
        yield Wire(connection)
