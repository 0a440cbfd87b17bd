"""Whether a model fits into this machine's memory: looked at before it is loaded, not after."""

import json
from collections.abc import Sequence
from math import prod
from pathlib import Path

from msgspec import Struct

_LENGTH = 8
_LONGEST_HEADER = 100_000_000
# Python, torch and transformers themselves, before any weights.
_ITSELF = 700 * 2**20
# What is read while it is loaded, and what computing takes.
_MARGIN = 1.15
_GIB = 2**30


# How many tokens of conversations are kept or let go together.
PAGE = 64


class Room(Struct, frozen=True, kw_only=True):
    """What a device gives to the conversations of one model, all counts of tokens but two.

    `conversations` of full length are kept at once, but no more than `most_tokens`; `step_tokens`
    are read in a step, of at most `together` requests.
    """

    conversations: int
    most_tokens: int
    step_tokens: int
    together: int


class Weights(Struct, frozen=True):
    """How many numbers a model has, and how many bytes they take on the disk."""

    numbers: int
    size: int


def weights(files: Sequence[Path]) -> Weights:
    """What the heads of weight files tell; raises `ValueError` for what is no such file."""
    numbers = size = 0
    for path in files:
        with path.open("rb") as file:
            length = int.from_bytes(file.read(_LENGTH), "little")
            if not 0 < length <= _LONGEST_HEADER:
                message = f"{path.name} is no file of weights"
                raise ValueError(message)
            head = json.loads(file.read(length))
        for name, tensor in head.items():
            if name != "__metadata__":
                numbers += prod(tensor["shape"])
        size += path.stat().st_size
    return Weights(numbers, size)


def needed(found: Weights, *, dtype: str, quantization: str) -> int:
    """How many bytes loading a model into main memory takes at its worst."""
    if quantization == "int8":
        # They are read as whole numbers first, and each part is made small in its turn.
        size = found.numbers * 4
    elif dtype == "auto":
        size = found.size
    else:
        size = found.numbers * (4 if dtype == "float32" else 2)
    return round(size * _MARGIN) + _ITSELF


def pages(room: Room, context: int, fitting: int | None) -> int:
    """How many pages are kept for conversations of `context` tokens, where `fitting` tokens fit."""
    kept = max(context, min(context * room.conversations, room.most_tokens))
    return -(-(kept if fitting is None else min(kept, max(fitting, PAGE))) // PAGE) + 2


def available(root: Path = Path("/")) -> int | None:
    """How many bytes may still be taken, by the machine and by the limit of our control group."""
    try:
        lines = (root / "proc/meminfo").read_text("ascii").splitlines()
        found = next(line for line in lines if line.startswith("MemAvailable:"))
        free = int(found.split()[1]) * 1024
    except (OSError, StopIteration, ValueError):
        return None
    limit, used = (_number(root / "sys/fs/cgroup" / name) for name in _GROUP)
    return free if limit is None or used is None else min(free, max(0, limit - used))


_GROUP = ("memory.max", "memory.current")


def _number(path: Path) -> int | None:
    try:
        return int(path.read_text("ascii"))
    except (OSError, ValueError):
        # No control group, or one without a limit.
        return None


def told(size: int) -> str:
    """Bytes, for people."""
    return f"{size / _GIB:.1f} GiB"
