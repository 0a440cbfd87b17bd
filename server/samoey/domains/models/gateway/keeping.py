"""What the processes of an installation keep for each other, where nothing is promised.

A value that cannot be looked up in time, was changed, or belongs under another name, is not there.
"""

import asyncio
import hashlib
import hmac
import logging
import struct
import time
from collections import OrderedDict

from samoey.domains.models.gateway.breaker import Clock
from samoey.kit.ports.responses import Responses, ResponsesAway

log = logging.getLogger(__name__)

FRONT_BYTES = 16 * 2**20
# Longer than this nobody waits; and for so long then nobody asks again.
_PATIENCE_S, _REST_S = 0.25, 2.0
_SEAL_BYTES = 16
_MADE = struct.Struct("<d")


class Keeping:
    """Sealed values, each under its owner and name; the last ones used are at hand here, too."""

    def __init__(
        self,
        kept: Responses,
        *,
        secret: bytes,
        kept_s: float,
        front_bytes: int = FRONT_BYTES,
        patience_s: float = _PATIENCE_S,
        wall: Clock = time.time,
        clock: Clock = time.monotonic,
    ) -> None:
        self._kept, self._kept_s, self._patience_s = kept, kept_s, patience_s
        self._secret = hashlib.blake2b(b"what gateways keep", key=secret[:64]).digest()
        self._front: OrderedDict[tuple[str, str], bytes] = OrderedDict()
        self._most, self._size = front_bytes, 0
        self._wall, self._clock = wall, clock
        self._rests_until = 0.0

    async def find(self, owner: str, name: str, *, newest: bool = False) -> bytes | None:
        """What is kept; `newest` asks all processes, for what changes under its name."""
        if not newest and (sealed := self._front.get((owner, name))) is not None:
            self._front.move_to_end((owner, name))
            value = self._opened(owner, name, sealed)
            if value is not None:
                return value
            self._forget(owner, name)
        sealed = await self._fetched(owner, name)
        if sealed is None or (value := self._opened(owner, name, sealed)) is None:
            return None
        if not newest:
            self._remember(owner, name, sealed)
        return value

    async def keep(self, owner: str, name: str, value: bytes, *, changes: bool = False) -> None:
        """Keep a value, for a while and as long as there is room."""
        made = _MADE.pack(self._wall())
        sealed = self._seal(owner, name, made + value) + made + value
        if not changes:
            self._remember(owner, name, sealed)
        if self._clock() < self._rests_until:
            return
        try:
            async with asyncio.timeout(self._patience_s):
                await self._kept.keep(owner, name, sealed)
        except (ResponsesAway, TimeoutError):
            self._rest()

    async def _fetched(self, owner: str, name: str) -> bytes | None:
        if self._clock() < self._rests_until:
            return None
        try:
            async with asyncio.timeout(self._patience_s):
                return await self._kept.find(owner, name)
        except (ResponsesAway, TimeoutError):
            self._rest()
            return None

    def _rest(self) -> None:
        log.warning("answers cannot be kept or looked up for now")
        self._rests_until = self._clock() + _REST_S

    def _seal(self, owner: str, name: str, rest: bytes) -> bytes:
        place = f"{len(owner)}:{owner}{name}\n".encode()
        return hashlib.blake2b(place + rest, key=self._secret, digest_size=_SEAL_BYTES).digest()

    def _opened(self, owner: str, name: str, sealed: bytes) -> bytes | None:
        seal, rest = sealed[:_SEAL_BYTES], sealed[_SEAL_BYTES:]
        if len(rest) < _MADE.size or not hmac.compare_digest(seal, self._seal(owner, name, rest)):
            return None
        [made] = _MADE.unpack_from(rest)
        return rest[_MADE.size :] if self._wall() - made < self._kept_s else None

    def _remember(self, owner: str, name: str, sealed: bytes) -> None:
        self._forget(owner, name)
        if len(sealed) > self._most:
            return
        self._front[owner, name] = sealed
        self._size += len(sealed)
        while self._size > self._most:
            _, old = self._front.popitem(last=False)
            self._size -= len(old)

    def _forget(self, owner: str, name: str) -> None:
        self._size -= len(self._front.pop((owner, name), b""))
