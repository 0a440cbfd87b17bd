"""A whole chat completion as the answer of OpenAI's responses."""

import secrets
import time
from typing import Any

from samoey.domains.models.gateway.dialects import answers
from samoey.kit.ports.upstreams import BrokeOff

_ECHOED: dict[str, Any] = {
    "instructions": None,
    "max_output_tokens": None,
    "metadata": {},
    "parallel_tool_calls": True,
    "previous_response_id": None,
    "reasoning": {"effort": None, "summary": None},
    "store": True,
    "temperature": None,
    "text": {"format": {"type": "text"}},
    "tool_choice": "auto",
    "tools": [],
    "top_p": None,
    "truncation": "disabled",
    "user": None,
}
_REASONS = {"length": "max_output_tokens", "content_filter": "content_filter"}


def begun(asked: dict[str, Any], model: str) -> dict[str, Any]:
    """A response of which nothing was said yet."""
    echoed = {
        key: other if asked.get(key) is None else asked[key] for key, other in _ECHOED.items()
    }
    return {
        "id": f"resp_{secrets.token_hex(24)}",
        "object": "response",
        "created_at": int(time.time()),
        "status": "in_progress",
        "background": False,
        "error": None,
        "incomplete_details": None,
        "model": model,
        "output": [],
        "usage": None,
        **echoed,
    }


def ended(
    response: dict[str, Any],
    finish: str | None,
    usage: dict[str, Any] | None,
) -> dict[str, Any]:
    """The response with the reason for its end."""
    refused = any(
        part["type"] == "refusal" for item in response["output"] for part in item.get("content", ())
    )
    reason = None if refused else _REASONS.get(finish or "")
    return response | {
        "status": "incomplete" if reason else "completed",
        "incomplete_details": {"reason": reason} if reason else None,
        "completed_at": None if reason else int(time.time()),
        "usage": _usage(usage),
    }


def _usage(usage: dict[str, Any] | None) -> dict[str, Any] | None:
    if not usage:
        return None
    prompt = usage.get("prompt_tokens_details") or {}
    completion = usage.get("completion_tokens_details") or {}
    asked, answered = usage.get("prompt_tokens") or 0, usage.get("completion_tokens") or 0
    return {
        "input_tokens": asked,
        "input_tokens_details": {
            "cached_tokens": prompt.get("cached_tokens") or 0,
            "cache_write_tokens": prompt.get("cache_write_tokens") or 0,
        },
        "output_tokens": answered,
        "output_tokens_details": {"reasoning_tokens": completion.get("reasoning_tokens") or 0},
        "total_tokens": asked + answered,
    }


def part(kind: str, text: str) -> dict[str, Any]:
    """A part of a message: text, or a refusal."""
    if kind == "refusal":
        return {"type": "refusal", "refusal": text}
    return {"type": "output_text", "text": text, "annotations": [], "logprobs": []}


def message(parts: list[dict[str, Any]], status: str = "completed") -> dict[str, Any]:
    """A message of the model."""
    return {
        "type": "message",
        "id": f"msg_{secrets.token_hex(24)}",
        "status": status,
        "role": "assistant",
        "content": parts,
    }


def call(call_id: str, name: str, arguments: str, status: str = "completed") -> dict[str, Any]:
    """A call of a tool."""
    return {
        "type": "function_call",
        "id": f"fc_{secrets.token_hex(24)}",
        "status": status,
        "call_id": call_id,
        "name": name,
        "arguments": arguments,
    }


def answer(chat: dict[str, Any], asked: dict[str, Any]) -> dict[str, Any]:
    """The response to what was asked.

    Raises:
        BrokeOff: the answer holds no choice.
    """
    if not chat.get("choices"):
        raise BrokeOff("The model's answer holds nothing.")
    choice = chat["choices"][0]
    said = choice["message"]
    response = begun(asked, chat.get("model") or asked.get("model") or "")
    parts = []
    if text := answers.plain(said.get("content")):
        parts.append(part("output_text", text))
    if said.get("refusal"):
        parts.append(part("refusal", said["refusal"]))
    if parts:
        response["output"].append(message(parts))
    response["output"] += [
        call(one["id"], one["function"]["name"], one["function"].get("arguments") or "{}")
        for one in said.get("tool_calls") or ()
        if "function" in one
    ]
    return ended(response, choice.get("finish_reason"), chat.get("usage"))


def failed(response: dict[str, Any], status: int, text: str) -> dict[str, Any]:
    """The response that came to nothing, and why."""
    code = "rate_limit_exceeded" if status == 429 else "server_error"  # noqa: PLR2004 - HTTP's own
    return response | {"status": "failed", "error": {"code": code, "message": text}}
