"""Answers that programs come back to, on Redis 7 or Valkey."""

import hashlib
from typing import Any

from samoey.adapters.redis_client import answered, client
from samoey.kit.ports.responses import ResponsesAway

_ANSWER_S = 5.0

# Keys of one owner share a hash tag: the order of what is kept, its sizes (the whole under ''), and
# the documents, whose keys begin with the order's.
_OPEN = """
local order, sizes = KEYS[1], KEYS[2]
local function forget(name)
  local size = redis.call('HGET', sizes, name)
  local there = redis.call('DEL', order .. ':' .. name)
  redis.call('ZREM', order, name)
  if size then
    redis.call('HDEL', sizes, name)
    redis.call('HINCRBY', sizes, '', -size)
  end
  return there
end
"""
_KEEP = (
    _OPEN
    + """
local name, document, kept_ms, most = ARGV[1], ARGV[2], tonumber(ARGV[3]), tonumber(ARGV[4])
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
for _, old in ipairs(redis.call('ZRANGE', order, '-inf', now - kept_ms, 'BYSCORE')) do
  forget(old)
end
forget(name)
local size = #document
while tonumber(redis.call('HGET', sizes, '') or 0) + size > most do
  local oldest = redis.call('ZRANGE', order, 0, 0)[1]
  if not oldest then break end
  forget(oldest)
end
redis.call('SET', order .. ':' .. name, document, 'PX', kept_ms)
redis.call('ZADD', order, now, name)
redis.call('HSET', sizes, name, size)
redis.call('HINCRBY', sizes, '', size)
redis.call('PEXPIRE', order, kept_ms)
redis.call('PEXPIRE', sizes, kept_ms)
"""
)
_DROP = _OPEN + "return forget(ARGV[1])"


class ValkeyResponses:
    """The port's responses; `prefix` keeps installations apart, `most_bytes` is an owner's."""

    def __init__(
        self,
        url: str,
        *,
        prefix: str,
        kept_s: float,
        most_bytes: int,
        answer_s: float = _ANSWER_S,
    ) -> None:
        self._redis = client(url, connect_s=answer_s, health_check_interval=30)
        self._answer_s = answer_s
        self._prefix = prefix
        self._kept_ms, self._most = round(kept_s * 1000), most_bytes
        self._keep = self._redis.register_script(_KEEP)
        self._drop = self._redis.register_script(_DROP)

    async def close(self) -> None:
        """Close every connection."""
        await self._redis.aclose()

    async def keep(self, owner: str, name: str, document: bytes) -> bool:
        """Keep a document, letting go of the owner's oldest where it is too much."""
        if len(document) > self._most:
            return False
        async with answered(self._answer_s, ResponsesAway):
            await self._keep(
                keys=self._keys(owner), args=[name, document, self._kept_ms, self._most]
            )
        return True

    async def find(self, owner: str, name: str) -> bytes | None:
        """The document, if it is still there."""
        async with answered(self._answer_s, ResponsesAway):
            found: Any = await self._redis.get(f"{self._keys(owner)[0]}:{name}")
        return None if found is None else bytes(found)

    async def drop(self, owner: str, name: str) -> bool:
        """Forget it."""
        async with answered(self._answer_s, ResponsesAway):
            there: Any = await self._drop(keys=self._keys(owner), args=[name])
        return bool(there)

    def _keys(self, owner: str) -> list[str]:
        # Whatever an owner is called: the name is part of a key, and must not end its hash tag.
        tag = hashlib.sha256(owner.encode()).hexdigest()[:32]
        order = f"{self._prefix}responses:{{{tag}}}"
        return [order, f"{order}:"]
