"""The seam to vendors for whoever connects one: its address, its list, and a first word."""

from typing import Literal, Protocol

from msgspec import Struct

from samoey.kit.ports.upstreams import Checkpoint, Deployment
from samoey.kit.problems import InvalidRequest


class VendorAddressRefused(InvalidRequest):
    """It is not the address of a server that answers for models, or lies where one may not go."""

    title = "This address cannot be used for a model provider."


class CheckpointRefused(InvalidRequest):
    """It is no folder of a model, or lies where models are not taken from; says what to do."""

    title = "This folder cannot be used as a model."


class CheckpointSeen(Struct, frozen=True):
    """What a folder holds: what its model is made for, and how much text fits."""

    task: Literal["generate", "embed"]
    context_tokens: int | None


class VendorDesk(Protocol):
    """What can be asked of a vendor before people use it."""

    def check(self, base_url: str) -> None:
        """Look at an address before it is kept; names are looked up by whoever goes there.

        Raises:
            VendorAddressRefused: it is none, or carries what an address must not.
            PrivateAddress, OutsideAddress: it is a number of a network that is not gone to.
        """
        ...

    async def look(self, checkpoint: Checkpoint) -> CheckpointSeen:
        """Look at a folder before it is kept.

        Raises:
            CheckpointRefused: it is no folder of a model, or lies where none is taken from.
        """
        ...

    async def models(self, deployment: Deployment) -> list[str]:
        """The names that the vendor lists, in its order; the deployment's model does not matter.

        Raises:
            Problem: one of the model port's, in plain words.
        """
        ...

    async def try_out(self, deployment: Deployment) -> str:
        """Ask for a word or two, and tell the name of the model that answered.

        Raises:
            Problem: one of the model port's, in plain words.
        """
        ...
