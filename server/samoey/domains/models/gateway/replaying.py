"""Answers that are kept: which of them may be told again, and how, whole or as a stream."""

import re
from collections.abc import Iterator
from typing import Any

import msgspec

from samoey.domains.models.gateway.cost import Tokens
from samoey.domains.models.gateway.metering import events_of, payload
from samoey.kit.ports.upstreams import Dialect

# What a model stopped at by itself, or where it was told to stop.
_SHAPELESS = (
    msgspec.MsgspecError,
    KeyError,
    TypeError,
    AttributeError,
    UnicodeDecodeError,
    RecursionError,
)
_CHAT_ENDS = frozenset({"stop", "length"})
_MESSAGE_END = re.compile(rb'"stop_reason"\s*:\s*"(?:end_turn|stop_sequence|max_tokens)"')
_CALL = b'"tool_use"'
_ENDED = re.compile(rb'"finish_reason"\s*:\s*"(?:stop|length)"')


def document(dialect: Dialect, told: bytes, *, stream: bool, tokens: Tokens) -> bytes | None:
    """What is kept of a whole answer that was told; None where it may not be told again."""
    match dialect:
        case "openai.chat":
            try:
                body = _gathered(told, tokens) if stream else told
            except _SHAPELESS:
                return None
            return body if body is not None and _good_chat(body) else None
        case "anthropic.messages":
            good = bool(_MESSAGE_END.search(told)) and _CALL not in told
        case "openai.completions":
            good = bool(_ENDED.search(told))
        case "openai.embeddings":
            good = not stream
        case _:
            good = False
    return told if good else None


def replayed(dialect: Dialect, kept: bytes, *, stream: bool, usage: bool) -> bytes:
    """What is told again; only chats are kept in a form of which both can be made."""
    if dialect != "openai.chat" or not stream:
        return kept
    return _as_stream(msgspec.json.decode(kept), usage=usage)


def _good_chat(body: bytes) -> bool:
    try:
        choices = msgspec.json.decode(body)["choices"]
        return bool(choices) and all(
            it["finish_reason"] in _CHAT_ENDS
            and not it["message"].get("tool_calls")
            and not it["message"].get("function_call")
            and not it["message"].get("audio")
            for it in choices
        )
    except _SHAPELESS:
        return False


def _gathered(told: bytes, tokens: Tokens) -> bytes | None:
    """The document that a stream tells in pieces; None where it tells what a text cannot hold."""
    head: dict[str, Any] = {}
    message: dict[str, Any] = {"role": "assistant", "content": ""}
    finish = None
    for chunk in _chunks(told):
        head = head or {key: chunk.get(key) for key in ("id", "created", "model")}
        for choice in chunk.get("choices") or []:
            if choice.get("index", 0) != 0 or choice.get("logprobs"):
                return None
            finish = choice.get("finish_reason") or finish
            if not _added(message, choice.get("delta") or {}):
                return None
    used = {
        "prompt_tokens": tokens.prompt,
        "completion_tokens": tokens.completion,
        "total_tokens": tokens.prompt + tokens.completion,
    }
    choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": finish}
    whole = head | {"object": "chat.completion", "choices": [choice], "usage": used}
    return msgspec.json.encode(whole)


def _chunks(told: bytes) -> Iterator[dict[str, Any]]:
    for event in events_of(told):
        data = payload(event).strip()
        if data and data != b"[DONE]":
            yield msgspec.json.decode(data, type=dict[str, Any])


def _added(message: dict[str, Any], delta: dict[str, Any]) -> bool:
    for key, value in delta.items():
        if value is None or key == "role":
            continue
        if not isinstance(value, str):
            return False
        message[key] = (message.get(key) or "") + value
    return True


def _as_stream(whole: dict[str, Any], *, usage: bool) -> bytes:
    head = {key: whole.get(key) for key in ("id", "created", "model")}
    head["object"] = "chat.completion.chunk"
    told: list[dict[str, Any]] = []
    for choice in whole["choices"]:
        at = {"index": choice["index"], "logprobs": None}
        told += [
            {"choices": [at | {"delta": choice["message"], "finish_reason": None}]},
            {"choices": [at | {"delta": {}, "finish_reason": choice["finish_reason"]}]},
        ]
    if usage:
        told = [it | {"usage": None} for it in told]
        told.append({"choices": [], "usage": whole.get("usage")})
    lines = [b"data: " + msgspec.json.encode(head | it) + b"\n\n" for it in told]
    return b"".join([*lines, b"data: [DONE]\n\n"])
