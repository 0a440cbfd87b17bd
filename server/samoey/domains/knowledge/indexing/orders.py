"""What goes between a worker and the child process that indexes for it."""

from dataclasses import dataclass

import msgspec

from samoey.domains.knowledge.lexical.orders import Blobs, Built, Order


@dataclass(frozen=True, slots=True)
class Job:
    """What the child gets: the order, and how to read blobs."""

    order: Order
    blobs: Blobs


class Told(msgspec.Struct, omit_defaults=True):
    """A line that the child says: how far it is, what it made, or why it could not."""

    done: int = 0
    total: int = 0
    built: Built | None = None
    failed: str | None = None
    detail: str = ""


say = msgspec.json.Encoder().encode
hear = msgspec.json.Decoder(Told).decode
