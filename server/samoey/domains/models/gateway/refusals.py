"""What a vendor's refusal means: for the person who asked, and for where to ask next."""

from typing import Any
from urllib.parse import urlsplit

import msgspec

from samoey.domains.models.gateway.dialects.errors import UnsupportedParameter
from samoey.domains.models.gateway.shapes import ANY
from samoey.kit.ports.models import (
    ModelBusy,
    ModelNotFound,
    ModelPromptTooLong,
    ModelRefusedKey,
    ModelRefusedRequest,
    ModelSpokeNonsense,
    ModelUnavailable,
)
from samoey.kit.ports.upstreams import BrokeOff, Deployment, TooSlow, Unreachable
from samoey.kit.problems import Problem

_LONGEST_QUOTE = 300
# Too much, too long, not its words, a wrong key, an unknown model: somebody else may well answer.
_ELSEWHERE = (
    ModelBusy,
    ModelNotFound,
    ModelPromptTooLong,
    ModelRefusedKey,
    ModelSpokeNonsense,
    ModelUnavailable,
    Unreachable,
    TooSlow,
    BrokeOff,
    UnsupportedParameter,
)
_AGAIN = (ModelUnavailable, Unreachable, TooSlow, BrokeOff, ModelBusy)
_SICK = (ModelUnavailable, ModelRefusedKey, ModelSpokeNonsense, Unreachable, TooSlow, BrokeOff)

# Some have a code for it; the others only say it, each in a sentence of their own.
_TOO_LONG_CODES = {"context_length_exceeded", "exceed_context_size_error"}
_TOO_LONG_WORDS = (
    "context length",
    "context limit",
    "context size",
    "context window",
    "prompt is too long",
    "input token count",
    "`inputs` tokens + `max_new_tokens`",
)


class _Error(msgspec.Struct):
    message: str | None = None
    code: Any = None
    type: str | None = None


class _Failure(msgspec.Struct):
    error: _Error | str


def elsewhere(problem: Problem) -> bool:
    """Whether another deployment may answer what this one did not."""
    return isinstance(problem, _ELSEWHERE)


def again(problem: Problem) -> bool:
    """Whether the same deployment may answer a moment later."""
    return isinstance(problem, _AGAIN) and not problem.extra.get("for_good")


def sick(problem: Problem) -> bool:
    """Whether it speaks against the deployment, and not against the request."""
    return isinstance(problem, _SICK)


def host_of(deployment: Deployment) -> str:
    """Where a deployment answers, as it is told to people."""
    return urlsplit(deployment.base_url).hostname or deployment.provider


def key_of(deployment: Deployment) -> str:
    """Where its key is mended."""
    if deployment.id.endswith(ANY):
        return f"{deployment.provider.upper()}_API_KEY"
    return f"the key of “{deployment.provider}”"


def address_of(deployment: Deployment) -> str:
    """Where its address is mended."""
    if deployment.id.endswith(ANY):
        return f"{deployment.provider.upper()}_BASE_URL"
    return f"the address of “{deployment.provider}”"


def refusal(deployment: Deployment, status: int, wait_s: float | None, body: bytes) -> Problem:
    """What a bad status means for the person who asked, and what to do about it."""
    said, code = _said(body)
    host = host_of(deployment)
    match status:
        case 401 | 403:
            # The vendor's sentence is left out: it may quote a part of the key.
            return ModelRefusedKey(f"{host} does not accept it. Check {key_of(deployment)}.")
        case 429:
            return _busy(host, code, wait_s)
        case 404 | 405:
            return _missing(deployment, said, code)
        case 400 | 413 | 422:
            return _refused(host, status, said, code)
        case _ if status >= 500 or status in {408, 425}:  # noqa: PLR2004 - HTTP's own
            quote = f" It says: {said}" if said else ""
            return ModelUnavailable(f"{host} answered with status {status}. Try again.{quote}")
        case _ if 300 <= status < 400:  # noqa: PLR2004 - HTTP's own
            return ModelSpokeNonsense(
                f"{host} sends on to another address; set {address_of(deployment)} to the final "
                "one."
            )
    return ModelSpokeNonsense(f"{host} answered with status {status}.")


def _missing(deployment: Deployment, said: str, code: str) -> Problem:
    host = host_of(deployment)
    if code == "model_not_found" or "model" in said.lower():
        return ModelNotFound(
            f"{host} does not know this model. Choose another one. It says: {said}"
        )
    return ModelSpokeNonsense(
        f"{host} has no chat door at this address; {address_of(deployment)} mostly ends in /v1."
    )


def _refused(host: str, status: int, said: str, code: str) -> Problem:
    words = said.lower()
    too_long = code in _TOO_LONG_CODES or any(mark in words for mark in _TOO_LONG_WORDS)
    if too_long or status == 413:  # noqa: PLR2004 - HTTP's own
        return ModelPromptTooLong(
            f"{host} takes less text. Lower SAMOEY_CHAT__PROMPT_TOKENS or ask in a new "
            "conversation."
        )
    return ModelRefusedRequest(f"{host} refuses what was asked. It says: {said or 'nothing'}")


def _busy(host: str, code: str, wait_s: float | None) -> Problem:
    if code == "insufficient_quota":
        return ModelBusy(
            f"The account at {host} has no quota left. Look at its billing page.", for_good=True
        )
    seconds = round(wait_s or 0)
    when = f"in {seconds} s" if seconds else "in a moment"
    return ModelBusy(f"{host} takes no more now. Try again {when}.", retry_after=seconds)


def _said(body: bytes) -> tuple[str, str]:
    try:
        error = msgspec.json.decode(body, type=_Failure).error
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return "", ""
    if isinstance(error, str):
        return error[:_LONGEST_QUOTE], ""
    return (error.message or "")[:_LONGEST_QUOTE], str(error.code or error.type or "")
