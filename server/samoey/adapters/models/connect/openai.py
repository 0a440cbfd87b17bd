"""How OpenAI and everything that speaks its words is asked, Azure's way of addressing too."""

from functools import lru_cache
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from samoey.adapters.models.connect.http import Headers, HttpReply, Vendors
from samoey.kit.ports.upstreams import Deployment, Dialect, TimeLimits, VendorKey

_DIALECTS: frozenset[Dialect] = frozenset(
    {"openai.chat", "openai.completions", "openai.embeddings"}
)
_PATHS: dict[Dialect, str] = {
    "openai.chat": "/chat/completions",
    "openai.completions": "/completions",
    "openai.embeddings": "/embeddings",
}
# The newest of Azure's dated versions that is not a preview; an address may name another.
_AZURE_VERSION = "2024-10-21"


class OpenAIUpstream:
    """The port's upstream for the kinds `openai` and `azure`."""

    def __init__(self, vendors: Vendors) -> None:
        self._vendors = vendors

    def dialects(self, deployment: Deployment) -> frozenset[Dialect]:
        """What such a deployment understands."""
        del deployment
        return _DIALECTS

    async def send(self, deployment: Deployment, dialect: Dialect, body: bytes) -> HttpReply:
        """Ask it."""
        azure = deployment.kind == "azure"
        url = _url(deployment.base_url, _PATHS[dialect], deployment.model if azure else None)
        headers = _headers(deployment.key, azure)
        return await self._vendors.post(url, headers, body, deployment.limits)

    async def models(self, deployment: Deployment, limits: TimeLimits) -> HttpReply:
        """Ask for the list of models that answer there."""
        azure = deployment.kind == "azure"
        url = _url(deployment.base_url, "/models", "" if azure else None)
        return await self._vendors.get(url, _headers(deployment.key, azure), limits)


@lru_cache(1024)
def _url(base: str, path: str, azure_model: str | None) -> str:
    address = urlsplit(base)
    folder, query = address.path.rstrip("/"), dict(parse_qsl(address.query))
    if azure_model is not None and not folder.endswith("/v1"):
        at = f"/deployments/{azure_model}" if azure_model else ""
        folder = f"{folder.removesuffix('/openai')}/openai{at}"
        query.setdefault("api-version", _AZURE_VERSION)
    return urlunsplit((address.scheme, address.netloc, folder + path, urlencode(query), ""))


@lru_cache(1024)
def _headers(key: VendorKey | None, azure: bool) -> Headers:  # noqa: FBT001 - a cache key
    told = (("Content-Type", "application/json"),)
    if key is None:
        return told
    shown = ("api-key", key.reveal()) if azure else ("Authorization", f"Bearer {key.reveal()}")
    return (*told, shown)
