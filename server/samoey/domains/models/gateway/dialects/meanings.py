"""Why an answer ended, what it used, what went wrong: the small words of both vendors."""

from typing import Any

# Anthropic's reasons to stop, in OpenAI's words; what is not known has simply ended.
FINISHES = {
    "end_turn": "stop",
    "stop_sequence": "stop",
    "pause_turn": "stop",
    "max_tokens": "length",
    "model_context_window_exceeded": "length",
    "tool_use": "tool_calls",
    "refusal": "content_filter",
}
STOPS = {
    "stop": "end_turn",
    "length": "max_tokens",
    "tool_calls": "tool_use",
    "function_call": "tool_use",
    "content_filter": "refusal",
}
_ANTHROPIC_TYPES = {
    400: "invalid_request_error",
    401: "authentication_error",
    402: "billing_error",
    403: "permission_error",
    404: "not_found_error",
    413: "request_too_large",
    429: "rate_limit_error",
    504: "timeout_error",
    529: "overloaded_error",
}
_OPENAI_TYPES = {
    401: "authentication_error",
    403: "permission_error",
    429: "rate_limit_error",
}
_OPENAI_CODES = {
    401: "invalid_api_key",
    404: "model_not_found",
    413: "request_too_large",
    429: "rate_limit_exceeded",
}
_STATUSES = {kind: status for status, kind in _ANTHROPIC_TYPES.items()}


def chat_usage(usage: dict[str, Any]) -> dict[str, Any]:
    """Anthropic's counts as OpenAI's, where what was remembered is a part of the prompt."""
    read = usage.get("cache_read_input_tokens") or 0
    written = usage.get("cache_creation_input_tokens") or 0
    prompt = (usage.get("input_tokens") or 0) + read + written
    completion = usage.get("output_tokens") or 0
    thought = (usage.get("output_tokens_details") or {}).get("thinking_tokens") or 0
    return {
        "prompt_tokens": prompt,
        "completion_tokens": completion,
        "total_tokens": prompt + completion,
        "prompt_tokens_details": {"cached_tokens": read, "cache_write_tokens": written},
        "completion_tokens_details": {"reasoning_tokens": thought},
    }


def messages_usage(usage: dict[str, Any] | None) -> dict[str, Any]:
    """OpenAI's counts as Anthropic's, where what was remembered is counted for itself."""
    usage = usage or {}
    details = usage.get("prompt_tokens_details") or {}
    read = details.get("cached_tokens") or 0
    written = details.get("cache_write_tokens") or 0
    thought = (usage.get("completion_tokens_details") or {}).get("reasoning_tokens") or 0
    told = {
        "input_tokens": max(0, (usage.get("prompt_tokens") or 0) - read - written),
        "output_tokens": usage.get("completion_tokens") or 0,
        "cache_read_input_tokens": read,
        "cache_creation_input_tokens": written,
    }
    return told | ({"output_tokens_details": {"thinking_tokens": thought}} if thought else {})


def anthropic_error(status: int, message: str, kind: str | None = None) -> dict[str, Any]:
    """An error in Anthropic's shape."""
    fallback = "invalid_request_error" if 400 <= status < 500 else "api_error"  # noqa: PLR2004 - HTTP's own
    told = kind or _ANTHROPIC_TYPES.get(status, fallback)
    return {"type": "error", "error": {"type": told, "message": message}}


def openai_error(
    status: int, message: str, *, param: str | None = None, code: str | None = None
) -> dict[str, Any]:
    """An error in OpenAI's shape."""
    fallback = "invalid_request_error" if 400 <= status < 500 else "server_error"  # noqa: PLR2004 - HTTP's own
    return {
        "error": {
            "message": message,
            "type": _OPENAI_TYPES.get(status, fallback),
            "param": param,
            "code": code or _OPENAI_CODES.get(status),
        }
    }


def message_of(document: Any) -> tuple[str, str | None]:
    """What any vendor's error says, and OpenAI's code for it."""
    error = document.get("error", document) if isinstance(document, dict) else document
    if isinstance(error, str):
        return error, None
    if not isinstance(error, dict):
        return "", None
    code = error.get("code")
    return str(error.get("message") or ""), code if isinstance(code, str) else None


def status_of(document: dict[str, Any]) -> int:
    """The status that one of Anthropic's errors in mid-stream would have had."""
    error = document.get("error")
    return _STATUSES.get(error.get("type", ""), 500) if isinstance(error, dict) else 500
