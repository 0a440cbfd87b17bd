"""Connections to models go where the guard of the network lets them, and nowhere else."""

import socket

from aiohttp import TCPConnector
from aiohttp.abc import AbstractResolver, ResolveResult

from samoey.kit.ports.network import AddressGuard

_FLAGS = socket.AI_NUMERICHOST | socket.AI_NUMERICSERV


class GuardedResolver(AbstractResolver):
    """Gives aiohttp the numbers that were judged, so that no second look can differ.

    aiohttp never asks for a host that is a number already: whoever connects has that checked.
    """

    def __init__(self, guard: AddressGuard) -> None:
        self._guard = guard

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """The numbers of a name; raises the guard's problems for one that leads astray."""
        # The connection takes any family: `pin` leaves out what this machine cannot speak.
        del family
        return [
            ResolveResult(
                hostname=host,
                host=number,
                port=port,
                family=socket.AF_INET6 if ":" in number else socket.AF_INET,
                proto=0,
                flags=_FLAGS,
            )
            for number in await self._guard.pin(host, port)
        ]

    async def close(self) -> None:
        """There is nothing to close."""


def guarded_connector(guard: AddressGuard) -> TCPConnector:
    """A connector without a limit of its own, whose names are judged by `guard`."""
    return TCPConnector(limit=0, resolver=GuardedResolver(guard))
