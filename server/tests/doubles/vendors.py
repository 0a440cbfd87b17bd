"""The vendors' own types, as their Python libraries publish them, hold what we and doubles say.

The libraries take seconds to load: only tests that hold something to them do so.
"""

from functools import cache
from typing import Any

from pydantic import TypeAdapter, ValidationError

from tests.doubles.openai import validator


@cache
def _adapter(name: str) -> TypeAdapter[Any]:
    from anthropic.types import Message, MessageTokensCount, ModelInfo, RawMessageStreamEvent
    from anthropic.types.message_create_params import MessageCreateParams
    from openai.types.responses import Response, ResponseStreamEvent
    from openai.types.responses.response_create_params import ResponseCreateParams

    kinds: dict[str, Any] = {
        "message": Message,
        "message event": RawMessageStreamEvent,
        "message request": MessageCreateParams,
        "model": ModelInfo,
        "response": Response,
        "response event": ResponseStreamEvent,
        "response request": ResponseCreateParams,
        "tokens": MessageTokensCount,
    }
    return TypeAdapter(kinds[name])


def load() -> None:
    """Load the libraries now."""
    _adapter("message request")


# OpenAI's published description, where it has a word for it.
_DESCRIBED = {
    "chat request": "CreateChatCompletionRequest",
    "chat": "CreateChatCompletionResponse",
    "chat chunk": "CreateChatCompletionStreamResponse",
}


def faults(kind: str, document: Any) -> list[str]:
    """What does not fit the vendor's own description of `kind`."""
    if described := _DESCRIBED.get(kind):
        errors = validator(described).iter_errors(document)
        return [f"{kind}: {error.json_path}: {error.message}" for error in errors]
    try:
        read = _read(_adapter(kind).validate_python(document))
    except ValidationError as error:
        return [f"{kind}: {one['loc']}: {one['msg']}" for one in error.errors()]
    # A request's types drop what they do not know.
    lost = set(document) - set(read) if kind.endswith("request") else set()
    return [f"{kind}: {field} is unknown" for field in sorted(lost)]


def _read(found: Any) -> Any:
    """Lists of a request are validated when they are read."""
    if isinstance(found, dict):
        return {key: _read(value) for key, value in found.items()}
    if hasattr(found, "__next__") or isinstance(found, list | tuple):
        return [_read(one) for one in found]
    return found
