"""What endpoints list by themselves: asked for once in a while, whoever wants to know."""

from typing import Protocol

from msgspec import Struct

from samoey.domains.models.gateway.breaker import Clock
from samoey.domains.models.gateway.shapes import Deployment
from samoey.kit.problems import Problem

_KEPT_S = 60.0


class Desk(Protocol):
    """Where a vendor's own list of models can be had."""

    async def models(self, deployment: Deployment, /) -> list[str]:
        """The names that the vendor lists."""
        ...


class Listed(Struct, frozen=True):
    """What an endpoint listed, or why it did not."""

    at: float
    names: list[str]
    problem: Problem | None = None


class Lists:
    """The lists of all endpoints, each kept for a while; so is that there was none."""

    def __init__(self, desk: Desk, clock: Clock) -> None:
        self._desk, self._clock = desk, clock
        self._kept: dict[str, Listed] = {}

    async def of(self, endpoint: Deployment) -> Listed:
        """What an endpoint lists."""
        now = self._clock()
        kept = self._kept.get(endpoint.id)
        if kept is None or now - kept.at > _KEPT_S:
            try:
                kept = Listed(now, await self._desk.models(endpoint))
            except Problem as problem:
                kept = Listed(now, [], problem)
            self._kept[endpoint.id] = kept
        return kept

    def known(self, endpoint: Deployment) -> list[str]:
        """What is known of it without asking."""
        kept = self._kept.get(endpoint.id)
        return kept.names if kept else []
