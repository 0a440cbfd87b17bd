"""What tests of conversations have in common: code to ask about, and somebody who asks."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx

from samoey.domains.chat import service as chat
from samoey.domains.chat.schemas import ConversationOut, MessageOut, NewConversation, NewMessage
from samoey.domains.repositories import service as repositories
from samoey.domains.repositories.schemas import NewRepository
from tests.author import Author
from tests.house.processes import RunningHouse
from tests.make import Somebody

API = "/api/v1/conversations"

ENGINE = '''\
class Engine:
    """Turns fuel into motion."""

    def start_engine(self, fuel):
        """Ignite the fuel once."""
        return ignite(fuel)
'''
SPARK = '''\
def ignite(fuel):
    """Make a spark; see Engine."""
    return fuel + 1
'''


async def with_code(house: RunningHouse, folder: Path, ada: Somebody) -> Author:
    """A repository with an engine, indexed and ready."""
    author = Author(folder / "motor")
    author.write("app/engine.py", ENGINE)
    author.write("app/spark.py", SPARK)
    author.commit()
    new = NewRepository(workspace_id=ada.workspace_id, source=str(author.folder))
    await repositories.add_repository(house.tools, ada.actor, new)
    await house.drain()
    return author


@dataclass(slots=True)
class Talk:
    """One conversation and the person who speaks in it."""

    house: RunningHouse
    somebody: Somebody
    conversation: ConversationOut

    @classmethod
    async def begin(cls, house: RunningHouse, somebody: Somebody, **changes: Any) -> "Talk":
        new = NewConversation(workspace_id=somebody.workspace_id, **changes)
        async with house.tools.work(somebody.actor) as ctx:
            return cls(house, somebody, await chat.start_conversation(ctx, new))

    async def post(self, text: str = "How does the engine start?", **changes: Any) -> MessageOut:
        new = NewMessage(text=text, **changes)
        return await chat.post_message(
            self.house.tools, self.somebody.actor, self.conversation.id, new
        )

    async def answer_to(self, question_id: UUID) -> MessageOut:
        async with self.house.tools.work(self.somebody.actor) as ctx:
            return await chat.answer_to(ctx, self.conversation.id, question_id)

    async def ask(self, text: str = "How does the engine start?", **changes: Any) -> MessageOut:
        """Ask, have it answered, and read the answer."""
        question = await self.post(text, **changes)
        await self.house.drain()
        return await self.answer_to(question.id)

    async def messages(self) -> list[MessageOut]:
        async with self.house.tools.work(self.somebody.actor) as ctx:
            return await chat.messages(ctx, self.conversation.id)


async def started(client: httpx.AsyncClient, ada: Somebody, **changes: Any) -> dict[str, Any]:
    """A conversation, begun at the REST door."""
    response = await client.post(
        API, json={"workspace_id": str(ada.workspace_id)} | changes, headers=ada.headers
    )
    assert response.status_code == 201, response.text
    begun: dict[str, Any] = response.json()
    return begun


async def posted(
    client: httpx.AsyncClient, ada: Somebody, conversation_id: str, text: str, **changes: Any
) -> dict[str, Any]:
    """A question, asked at the REST door."""
    response = await client.post(
        f"{API}/{conversation_id}/messages", json={"text": text} | changes, headers=ada.headers
    )
    assert response.status_code == 201, response.text
    question: dict[str, Any] = response.json()
    return question
