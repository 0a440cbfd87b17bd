"""Asks one address from many connections at once, each as soon as it has its answer.

Bare asyncio protocols: what drives the load must cost less than what it measures. Run as a program
it prints what it saw as JSON.
"""

import asyncio
import json
import sys
import time
from typing import Any
from urllib.parse import urlsplit


class Asking(asyncio.Protocol):
    """One connection that asks again and again."""

    def __init__(self, seen: "Seen", request: bytes) -> None:
        self._seen, self._request = seen, request
        self._transport: Any = None
        self._rest = b""
        self._left = -1
        self._chunked = self._first = False
        self.began = 0.0
        self.idle = False

    # uvloop's transports are asyncio's in all but their class.
    def connection_made(self, transport: Any) -> None:
        self._transport = transport
        self.ask()

    def ask(self) -> None:
        if self._transport is None or self._seen.over:
            return
        self._rest, self._left, self._first, self.idle = b"", -1, False, False
        self.began = time.perf_counter()
        self._transport.write(self._request)

    def data_received(self, data: bytes) -> None:
        if self._left < 0:
            self._rest += data
            head, blank, data = self._rest.partition(b"\r\n\r\n")
            if not blank:
                return
            self._read_head(head)
            if self._left < 0:
                return
        if self._chunked:
            self._read_chunks(data)
            return
        self._left -= len(data)
        if self._left <= 0:
            self._done()

    def _read_head(self, head: bytes) -> None:
        if b" 200 " not in head[:16]:
            self._seen.errors += 1
        lowered = head.lower()
        at = lowered.find(b"content-length:")
        self._chunked = at < 0
        self._left = 0 if at < 0 else int(lowered[at + 15 :].split(b"\r\n", 1)[0])
        self._tail = b""

    def _read_chunks(self, data: bytes) -> None:
        if b"data:" in data:
            if not self._first:
                self._first = True
                self._seen.firsts.append(time.perf_counter() - self.began)
            self._seen.chunks += data.count(b"data:")
        self._tail = (self._tail + data)[-7:]
        if self._tail.endswith(b"\r\n0\r\n\r\n") or self._tail == b"0\r\n\r\n":
            self._done()

    def _done(self) -> None:
        self._seen.times.append(time.perf_counter() - self.began)
        self.idle = True
        if not self._seen.paced:
            self.ask()

    def connection_lost(self, _exc: Exception | None) -> None:
        if not self._seen.over:
            self._seen.errors += 1
        self._transport = None


class Seen:
    """What all connections saw."""

    def __init__(self, *, paced: bool) -> None:
        self.times: list[float] = []
        self.firsts: list[float] = []
        self.chunks = self.errors = 0
        self.over, self.paced = False, paced


def request_of(url: str, key: str, body: bytes) -> bytes:
    address = urlsplit(url)
    head = (
        f"POST {address.path} HTTP/1.1\r\nHost: {address.netloc}\r\nAuthorization: Bearer {key}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


async def drive(
    url: str, key: str, body: bytes, connections: int, seconds: float, rate: float
) -> Seen:
    """Ask for so long; with a rate, so often in a second and no oftener."""
    seen = Seen(paced=rate > 0)
    address = urlsplit(url)
    loop = asyncio.get_running_loop()
    request = request_of(url, key, body)
    asking = []
    for _ in range(connections):
        _, one = await loop.create_connection(
            lambda: Asking(seen, request), address.hostname, address.port
        )
        asking.append(one)
    began = loop.time()
    asked = 0
    while (now := loop.time()) - began < seconds:
        due = int((now - began) * rate) if rate else 0
        # The one that rested longest: servers close what rests too long.
        resting = sorted((it for it in asking if it.idle), key=lambda it: it.began)
        for one in resting[: due - asked]:
            one.ask()
            asked += 1
        await asyncio.sleep(0.01 if rate else 0.1)
    seen.over = True
    return seen


def summed(seen: Seen, seconds: float) -> dict[str, Any]:
    times, firsts = sorted(seen.times), sorted(seen.firsts)

    def at(sorted_s: list[float], share: float) -> float:
        return sorted_s[int(len(sorted_s) * share)] * 1000 if sorted_s else 0.0

    return {
        "requests": len(times),
        "errors": seen.errors,
        "rps": len(times) / seconds,
        "p50_ms": at(times, 0.5),
        "p99_ms": at(times, 0.99),
        "first_ms": at(firsts, 0.5),
        "chunks": seen.chunks,
    }


if __name__ == "__main__":
    import uvloop

    order = json.loads(sys.argv[1])
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        found = runner.run(
            drive(
                order["url"],
                order["key"],
                order["body"].encode(),
                order["connections"],
                order["seconds"],
                order.get("rate", 0),
            )
        )
    print(json.dumps(summed(found, order["seconds"])))
