"""The seam to what looks at answers of models before anybody sees them."""

from typing import Protocol

from msgspec import Struct


class Passed(Struct, frozen=True):
    """It is told as it is."""


class Replaced(Struct, frozen=True):
    """It is told in other words."""

    text: str


class Ended(Struct, frozen=True):
    """Neither it nor anything after it is told; the reason is, where the vendor has a place."""

    reason: str


Verdict = Passed | Replaced | Ended
PASSED = Passed()


class Answering(Struct, frozen=True, kw_only=True):
    """Whose answer it is, and to which request; `key_id` None is a person in the product itself."""

    request_id: str
    user_id: str
    workspace_id: str
    key_id: str | None
    model: str


class Inspection(Protocol):
    """One answer's; it may remember what it saw."""

    async def look(self, text: str) -> Verdict:
        """The next cut of what a model says: a whole text, or some sentences of one that streams.

        What it raises ends the answer with an error: nothing is told that was not looked at.
        """


class Inspector(Protocol):
    """Looks at every answer of one process."""

    def begin(self, answering: Answering) -> Inspection:
        """An answer is about to be told."""
