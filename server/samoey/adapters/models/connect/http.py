"""How vendors are reached: connections that are kept, limits of time, failures without a key."""

import asyncio
import base64
import ssl
from collections import defaultdict, deque
from functools import cached_property, lru_cache
from typing import NamedTuple, cast
from urllib.parse import urlsplit

from yarl import URL

from samoey.adapters.models.connect.guarded import Made, first_of, numbers_of
from samoey.adapters.models.connect.wire import Connection, HttpReply
from samoey.kit.ports.network import AddressGuard
from samoey.kit.ports.upstreams import TimeLimits, TooSlow, Unreachable
from samoey.kit.problems import Unavailable

__all__ = ["Headers", "HttpReply", "Vendors"]

# Name and value of each; a tuple, so that what a vendor is always told is put together once.
Headers = tuple[tuple[str, str], ...]

_PORTS = {"https": 443, "http": 80}
_UNSPEAKABLE = frozenset("\0\r\n")


class Place(NamedTuple):
    """Where an address leads: connections to the same place are shared."""

    host: str
    port: int
    secure: bool


class Way(NamedTuple):
    """An address, judged and taken apart."""

    place: Place
    authority: str
    target: str
    credentials: str


class Vendors:
    """The way to every vendor. Opens nothing before the first request."""

    def __init__(self, guard: AddressGuard) -> None:
        self._guard = guard
        self._resting: defaultdict[Place, deque[Connection]] = defaultdict(deque)
        self._known: set[Connection] = set()
        self._way = lru_cache(1024)(self._judged)

    async def close(self) -> None:
        """Close every connection."""
        while self._known:
            for connection in self._known:
                connection.abort()
            await asyncio.sleep(0)

    async def post(self, url: str, headers: Headers, body: bytes, limits: TimeLimits) -> HttpReply:
        """Send `body`; what comes back may be good or bad.

        Raises:
            Unreachable, TooSlow: no answer began.
            Problem: the guard of the network does not let it go there.
        """
        way = self._way(url)
        head = _head("POST", way, headers) + b"Content-Length: %d\r\n\r\n" % len(body)
        return await self._ask(way, head, body, limits)

    async def get(self, url: str, headers: Headers, limits: TimeLimits) -> HttpReply:
        """Ask for a small document, such as the list of models; raises as `post` does."""
        way = self._way(url)
        return await self._ask(way, _head("GET", way, headers) + b"\r\n", b"", limits)

    async def _ask(self, way: Way, head: bytes, body: bytes, limits: TimeLimits) -> HttpReply:
        started = asyncio.get_running_loop().time()
        resting = self._resting[way.place]
        while resting:
            # The one that rested least is the least likely to be closed at this moment.
            connection = resting.pop()
            if connection.rested():
                break
        else:
            connection = await self._connected(way.place, resting, limits)
        # Redirects are not followed: they would carry the key to an address that nobody chose.
        return await connection.ask(head, body, limits, started)

    async def _connected(
        self, place: Place, resting: deque[Connection], limits: TimeLimits
    ) -> Connection:
        loop, host = asyncio.get_running_loop(), place.host

        async def connect(number: str) -> Made:
            return await loop.create_connection(
                lambda: Connection(host, resting, self._known),
                number,
                place.port,
                ssl=self._certificates if place.secure else None,
                server_hostname=host.rstrip(".") if place.secure else None,
            )

        try:
            async with asyncio.timeout(limits.first_s):
                numbers = await numbers_of(self._guard, host, place.port)
                async with asyncio.timeout(limits.connect_s):
                    _, connection = await first_of(numbers, connect)
        except (OSError, ssl.CertificateError) as error:
            raise _failure(error, host) from None
        return cast("Connection", connection)

    @cached_property
    def _certificates(self) -> ssl.SSLContext:
        context = ssl.create_default_context()
        context.set_alpn_protocols(["http/1.1"])
        return context

    def _judged(self, url: str) -> Way:
        address = urlsplit(url)
        if address.scheme not in _PORTS or not address.hostname:
            raise Unreachable("The address of this model is no http(s) address.")
        self._guard.check(address.hostname, address.port or _PORTS[address.scheme])
        found = URL(url)
        place = Place(
            found.raw_host or "",
            found.port or _PORTS[address.scheme],
            secure=address.scheme == "https",
        )
        given = f"{found.user or ''}:{found.password or ''}"
        return Way(
            place,
            found.host_port_subcomponent or place.host,
            found.raw_path_qs,
            "" if given == ":" else base64.b64encode(given.encode()).decode(),
        )


@lru_cache(1024)
def _head(method: str, way: Way, headers: Headers) -> bytes:
    """The head of a request, but for its end; neither proxies nor cookies are known here."""
    said = [("Host", way.authority), ("User-Agent", "samoey"), ("Accept", "*/*")]
    said += [("Accept-Encoding", "identity"), *headers]
    if way.credentials and not any(name.lower() == "authorization" for name, _ in headers):
        said.append(("Authorization", f"Basic {way.credentials}"))
    lines = [f"{method} {way.target} HTTP/1.1", *(f"{name}: {value}" for name, value in said)]
    if any(not _UNSPEAKABLE.isdisjoint(line) for line in lines):
        raise Unreachable(f"The key or the address of {way.place.host} holds more than one line.")
    return "".join(f"{line}\r\n" for line in lines).encode()


def _failure(error: Exception, host: str) -> Unavailable:
    """Why there is no connection, as the port's problem: no foreign words, which may hold a key."""
    match error:
        case TimeoutError():
            return TooSlow(f"{host} did not take the connection in time.", stage="connect")
        case ssl.SSLError() | ssl.CertificateError():
            return Unreachable(f"The certificate of {host} does not hold.")
    return Unreachable(f"{host} cannot be reached.")
