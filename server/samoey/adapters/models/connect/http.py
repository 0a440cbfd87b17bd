"""How vendors are reached: one session for all, limits of time, failures told without a key."""

import asyncio
import io
import math
from collections.abc import AsyncIterator, Mapping
from functools import lru_cache
from typing import Literal
from urllib.parse import urlsplit

import aiohttp
from yarl import URL

from samoey.adapters.models.connect.guarded import guarded_connector
from samoey.kit.ports.network import AddressGuard
from samoey.kit.ports.upstreams import BrokeOff, TimeLimits, TooSlow, Unreachable
from samoey.kit.problems import Unavailable

Stage = Literal["connect", "first", "gap", "whole"]

_LONGEST_WAIT_S = 3600.0
# A larger body is handed to the socket in parts, so that the loop is not held up.
_IN_ONE_GO = 512 * 1024
_PORTS = {"https": 443, "http": 80}
_LATE: dict[Stage, str] = {
    "first": "did not answer in time",
    "gap": "fell silent in the middle of its answer",
    "whole": "did not come to the end of its answer in time",
}


class Vendors:
    """The way to every vendor. Opens nothing before the first request."""

    def __init__(self, guard: AddressGuard) -> None:
        self._guard = guard
        self._session: aiohttp.ClientSession | None = None
        self._url = lru_cache(1024)(self._judged)

    async def close(self) -> None:
        """Close the session, if one was ever opened."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    def _judged(self, url: str) -> URL:
        address = urlsplit(url)
        if address.scheme not in _PORTS or not address.hostname:
            raise Unreachable("The address of this model is no http(s) address.")
        self._guard.check(address.hostname, address.port or _PORTS[address.scheme])
        return URL(url)

    def _opened(self) -> aiohttp.ClientSession:
        if self._session is None or self._session.closed:
            self._session = aiohttp.ClientSession(
                headers={"User-Agent": "samoey", "Accept-Encoding": "identity"},
                # Neither proxies nor credentials come from the environment: the settings rule.
                trust_env=False,
                auto_decompress=False,
                connector=guarded_connector(self._guard),
                cookie_jar=aiohttp.DummyCookieJar(),
            )
        return self._session

    async def post(
        self, url: str, headers: Mapping[str, str], body: bytes, limits: TimeLimits
    ) -> "HttpReply":
        """Send `body`; what comes back may be good or bad.

        Raises:
            Unreachable, TooSlow: no answer began.
            Problem: the guard of the network does not let it go there.
        """
        return await self._ask("POST", url, headers, limits, body)

    async def get(self, url: str, headers: Mapping[str, str], limits: TimeLimits) -> "HttpReply":
        """Ask for a small document, such as the list of models; raises as `post` does."""
        return await self._ask("GET", url, headers, limits, None)

    async def _ask(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str],
        limits: TimeLimits,
        body: bytes | None,
    ) -> "HttpReply":
        target = self._url(url)
        started = asyncio.get_running_loop().time()
        try:
            async with asyncio.timeout(limits.first_s):
                response = await self._opened().request(
                    method,
                    target,
                    data=io.BytesIO(body) if body and len(body) > _IN_ONE_GO else body,
                    headers=headers,
                    # A redirect would carry the key to an address that nobody chose.
                    allow_redirects=False,
                    timeout=_timeout(limits.connect_s),
                )
        except (aiohttp.ClientError, OSError) as error:
            raise failure(error, target.host or "", begun=False) from None
        return HttpReply(response, limits, started)


class HttpReply:
    """An answer on its way; one timer watches over it, however many parts it has."""

    def __init__(
        self, response: aiohttp.ClientResponse, limits: TimeLimits, started: float
    ) -> None:
        self._response, self._limits = response, limits
        self.status = response.status
        self.content_type = response.headers.get("Content-Type", "")
        self.retry_after_s = seconds_of(response.headers.get("Retry-After"))
        self._loop = asyncio.get_running_loop()
        # The first part has as long as is left for it; each later one the time between two.
        self._due, self._end = started + limits.first_s, started + limits.whole_s
        self._stage: Stage = "first"
        self._late: Stage | None = None
        self._timer: asyncio.TimerHandle | None = None

    def _look(self) -> None:
        """Give up on what is late; else look again when it could next be."""
        now = self._loop.time()
        if now >= self._end or now >= self._due:
            self._late = "whole" if now >= self._end else self._stage
            self._response.close()
            return
        soon = now + self._limits.gap_s
        self._timer = self._loop.call_at(min(self._due, self._end, soon), self._look)

    async def parts(self) -> AsyncIterator[bytes]:
        """The body as it comes."""
        content, gap_s, now = self._response.content, self._limits.gap_s, self._loop.time
        self._timer = self._loop.call_at(min(self._due, self._end), self._look)
        try:
            while part := await content.readany():
                # How long a part is looked at by others is no fault of the vendor's.
                self._stage, self._due = "gap", math.inf
                yield part
                self._due = now() + gap_s
        except (aiohttp.ClientError, OSError) as error:
            if self._late is None:
                raise failure(error, self._response.url.host or "", begun=True) from None
        finally:
            self._timer.cancel()
        if self._late is not None:
            raise TooSlow(f"{self._response.url.host} {_LATE[self._late]}.", stage=self._late)

    async def read(self, most: int) -> bytes:
        """The whole body."""
        length, content = self._response.content_length, self._response.content
        if length is not None and length > most:
            raise BrokeOff(f"The answer is longer than {most:,} bytes.")
        if length is not None and content.is_eof() and content.exception() is None:
            # It came with its head, as short answers do: there is nothing to watch over.
            return content.read_nowait()
        found, size = [], 0
        async for part in self.parts():
            found.append(part)
            size += len(part)
            if size > most:
                raise BrokeOff(f"The answer is longer than {most:,} bytes.")
        return found[0] if len(found) == 1 else b"".join(found)

    async def aclose(self) -> None:
        """Let go of the connection; one that was not read to its end is closed."""
        if self._timer is not None:
            self._timer.cancel()
        if self._response.content.at_eof():
            self._response.release()
        else:
            self._response.close()


@lru_cache(256)
def _timeout(connect_s: float) -> aiohttp.ClientTimeout:
    return aiohttp.ClientTimeout(total=None, sock_connect=connect_s)


def seconds_of(retry_after: str | None) -> float | None:
    """After how many seconds to come back; a date is not believed, whose clock is not ours."""
    try:
        return max(0.0, min(_LONGEST_WAIT_S, float(retry_after or "")))
    except ValueError:
        return None


def failure(error: Exception, host: str, *, begun: bool) -> Unavailable:
    """What aiohttp raised, as the port's problem: none of its words, which might hold a key."""
    broken = BrokeOff if begun else Unreachable
    match error:
        case aiohttp.ConnectionTimeoutError():
            return TooSlow(f"{host} did not take the connection in time.", stage="connect")
        case TimeoutError():
            return TooSlow(f"{host} did not answer in time.", stage="first")
        case aiohttp.ClientSSLError():
            return Unreachable(f"The certificate of {host} does not hold.")
        case aiohttp.ClientConnectorError():
            return Unreachable(f"{host} cannot be reached.")
        case aiohttp.ClientConnectionError() | aiohttp.ClientPayloadError() | OSError():
            return broken(f"The connection to {host} broke off.")
    return broken(f"{host} does not speak HTTP as expected.")
