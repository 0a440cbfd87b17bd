"""A whole answer of one vendor, in the other's words."""

import re
import time
from typing import Any

import msgspec

from samoey.domains.models.gateway.dialects import meanings
from samoey.domains.models.gateway.dialects.chat_to_messages import ANSWER_TOOL
from samoey.kit.ports.upstreams import BrokeOff


def to_chat(message: dict[str, Any]) -> dict[str, Any]:
    """Anthropic's message as OpenAI's chat completion."""
    blocks = message["content"]
    texts = [block["text"] for block in blocks if block["type"] == "text"]
    filled = [b for b in blocks if b["type"] == "tool_use" and b["name"] == ANSWER_TOOL]
    uses = [b for b in blocks if b["type"] == "tool_use" and b["name"] != ANSWER_TOOL]
    if filled:
        texts = [written(filled[0]["input"])]
    finish = meanings.FINISHES.get(message.get("stop_reason") or "", "stop")
    refused = finish == "content_filter"
    said: dict[str, Any] = {
        "role": "assistant",
        "content": "".join(texts) or None,
        "refusal": _refusal(message) if refused else None,
    }
    if uses:
        said["tool_calls"] = [call(block["id"], block["name"], block["input"]) for block in uses]
    if thoughts := [b for b in blocks if b["type"] in {"thinking", "redacted_thinking"}]:
        said["reasoning_content"] = "".join(b.get("thinking", "") for b in thoughts)
        said["thinking_blocks"] = thoughts
    if finish == "tool_calls" and not uses:
        finish = "stop"
    choice = {"index": 0, "message": said, "logprobs": None, "finish_reason": finish}
    return {
        "id": f"chatcmpl-{message['id'].removeprefix('msg_')}",
        "object": "chat.completion",
        "created": int(time.time()),
        "model": message["model"],
        "choices": [choice],
        "usage": meanings.chat_usage(message.get("usage") or {}),
    }


def written(given: Any) -> str:
    """What a tool is given, as OpenAI writes it."""
    return msgspec.json.encode(given).decode()


def call(call_id: str, name: str, given: Any) -> dict[str, Any]:
    """A tool's call in OpenAI's words."""
    function = {"name": name, "arguments": written(given)}
    return {"id": call_id, "type": "function", "function": function}


def _refusal(message: dict[str, Any]) -> str:
    details = message.get("stop_details") or {}
    return details.get("explanation") or "The model declined to answer."


def to_message(chat: dict[str, Any]) -> dict[str, Any]:
    """OpenAI's chat completion as Anthropic's message.

    Raises:
        BrokeOff: the answer holds no choice.
    """
    if not chat.get("choices"):
        raise BrokeOff("The model's answer holds nothing.")
    choice = chat["choices"][0]
    said = choice["message"]
    blocks: list[dict[str, Any]] = []
    if text := plain(said.get("content")) or said.get("refusal"):
        blocks.append({"type": "text", "text": text})
    blocks += [_use(one) for one in said.get("tool_calls") or () if "function" in one]
    stop = meanings.STOPS.get(choice.get("finish_reason") or "", "end_turn")
    if said.get("refusal"):
        stop = "refusal"
    elif any(block["type"] == "tool_use" for block in blocks) and stop == "end_turn":
        # Some servers call a tool and say "stop"; Anthropic's callers go by this word alone.
        stop = "tool_use"
    return {
        "id": message_id(chat.get("id")),
        "type": "message",
        "role": "assistant",
        "model": chat.get("model") or "",
        "content": blocks,
        "stop_reason": stop,
        "stop_sequence": None,
        "usage": meanings.messages_usage(chat.get("usage")),
    }


def plain(content: Any) -> str:
    """A text that some servers send in parts."""
    if isinstance(content, list):
        return "".join(part.get("text") or "" for part in content)
    return content or ""


def message_id(given: str | None) -> str:
    """The id of an answer in Anthropic's words."""
    rest = re.sub(r"[^A-Za-z0-9]", "", (given or "").removeprefix("chatcmpl-"))
    return f"msg_{rest or int(time.time() * 1000)}"


def _use(one: dict[str, Any]) -> dict[str, Any]:
    arguments = one["function"].get("arguments") or "{}"
    try:
        given = msgspec.json.decode(arguments)
    except msgspec.DecodeError:
        given = arguments
    # Anthropic's callers are promised an object; what is none is handed on under a name.
    shown = given if isinstance(given, dict) else {"arguments": given}
    return {"type": "tool_use", "id": one["id"], "name": one["function"]["name"], "input": shown}
