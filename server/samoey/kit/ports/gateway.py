"""The seam to the gateway for the rooms of this house: the same routes, no key, no limits."""

from collections.abc import AsyncIterator
from typing import Protocol
from uuid import UUID

from msgspec import Struct

from samoey.kit.ports.upstreams import Deployment
from samoey.kit.problems import Problem


class Asker(Struct, frozen=True):
    """For whom a room asks: whose usage it is."""

    user_id: UUID
    workspace_id: UUID


class Answered(Protocol):
    """An answer in OpenAI's chat words: `body` when it came whole, else `parts` tells it."""

    status: int
    content_type: str
    body: bytes | None
    # Why a status is bad.
    problem: Problem | None
    # What it cost, in millionths of a dollar, once it ended.
    cost_micro: int | None

    @property
    def deployment(self) -> Deployment:
        """Who answers."""

    def parts(self) -> AsyncIterator[bytes]:
        """The events of a stream; raises a `Problem` where it breaks."""

    async def aclose(self) -> None:
        """Let go of it."""


class HouseGateway(Protocol):
    """What rooms may ask of the gateway."""

    async def ask(self, asker: Asker | None, body: bytes) -> Answered:
        """Ask for a chat; a problem of the way there is raised, one of the vendor may be told."""

    def written(self) -> list[str]:
        """The names that somebody wrote down: aliases, and models by their providers."""

    def stands_for(self, name: str) -> Deployment | None:
        """Who would answer first under a written name, or nobody."""

    def endpoints(self) -> list[Deployment]:
        """Those that take any model's name, by their providers."""

    async def listed(self, endpoint: Deployment) -> list[str]:
        """What an endpoint lists, asked for once in a while.

        Raises:
            Problem: it does not; that, too, is not asked for again at once.
        """

    def known(self, endpoint: Deployment) -> list[str]:
        """What is known of its list without asking."""
