"""The seam to the network's addresses: whether this installation may go where a person sends it."""

from typing import Protocol

from samoey.kit.problems import Forbidden, InvalidRequest, Unavailable


class PrivateAddress(InvalidRequest):
    """The address leads into the server's own network."""

    title = "This address leads into a private network."


class OutsideAddress(Forbidden):
    """The settings keep this inside the own network, and the address lies outside."""

    title = "This address lies outside the own network."


class HostUnknown(Unavailable):
    """The name of the host leads to no address now."""

    title = "The host name cannot be resolved."


class AddressGuard(Protocol):
    """Judges addresses that people type; what was judged is what is gone to."""

    def check(self, host: str, port: int) -> None:
        """Refuse a number of a network that is not gone to, in any spelling; asks nobody.

        Raises:
            PrivateAddress, OutsideAddress: it is one.
        """
        ...

    async def pin(self, host: str, port: int) -> tuple[str, ...]:
        """The numbers behind a name, all of which may be gone to.

        Raises:
            HostUnknown: the name has none.
            PrivateAddress, OutsideAddress: one of them lies where one may not go.
        """
        ...
