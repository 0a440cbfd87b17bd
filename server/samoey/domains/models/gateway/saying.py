"""What a whole answer says, and how a conversation goes on after it, in each vendor's words."""

from typing import Any

from msgspec import Struct

from samoey.kit.ports.upstreams import Dialect

_ENDED = frozenset({"stop", "tool_calls", "function_call", "end_turn", "tool_use", "completed"})
_AGAIN = (
    "This does not have the shape that was asked for. {error}\n"
    "Answer once more, with all of it right, and with nothing else."
)


class Call(Struct):
    """A call of a tool; arguments are as they were written, or already read."""

    id: str
    name: str
    arguments: Any


class Said(Struct):
    """The text and the calls of an answer; `turn` is it as a part of the conversation."""

    text: str
    calls: list[Call]
    turn: list[dict[str, Any]]


def said(dialect: Dialect, answer: dict[str, Any]) -> Said | None:
    """What an answer says; None where it was cut off or refused.

    Raises:
        KeyError, TypeError, AttributeError: it is no such answer.
    """
    if dialect == "openai.chat":
        return _chat(answer["choices"][0])
    return _response(answer) if dialect == "openai.responses" else _message(answer)


def followed(dialect: Dialect, fields: dict[str, Any], told: Said, error: str) -> dict[str, Any]:
    """The request that goes on after an answer with what is wrong with it."""
    words = _AGAIN.format(error=error)
    if dialect == "openai.responses":
        before = fields["input"]
        items = [{"role": "user", "content": before}] if isinstance(before, str) else before
        results: list[dict[str, Any]] = [
            {"type": "function_call_output", "call_id": call.id, "output": words}
            for call in told.calls
        ]
        return fields | {"input": [*items, *told.turn, *(results or [_by_user(words)])]}
    if dialect == "openai.chat":
        results = [
            {"role": "tool", "tool_call_id": call.id, "content": words} for call in told.calls
        ]
    else:
        blocks = [
            {"type": "tool_result", "tool_use_id": call.id, "is_error": True, "content": words}
            for call in told.calls
        ]
        results = [{"role": "user", "content": blocks}] if blocks else []
    messages = [*fields["messages"], *told.turn, *(results or [_by_user(words)])]
    return fields | {"messages": messages}


def _by_user(words: str) -> dict[str, Any]:
    return {"role": "user", "content": words}


def _chat(choice: dict[str, Any]) -> Said | None:
    message = choice["message"]
    if choice.get("finish_reason") not in _ENDED or message.get("refusal"):
        return None
    calls = [
        Call(it["id"], it["function"]["name"], it["function"]["arguments"])
        for it in message.get("tool_calls") or ()
        if "function" in it
    ]
    text = message.get("content") or ""
    kept = ("role", "content", "tool_calls", "reasoning_content", "thinking_blocks")
    return Said(text, calls, [{it: message[it] for it in kept if message.get(it) is not None}])


def _message(answer: dict[str, Any]) -> Said | None:
    if answer.get("stop_reason") not in _ENDED:
        return None
    blocks = answer["content"]
    text = "".join(it["text"] for it in blocks if it["type"] == "text")
    calls = [Call(it["id"], it["name"], it["input"]) for it in blocks if it["type"] == "tool_use"]
    return Said(text, calls, [{"role": "assistant", "content": blocks}] if blocks else [])


def _response(answer: dict[str, Any]) -> Said | None:
    if answer.get("status") not in _ENDED:
        return None
    text, calls, turn = "", list[Call](), list[dict[str, Any]]()
    for item in answer["output"]:
        if item["type"] == "message":
            parts = item["content"]
            if any(it["type"] == "refusal" for it in parts):
                return None
            words = "".join(it["text"] for it in parts)
            text += words
            turn.append({"role": "assistant", "content": words})
        elif item["type"] == "function_call":
            calls.append(Call(item["call_id"], item["name"], item["arguments"]))
            turn.append({it: item[it] for it in ("type", "call_id", "name", "arguments")})
    return Said(text, calls, turn)
