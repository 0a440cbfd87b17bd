"""A vendor whose every turn a test scripts: no sockets, no waiting."""

import asyncio
import json
from collections import deque
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

from samoey.kit.ports.upstreams import Deployment, Dialect, TimeLimits
from samoey.kit.problems import Problem

ANSWER = json.dumps(
    {
        "choices": [{"message": {"content": "Yes."}, "finish_reason": "stop"}],
        "usage": {"prompt_tokens": 10, "completion_tokens": 5},
    }
).encode()


@dataclass
class Scripted:
    """A reply made of parts; a problem among them is raised in its place."""

    told: list[bytes | Problem]
    status: int = 200
    content_type: str = "application/json"
    retry_after_s: float | None = None
    closed: bool = False

    async def parts(self) -> AsyncIterator[bytes]:
        for part in self.told:
            if isinstance(part, Problem):
                raise part
            yield part

    async def read(self, _most: int) -> bytes:
        return b"".join([part async for part in self.parts()])

    async def aclose(self) -> None:
        self.closed = True


def stream(*told: bytes | Problem) -> Scripted:
    return Scripted(list(told), content_type="text/event-stream")


def whole(status: int = 200, said: bytes = ANSWER) -> Scripted:
    return Scripted([said], status=status)


@dataclass
class Vendor:
    """Answers each deployment by its own list of turns, the last of them for ever."""

    turns: dict[str, deque[Scripted | Problem]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    patience: list[TimeLimits] = field(default_factory=list)
    held: asyncio.Event | None = None

    def says(self, name: str, *turns: Scripted | Problem) -> None:
        self.turns[name] = deque(turns)

    def dialects(self, _deployment: Deployment) -> frozenset[Dialect]:
        return frozenset({"openai.chat"})

    async def send(self, deployment: Deployment, _dialect: Dialect, _body: bytes) -> Scripted:
        self.asked.append(deployment.id)
        self.patience.append(deployment.limits)
        if self.held is not None:
            await self.held.wait()
        turns = self.turns[deployment.id]
        turn = turns.popleft() if len(turns) > 1 else turns[0]
        if isinstance(turn, Problem):
            raise turn
        return turn


@dataclass
class Clock:
    now: float = 50.0

    def __call__(self) -> float:
        return self.now
