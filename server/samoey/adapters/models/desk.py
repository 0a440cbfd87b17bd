"""What is asked of a vendor when somebody connects it: its list of models, and a first word."""

import asyncio
import re
from typing import Any
from urllib.parse import urlsplit

import msgspec

from samoey.adapters.checkpoints.folders import Folders
from samoey.adapters.models.know.openai import traits
from samoey.adapters.models.ways import Ways
from samoey.kit.ports.models import (
    ModelBusy,
    ModelNotFound,
    ModelRefusedKey,
    ModelRefusedRequest,
    ModelSpokeNonsense,
    ModelUnavailable,
)
from samoey.kit.ports.network import AddressGuard
from samoey.kit.ports.upstreams import Checkpoint, Deployment, Dialect, Reply, TimeLimits, Upstream
from samoey.kit.ports.vendors import CheckpointSeen, VendorAddressRefused
from samoey.kit.problems import Problem

_PORTS = {"https": 443, "http": 80}
# The one query that belongs to an address: Azure's.
_AZURE_QUERY = re.compile(r"api-version=[\w.-]+")
_GOOD = 200
_MOST_BYTES = 8 * 1024 * 1024
_LONGEST_QUOTE = 300
# A person waits, and wants to hear soon that nothing comes.
_LONGEST = TimeLimits(connect_s=5, first_s=30, gap_s=30, whole_s=60)
_FEW_TOKENS = 16
_WORDS = "Say OK."


class _Listed(msgspec.Struct):
    id: str


class _List(msgspec.Struct):
    data: list[_Listed]


class _Said(msgspec.Struct):
    message: str | None = None
    code: Any = None


class _Failure(msgspec.Struct):
    error: _Said | str | None = None
    message: str | None = None


class _Answer(msgspec.Struct):
    model: str | None = None
    choices: list[Any] | None = None
    content: list[Any] | None = None
    data: list[Any] | None = None


class VendorsDesk:
    """The port's desk, by the ways on which the gateway itself goes."""

    def __init__(self, guard: AddressGuard, ways: Ways, limits: TimeLimits = _LONGEST) -> None:
        """Wait as long as `limits` say, and no longer than a person likes to."""
        self._guard, self._ways = guard, ways
        self._limits = TimeLimits(
            connect_s=min(limits.connect_s, _LONGEST.connect_s),
            first_s=min(limits.first_s, _LONGEST.first_s),
            gap_s=min(limits.gap_s, _LONGEST.gap_s),
            whole_s=min(limits.whole_s, _LONGEST.whole_s),
        )

    def check(self, base_url: str) -> None:
        """Look at an address before it is kept."""
        try:
            address = urlsplit(base_url)
            host, port = address.hostname, address.port
        except ValueError:
            raise VendorAddressRefused("This is not a well-formed address.") from None
        if address.scheme not in _PORTS or not host:
            raise VendorAddressRefused("Give the whole address, beginning with https://.")
        if address.username is not None or address.password is not None:
            raise VendorAddressRefused("An address carries no password; give the key as the key.")
        if address.fragment or (address.query and not _AZURE_QUERY.fullmatch(address.query)):
            raise VendorAddressRefused("An address carries no query and no fragment.")
        self._guard.check(host, port or _PORTS[address.scheme])

    async def look(self, checkpoint: Checkpoint) -> CheckpointSeen:
        """Look at a folder before it is kept."""
        folders = self._folders()
        return await asyncio.to_thread(folders.look, checkpoint)

    def _folders(self) -> Folders:
        checkpoints = self._ways.checkpoints
        return Folders(()) if checkpoints is None else checkpoints.folders

    async def models(self, deployment: Deployment) -> list[str]:
        """The names that the vendor lists; of those that run here, the folders that there are."""
        if deployment.kind == "transformers":
            return await asyncio.to_thread(self._folders().found)
        base, key = deployment.base_url, deployment.key.reveal() if deployment.key else None
        match deployment.kind:
            case "anthropic":
                url = f"{base.removesuffix('/v1')}/v1/models?limit=1000"
                headers = {"anthropic-version": "2023-06-01"} | ({"x-api-key": key} if key else {})
            case "azure":
                raise ModelRefusedRequest(
                    "Azure lists no deployments to a key. Type the name that you gave yours."
                )
            case _:
                url = f"{base}/models"
                headers = {"Authorization": f"Bearer {key}"} if key else {}
        told = await self._ways.vendors.get(url, tuple(headers.items()), self._limits)
        body = await _good(told, deployment)
        try:
            listed = msgspec.json.decode(body, type=_List)
        except (msgspec.MsgspecError, UnicodeDecodeError):
            raise _no_models(deployment) from None
        return list(dict.fromkeys(model.id for model in listed.data))

    async def try_out(self, deployment: Deployment) -> str:
        """Ask for a word or two."""
        upstream = self._ways.upstreams.get(deployment.kind)
        if upstream is None:
            raise ModelRefusedRequest(
                f"Nothing here speaks with a provider of kind {deployment.kind}."
            )
        patient = msgspec.structs.replace(deployment, limits=self._limits)
        dialect = _dialect(deployment, upstream)
        wish = msgspec.json.encode(_wish(deployment.model, dialect))
        body = await _good(await upstream.send(patient, dialect, wish), deployment)
        try:
            answer = msgspec.json.decode(body, type=_Answer)
        except (msgspec.MsgspecError, UnicodeDecodeError):
            raise _no_models(deployment) from None
        if not (answer.choices or answer.data or answer.content is not None):
            raise _no_models(deployment)
        return answer.model or deployment.model


def _dialect(deployment: Deployment, upstream: Upstream) -> Dialect:
    spoken = upstream.dialects(deployment)
    if spoken == {"openai.embeddings"}:
        return "openai.embeddings"
    if "embed" in deployment.model.lower() and "openai.embeddings" in spoken:
        return "openai.embeddings"
    return "openai.chat" if "openai.chat" in spoken else "anthropic.messages"


def _wish(model: str, dialect: Dialect) -> dict[str, Any]:
    if dialect == "openai.embeddings":
        return {"model": model, "input": _WORDS}
    limit = traits(model).output_limit if dialect == "openai.chat" else "max_tokens"
    return {
        "model": model,
        "messages": [{"role": "user", "content": _WORDS}],
        limit: _FEW_TOKENS,
    }


async def _good(reply: Reply, deployment: Deployment) -> bytes:
    """The body of a good answer; a bad one is told in plain words."""
    try:
        body = await reply.read(_MOST_BYTES)
    finally:
        await reply.aclose()
    if reply.status != _GOOD:
        raise _refusal(reply.status, body, deployment)
    return body


def _refusal(status: int, body: bytes, deployment: Deployment) -> Problem:
    host, said = _host(deployment), _quote(body, deployment)
    match status:
        case 401 | 403:
            # The vendor's sentence is left out: it may quote a part of the key.
            return ModelRefusedKey(
                f"{host} does not accept the key."
                if deployment.key
                else f"{host} wants a key, and none was given."
            )
        case 404 | 405 if "model" in said.lower():
            return ModelNotFound(f"{host} does not know the model “{deployment.model}”.")
        case 404 | 405:
            return ModelSpokeNonsense(
                f"{host} has nothing at this address; one for OpenAI's protocol mostly ends in /v1."
            )
        case 429:
            return ModelBusy(
                f"{host} takes no more now, or the account has no quota. {said}".strip()
            )
        case _ if 300 <= status < 400:  # noqa: PLR2004 - HTTP's own
            return ModelSpokeNonsense(f"{host} sends on to another address; give the final one.")
        case _ if status >= 500:  # noqa: PLR2004 - HTTP's own
            return ModelUnavailable(f"{host} answered with status {status}. {said}".strip())
    if "model" in said.lower() and ("not" in said.lower() or "unknown" in said.lower()):
        return ModelNotFound(f"{host} does not know the model “{deployment.model}”. {said}")
    return ModelRefusedRequest(f"{host} answered with status {status}. {said}".strip())


def _no_models(deployment: Deployment) -> Problem:
    return ModelSpokeNonsense(
        f"{_host(deployment)} answers, but not as a server of models does. Look at the address; "
        "one for OpenAI's protocol mostly ends in /v1."
    )


def _quote(body: bytes, deployment: Deployment) -> str:
    try:
        failure = msgspec.json.decode(body, type=_Failure)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return ""
    error = failure.error
    said = failure.message if error is None else error if isinstance(error, str) else error.message
    if said and deployment.key is not None:
        said = said.replace(deployment.key.reveal(), "***")
    return f"It says: {said[:_LONGEST_QUOTE]}" if said else ""


def _host(deployment: Deployment) -> str:
    return urlsplit(deployment.base_url).hostname or deployment.base_url or deployment.provider
