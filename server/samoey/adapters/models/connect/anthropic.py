"""How Anthropic, and whoever speaks its words, is asked."""

from functools import lru_cache
from typing import Any

import msgspec
from msgspec import Raw

from samoey.adapters.models.connect.http import Headers, HttpReply, Vendors
from samoey.kit.ports.upstreams import Deployment, Dialect, VendorKey

_PATHS: dict[Dialect, str] = {
    "anthropic.messages": "/v1/messages",
    "anthropic.count_tokens": "/v1/messages/count_tokens",
}
_DIALECTS = frozenset(_PATHS)
# The one version that there is; what is new since comes by betas.
_VERSION = "2023-06-01"
_BETA = b'"anthropic_beta"'
_fields = msgspec.json.Decoder(dict[str, Raw])


class AnthropicUpstream:
    """The port's upstream for the kind `anthropic`."""

    def __init__(self, vendors: Vendors) -> None:
        self._vendors = vendors

    def dialects(self, deployment: Deployment) -> frozenset[Dialect]:
        """What such a deployment understands."""
        del deployment
        return _DIALECTS

    async def send(self, deployment: Deployment, dialect: Dialect, body: bytes) -> HttpReply:
        """Ask it."""
        headers = _headers(deployment.key)
        if _BETA in body:
            body, betas = _apart(body)
            if betas:
                headers = (*headers, ("anthropic-beta", ",".join(betas)))
        url = _url(deployment.base_url, _PATHS[dialect])
        return await self._vendors.post(url, headers, body, deployment.limits)


def _apart(body: bytes) -> tuple[bytes, list[str]]:
    """The body, and the betas that a caller asked for: Anthropic wants those in a header."""
    fields = _fields.decode(body)
    told = fields.pop("anthropic_beta", None)
    if told is None:
        return body, []
    betas: Any = msgspec.json.decode(told)
    listed = betas if isinstance(betas, list) else [betas]
    return msgspec.json.encode(fields), [str(one) for one in listed if _is_plain(one)]


def _is_plain(beta: Any) -> bool:
    """Whether a name can stand in a header."""
    return isinstance(beta, str) and beta.isascii() and beta.isprintable() and "," not in beta


@lru_cache(1024)
def _url(base: str, path: str) -> str:
    # Whoever is used to others' addresses gives one that ends in /v1.
    return base.rstrip("/").removesuffix("/v1") + path


@lru_cache(1024)
def _headers(key: VendorKey | None) -> Headers:
    told = (("Content-Type", "application/json"), ("anthropic-version", _VERSION))
    return told if key is None else (*told, ("x-api-key", key.reveal()))
