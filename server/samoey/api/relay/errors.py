"""Problems in the shape that each vendor's programs know."""

from typing import Any, Literal

import msgspec

from samoey.kit.ports.models import (
    ModelBusy,
    ModelNotFound,
    ModelPromptTooLong,
    ModelRefusedKey,
    ModelUnknown,
)
from samoey.kit.problems import Problem, ServerError

Vendor = Literal["openai", "anthropic"]

_OPENAI_TYPES = {
    401: "authentication_error",
    403: "permission_error",
    404: "invalid_request_error",
    429: "rate_limit_error",
}
_ANTHROPIC_TYPES = {
    401: "authentication_error",
    403: "permission_error",
    404: "not_found_error",
    413: "request_too_large",
    429: "rate_limit_error",
    503: "overloaded_error",
}
# By these words programs decide what to do next.
_CODES: dict[type[Problem], str] = {
    ModelNotFound: "model_not_found",
    ModelUnknown: "model_not_found",
    ModelPromptTooLong: "context_length_exceeded",
    ModelBusy: "rate_limit_exceeded",
}
# The program's own key is good: it is ours that the vendor refuses.
_OUR_FAULT = (ModelRefusedKey,)


def status_of(problem: Problem) -> int:
    """The status of the answer; what we got wrong with a vendor is no fault of who asks."""
    if isinstance(problem, _OUR_FAULT):
        return 502
    return 400 if isinstance(problem, ModelPromptTooLong) else problem.status


def document(vendor: Vendor, problem: Problem) -> dict[str, Any]:
    """The whole document of an error."""
    message = problem.detail or problem.title
    if vendor == "anthropic":
        kind = _ANTHROPIC_TYPES.get(status_of(problem), _kind(problem, "api_error"))
        if isinstance(problem, ModelPromptTooLong):
            message = f"prompt is too long: {message}"
        return {"type": "error", "error": {"type": kind, "message": message}}
    param = problem.extra.get("param")
    return {
        "error": {
            "message": message,
            "type": _OPENAI_TYPES.get(status_of(problem), _kind(problem, "server_error")),
            "param": param if isinstance(param, str) else None,
            "code": _CODES.get(type(problem), problem.slug().replace("-", "_")),
        }
    }


def _kind(problem: Problem, otherwise: str) -> str:
    return "invalid_request_error" if status_of(problem) < ServerError.status else otherwise


def body(vendor: Vendor, problem: Problem) -> bytes:
    """The document as it goes out."""
    return msgspec.json.encode(document(vendor, problem))


def event(vendor: Vendor, problem: Problem) -> bytes:
    """The end of a stream that broke off: it is told, not passed off as the end of the answer."""
    name = b"event: error\n" if vendor == "anthropic" else b""
    return name + b"data: " + body(vendor, problem) + b"\n\n"
