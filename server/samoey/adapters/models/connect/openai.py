"""How to reach an OpenAI-compatible endpoint: one lazy session, own time limits, plain problems."""

import asyncio
import ipaddress
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import aiohttp
import msgspec
from pydantic import SecretStr

from samoey.kit.ports.models import (
    ModelBusy,
    ModelNotAllowed,
    ModelNotFound,
    ModelPromptTooLong,
    ModelRefusedKey,
    ModelRefusedRequest,
    ModelSpokeNonsense,
    ModelUnavailable,
)
from samoey.kit.problems import Problem

_MOST_ERROR_BYTES = 64 * 1024
_MOST_LIST_BYTES = 8 * 1024 * 1024
_LONGEST_QUOTE = 300
_LONGEST_WAIT_S = 3600


@dataclass(frozen=True, slots=True)
class Limits:
    """How long to wait: for the connection, for the first word, between two words."""

    connect_s: float = 10
    first_word_s: float = 120
    next_word_s: float = 60


class _ErrorBody(msgspec.Struct):
    message: str | None = None
    code: Any = None
    type: str | None = None


class _Failure(msgspec.Struct):
    error: _ErrorBody | str


def is_local(host: str) -> bool:
    """Whether a host name or address lies in the own network, judged without asking DNS."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return "." not in host or host.endswith((".local", ".internal", ".localhost"))
    return address.is_private or address.is_loopback


class Endpoint:
    """One OpenAI-compatible endpoint. Opens nothing before the first request."""

    def __init__(
        self,
        base_url: str,
        *,
        key: SecretStr | None,
        limits: Limits | None = None,
        local_only: bool = False,
    ) -> None:
        """Raises `ModelNotAllowed` for an address outside, where the settings forbid that."""
        address = urlsplit(base_url)
        if address.scheme not in {"http", "https"} or not address.hostname:
            raise ModelNotAllowed(f"{base_url!r} is no http(s) address; mend OPENAI_BASE_URL.")
        if local_only and not is_local(address.hostname):
            raise ModelNotAllowed(
                f"{address.hostname} lies outside, and SAMOEY_MODELS__LOCAL_ONLY forbids that."
            )
        self.base_url = base_url.rstrip("/")
        self.host = address.hostname
        self._key = key
        self._limits = limits or Limits()
        self._session: aiohttp.ClientSession | None = None

    def __repr__(self) -> str:
        return f"Endpoint({self.base_url!r})"

    async def close(self) -> None:
        """Close the session, if one was ever opened."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    def _opened(self) -> aiohttp.ClientSession:
        if self._session is None or self._session.closed:
            headers = {"User-Agent": "samoey"}
            if self._key is not None and self._key.get_secret_value():
                headers["Authorization"] = f"Bearer {self._key.get_secret_value()}"
            self._session = aiohttp.ClientSession(
                headers=headers,
                # Neither proxies nor credentials come from the environment: the settings rule.
                trust_env=False,
                connector=aiohttp.TCPConnector(limit=0),
                timeout=aiohttp.ClientTimeout(total=None, sock_connect=self._limits.connect_s),
            )
        return self._session

    @asynccontextmanager
    async def post(self, path: str, body: bytes) -> AsyncIterator["Answer"]:
        """Send `body`; inside the block the answer is good and can be read piece by piece."""
        with _told_plainly(self.host):
            async with asyncio.timeout(self._limits.first_word_s):
                response = await self._opened().post(
                    self.base_url + path,
                    data=body,
                    headers={"Content-Type": "application/json", "Accept": "text/event-stream"},
                    # A redirect would carry the key to an address that nobody chose.
                    allow_redirects=False,
                )
        try:
            if response.status != 200:  # noqa: PLR2004 - the one good status
                raise await self._problem(response)
            yield Answer(response, self.host, self._limits)
        finally:
            response.close()

    async def get(self, path: str) -> bytes:
        """Read a small JSON document."""
        with _told_plainly(self.host):
            async with (
                asyncio.timeout(self._limits.connect_s),
                self._opened().get(self.base_url + path, allow_redirects=False) as response,
            ):
                if response.status != 200:  # noqa: PLR2004 - the one good status
                    raise await self._problem(response)
                return await _some(response, _MOST_LIST_BYTES)

    async def _problem(self, response: aiohttp.ClientResponse) -> Problem:
        with _told_plainly(self.host):
            async with asyncio.timeout(self._limits.connect_s):
                body = await _some(response, _MOST_ERROR_BYTES)
        return problem_of(self.host, response.status, response.headers.get("Retry-After"), body)


class Answer:
    """A good answer on its way."""

    def __init__(self, response: aiohttp.ClientResponse, host: str, limits: Limits) -> None:
        self._response, self._host, self._limits = response, host, limits
        self.content_type = response.content_type

    async def parts(self) -> AsyncIterator[bytes]:
        """The body as it comes; raises `ModelUnavailable` when it breaks off or falls silent."""
        limit = self._limits.first_word_s
        while True:
            with _told_plainly(self._host):
                async with asyncio.timeout(limit):
                    part = await self._response.content.readany()
            if not part:
                return
            limit = self._limits.next_word_s
            yield part


@contextmanager
def _told_plainly(host: str) -> Iterator[None]:
    """Turn what aiohttp raises into problems, at the edge of this adapter."""
    try:
        yield
    except (aiohttp.ClientPayloadError, aiohttp.ServerDisconnectedError) as error:
        raise ModelUnavailable(f"The connection to {host} broke off. Try again.") from error
    except TimeoutError as error:
        raise ModelUnavailable(
            f"{host} did not answer in time. Try again, or look at that server."
        ) from error
    except aiohttp.ClientSSLError as error:
        raise ModelUnavailable(
            f"The certificate of {host} does not hold. Look at OPENAI_BASE_URL."
        ) from error
    except (aiohttp.ClientConnectorError, OSError) as error:
        raise ModelUnavailable(
            f"{host} cannot be reached. Look at OPENAI_BASE_URL and the network."
        ) from error
    except aiohttp.ClientError as error:
        raise ModelSpokeNonsense(
            f"{host} does not speak HTTP as expected. Look at OPENAI_BASE_URL."
        ) from error


async def _some(response: aiohttp.ClientResponse, most: int) -> bytes:
    body = bytearray()
    async for part in response.content.iter_any():
        body += part
        if len(body) > most:
            return bytes(body[:most])
    return bytes(body)


def problem_of(host: str, status: int, retry_after: str | None, body: bytes) -> Problem:
    """What a refusal means for the person who asked, and what to do about it."""
    said, code = _said(body)
    quote = f" It says: {said}" if said else ""
    match status:
        case 401 | 403:
            # The vendor's sentence is left out: it may quote a part of the key.
            return ModelRefusedKey(f"{host} does not accept it. Check OPENAI_API_KEY.")
        case 429:
            return _busy(host, code, retry_after)
        case 404 | 405:
            return _missing(host, said, code)
        case 400 | 413 | 422:
            return _refused(host, status, said, code)
        case _ if status >= 500 or status in {408, 425}:  # noqa: PLR2004 - HTTP's own
            return ModelUnavailable(f"{host} answered with status {status}. Try again.{quote}")
        case _ if 300 <= status < 400:  # noqa: PLR2004 - HTTP's own
            return ModelSpokeNonsense(
                f"{host} sends on to another address; set OPENAI_BASE_URL to the final one."
            )
    return ModelSpokeNonsense(f"{host} answered with status {status}.{quote}")


def _missing(host: str, said: str, code: str) -> Problem:
    if code == "model_not_found" or "model" in said.lower():
        return ModelNotFound(
            f"{host} does not know this model. Choose another one. It says: {said}"
        )
    return ModelSpokeNonsense(
        f"{host} has no chat door at this address; OPENAI_BASE_URL mostly ends in /v1."
    )


def _refused(host: str, status: int, said: str, code: str) -> Problem:
    too_long = code == "context_length_exceeded" or "context length" in said.lower()
    if too_long or status == 413:  # noqa: PLR2004 - HTTP's own
        return ModelPromptTooLong(
            f"{host} takes less text. Lower SAMOEY_CHAT__PROMPT_TOKENS or ask in a new "
            "conversation."
        )
    return ModelRefusedRequest(f"{host} refuses what was asked. It says: {said or 'nothing'}")


def _busy(host: str, code: str, retry_after: str | None) -> Problem:
    if code == "insufficient_quota":
        return ModelBusy(f"The account at {host} has no quota left. Look at its billing page.")
    seconds = _seconds(retry_after)
    when = f"in {seconds} s" if seconds else "in a moment"
    return ModelBusy(f"{host} takes no more now. Try again {when}.", retry_after=seconds)


def _seconds(retry_after: str | None) -> int:
    try:
        return max(0, min(_LONGEST_WAIT_S, round(float(retry_after or 0))))
    except (ValueError, OverflowError):
        return 0


def _said(body: bytes) -> tuple[str, str]:
    try:
        error = msgspec.json.decode(body, type=_Failure).error
    except msgspec.MsgspecError:
        return "", ""
    if isinstance(error, str):
        return error[:_LONGEST_QUOTE], ""
    return (error.message or "")[:_LONGEST_QUOTE], str(error.code or error.type or "")
