"""The seam to answers that programs come back to: kept for a while, each key's for itself."""

from typing import Protocol

from samoey.kit.problems import Unavailable


class ResponsesAway(Unavailable):
    """What was kept cannot be looked up now."""

    title = "The answers that were kept cannot be looked up now."


class Responses(Protocol):
    """What is kept under an owner's name; nobody else finds it.

    All of it is bounded: by time, and by how much one owner may keep, the oldest going first.
    """

    async def keep(self, owner: str, name: str, document: bytes) -> bool:
        """Keep a document; False where it is larger than all that an owner may keep.

        Raises:
            ResponsesAway: it could not be kept.
        """
        ...

    async def find(self, owner: str, name: str) -> bytes | None:
        """The document, if it is still there.

        Raises:
            ResponsesAway: nobody can tell now.
        """
        ...

    async def drop(self, owner: str, name: str) -> bool:
        """Forget it; whether it was there.

        Raises:
            ResponsesAway: nobody can tell now.
        """
        ...
