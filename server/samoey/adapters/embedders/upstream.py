"""Models that run in this process: asked like a vendor's, in OpenAI's words, without a network."""

import asyncio
import base64
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, Any, Literal

import msgspec
from msgspec import Struct

from samoey.kit.ports.embedder import Embedded, Embedder
from samoey.kit.ports.upstreams import Deployment, Dialect, TooSlow

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

# As many texts as OpenAI takes at once.
MOST_TEXTS = 2048
_EMBEDDINGS: Dialect = "openai.embeddings"


class _Asked(Struct):
    input: str | list[Any]
    encoding_format: Literal["float", "base64"] = "float"
    dimensions: int | None = None


_asked = msgspec.json.Decoder(_Asked)


class _Refused(Exception):
    """The request cannot be answered as it stands."""

    def __init__(self, param: str, message: str) -> None:
        super().__init__(message)
        self.param = param


class WholeReply:
    """An answer that is there at once."""

    content_type = "application/json"
    retry_after_s: float | None = None

    def __init__(self, status: int, body: bytes) -> None:
        self.status, self._body = status, body

    async def parts(self) -> AsyncIterator[bytes]:
        """The body in one piece."""
        yield self._body

    async def read(self, most: int) -> bytes:
        """The whole body; it is ours, so it is no longer than we make it."""
        del most
        return self._body

    async def aclose(self) -> None:
        """There is nothing to let go of."""


class LocalUpstream:
    """The port's upstream for the kind `local`: the one embedder."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder

    def dialects(self, deployment: Deployment) -> frozenset[Dialect]:
        """It makes vectors, and nothing else."""
        del deployment
        return frozenset({_EMBEDDINGS})

    async def send(self, deployment: Deployment, dialect: Dialect, body: bytes) -> WholeReply:
        """Make vectors of what is asked."""
        del dialect
        try:
            asked, texts = _read(body, self._embedder)
        except _Refused as refused:
            return WholeReply(400, _refusal(refused))
        try:
            async with asyncio.timeout(deployment.limits.whole_s):
                embedded = await self._embedder.embed(texts)
        except TimeoutError:
            raise TooSlow(f"{len(texts)} texts took too long.", stage="whole") from None
        # Thousands of numbers take a while to be written down.
        told = await asyncio.to_thread(_told, asked, embedded, self._embedder.name)
        return WholeReply(200, told)


def _read(body: bytes, embedder: Embedder) -> tuple[_Asked, list[str]]:
    try:
        asked = _asked.decode(body)
    except msgspec.MsgspecError as error:
        param = "encoding_format" if "encoding_format" in str(error) else "input"
        raise _Refused(param, str(error)) from None
    if asked.dimensions not in {None, embedder.dimensions}:
        raise _Refused(
            "dimensions",
            f"{embedder.name} makes vectors of {embedder.dimensions} numbers, and of no other "
            "length.",
        )
    texts = [asked.input] if isinstance(asked.input, str) else asked.input
    if not texts or len(texts) > MOST_TEXTS:
        raise _Refused("input", f"Send 1 to {MOST_TEXTS:,} texts; these are {len(texts):,}.")
    if not all(isinstance(text, str) for text in texts):
        raise _Refused(
            "input",
            f"{embedder.name} takes texts. Numbers of another model's tokens mean nothing to it.",
        )
    if not all(texts):
        raise _Refused("input", "An empty text has no vector.")
    return asked, texts


def _told(asked: _Asked, embedded: Embedded, name: str) -> bytes:
    rows = embedded.vectors
    write = _numbers if asked.encoding_format == "float" else _base64
    tokens = sum(embedded.tokens)
    return msgspec.json.encode(
        {
            "object": "list",
            "data": [
                {"object": "embedding", "index": at, "embedding": write(row)}
                for at, row in enumerate(rows)
            ],
            "model": name,
            "usage": {"prompt_tokens": tokens, "total_tokens": tokens},
        }
    )


def _numbers(row: "NDArray[np.float32]") -> list[float]:
    # As many digits as make the same number again.
    return [float(f"{value:.9g}") for value in row.tolist()]


def _base64(row: "NDArray[np.float32]") -> str:
    return base64.b64encode(row.astype("<f4").tobytes()).decode("ascii")


def _refusal(refused: _Refused) -> bytes:
    return msgspec.json.encode(
        {
            "error": {
                "message": str(refused),
                "type": "invalid_request_error",
                "param": refused.param,
                "code": None,
            }
        }
    )
