"""Ids that sort by birth, made in Python so that no database extension is needed."""

import os
import time
from uuid import UUID

_VERSION_7 = 0x7 << 76
_VARIANT = 0b10 << 62


def new_id() -> UUID:
    """Make a UUIDv7 (RFC 9562, 5.7): 48 bits of milliseconds, then 74 bits of chance."""
    return UUID(int=_number())


def new_text_id() -> str:
    """The same as it is written: a third less work, where every request needs one."""
    digits = f"{_number():032x}"
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"


def _number() -> int:
    milliseconds = time.time_ns() // 1_000_000
    chance = int.from_bytes(os.urandom(10), "big")
    high = (chance >> 62) & 0xFFF
    low = chance & ((1 << 62) - 1)
    return (milliseconds << 80) | _VERSION_7 | (high << 64) | _VARIANT | low
