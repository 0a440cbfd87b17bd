"""What a model's process is asked to run, and what it says until it answers."""

import hashlib
from typing import Literal

import msgspec
from msgspec import Struct

from samoey.kit.ports.upstreams import Checkpoint

# Another protocol must not meet a process that was started before it changed.
_PROTOCOL = 1

Failure = Literal["missing", "memory", "refused", "broken"]


class CannotLoad(Exception):
    """What was asked for cannot be had of this model or on this machine; says why."""


class Order(Struct, frozen=True, kw_only=True):
    """One model: where its files are, how it is run, and where it shall listen."""

    checkpoint: Checkpoint
    folder: str
    adapter: str | None
    socket: str
    threads: int | None = None
    context_tokens: int | None = None
    # How long it stays when everybody who may ask it has gone.
    alone_s: float = 5


class Said(Struct, frozen=True, omit_defaults=True):
    """The one line that a process says: that it answers, or why it never will."""

    ready: bool = False
    failure: Failure | None = None
    detail: str = ""


read_order = msgspec.json.Decoder(Order).decode
read_said = msgspec.json.Decoder(Said).decode
write = msgspec.json.encode


def key_of(checkpoint: Checkpoint, context_tokens: int | None, threads: int | None) -> str:
    """A short name for one way to run one model: who wants the same shares the process."""
    how = (
        checkpoint.folder,
        checkpoint.adapter,
        checkpoint.task,
        checkpoint.device,
        checkpoint.dtype,
        checkpoint.quantization,
        context_tokens,
        threads,
        _PROTOCOL,
    )
    return hashlib.sha256(write(how)).hexdigest()[:16]
