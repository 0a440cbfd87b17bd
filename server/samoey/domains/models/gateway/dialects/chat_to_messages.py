"""A request in OpenAI's words of chat, said in those of Anthropic's messages."""

import re
from typing import Any

import msgspec

from samoey.domains.models.gateway.dialects import families, pictures
from samoey.domains.models.gateway.dialects.errors import UnsupportedParameter
from samoey.domains.models.gateway.dialects.schemas import closed

# The tool that an older model fills in where a newer one is given the schema itself.
ANSWER_TOOL = "structured_answer"
_ONE_OBJECT = "Answer with one JSON object and nothing else."

# Anthropic's own fields go through as they stand, for callers that reach for them.
_THEIRS = (
    "anthropic_beta",
    "cache_control",
    "container",
    "context_management",
    "inference_geo",
    "mcp_servers",
    "output_config",
    "speed",
    "thinking",
    "top_k",
)
# What would change the shape of the answer must not be lost without a word.
_REFUSED = {
    "audio": "speak",
    "functions": "be given functions; send them as tools",
    "function_call": "be given functions; send tool_choice",
    "logprobs": "tell the likelihood of its words",
    "top_logprobs": "tell the likelihood of its words",
    "web_search_options": "search the web by this field",
}
_EFFORTS = {"minimal": "low", "low": "low", "medium": "medium", "high": "high", "xhigh": "xhigh"}
_NO_ID = re.compile(r"[^a-zA-Z0-9_-]")
_LONGEST_USER = 256


def request(chat: dict[str, Any], model: str) -> dict[str, Any]:
    """The request for `model`.

    Raises:
        UnsupportedParameter: it asks for something that no field of Anthropic's stands for.
    """
    _refuse(chat)
    family = families.of(model)
    system, messages = turns(chat["messages"])
    # OpenAI takes the newer name for both; whatever is larger than the model can is its say.
    limit = chat.get("max_completion_tokens") or chat.get("max_tokens") or family.most_tokens
    wire: dict[str, Any] = {"model": model, "max_tokens": limit, "messages": messages}
    wire |= {key: chat[key] for key in _THEIRS if chat.get(key) is not None}
    if chat.get("stream"):
        wire["stream"] = True
    if stops := _stops(chat.get("stop")):
        wire["stop_sequences"] = stops
    if user := chat.get("safety_identifier") or chat.get("user"):
        wire["metadata"] = {"user_id": str(user)[:_LONGEST_USER]}
    if family.sampling:
        wire |= _sampling(chat)
    tools(chat, wire)
    _format(chat, wire, family, system)
    _effort(chat, wire, family)
    if system:
        wire["system"] = _joined(system)
    if not messages:
        wire["messages"] = [{"role": "user", "content": wire.pop("system", "")}]
    return wire


def _refuse(chat: dict[str, Any]) -> None:
    for field, ability in _REFUSED.items():
        if chat.get(field):
            raise UnsupportedParameter(f"This model cannot {ability}.", param=field)
    if (chat.get("n") or 1) != 1:
        raise UnsupportedParameter("This model gives one answer at a time: n must be 1.", param="n")
    if "audio" in (chat.get("modalities") or ()):
        raise UnsupportedParameter("This model cannot speak.", param="modalities")


def _stops(stop: Any) -> list[str]:
    stops = [stop] if isinstance(stop, str) else list(stop or ())
    # Anthropic refuses those that are nothing but white space.
    return [one for one in stops if one.strip()]


def _sampling(chat: dict[str, Any]) -> dict[str, Any]:
    """Temperature and its like, of which Anthropic's families take one, and no more than 1."""
    if (temperature := chat.get("temperature")) is not None:
        return {"temperature": min(1, temperature)}
    return {"top_p": chat["top_p"]} if chat.get("top_p") is not None else {}


def _effort(chat: dict[str, Any], wire: dict[str, Any], family: families.Family) -> None:
    effort = chat.get("reasoning_effort")
    if effort == "none":
        wire.setdefault("thinking", {"type": "disabled"})
    elif effort in _EFFORTS and family.effort:
        wire["output_config"] = {"effort": _EFFORTS[effort]} | wire.get("output_config", {})


def _format(
    chat: dict[str, Any],
    wire: dict[str, Any],
    family: families.Family,
    system: list[dict[str, Any]],
) -> None:
    wanted = chat.get("response_format") or {"type": "text"}
    if wanted["type"] == "json_object":
        system.append({"type": "text", "text": _ONE_OBJECT})
    if wanted["type"] != "json_schema":
        return
    schema = closed(wanted["json_schema"].get("schema") or {"type": "object"})
    if family.formats:
        told = {"type": "json_schema", "schema": schema}
        wire["output_config"] = wire.get("output_config", {}) | {"format": told}
        return
    described = wanted["json_schema"].get("description") or "Give your answer by this tool."
    tool = {"name": ANSWER_TOOL, "description": described, "input_schema": schema}
    wire["tools"] = [*wire.get("tools", ()), tool]
    forced = {"type": "any"} if len(wire["tools"]) > 1 else {"type": "tool", "name": ANSWER_TOOL}
    wire["tool_choice"] = forced | {"disable_parallel_tool_use": True}


def tools(chat: dict[str, Any], wire: dict[str, Any]) -> None:
    """Put the tools, and how they may be chosen, into the request."""
    offered = [_tool(tool) for tool in chat.get("tools") or ()]
    choice, allowed = _choice(chat.get("tool_choice"))
    if allowed is not None:
        offered = [tool for tool in offered if tool["name"] in allowed]
    if not offered:
        return
    wire["tools"] = offered
    if chat.get("parallel_tool_calls") is False and choice != {"type": "none"}:
        choice = (choice or {"type": "auto"}) | {"disable_parallel_tool_use": True}
    if choice:
        wire["tool_choice"] = choice


def _tool(tool: dict[str, Any]) -> dict[str, Any]:
    if tool.get("type") == "custom" and "custom" in tool:
        raise UnsupportedParameter("This model takes tools of type function only.", param="tools")
    if "function" not in tool:
        # A tool in Anthropic's own words, such as those that it runs itself.
        return tool
    function = tool["function"]
    wire = {
        "name": function["name"],
        "input_schema": function.get("parameters") or {"type": "object", "properties": {}},
    }
    if function.get("description"):
        wire["description"] = function["description"]
    if function.get("strict"):
        wire |= {"strict": True, "input_schema": closed(wire["input_schema"])}
    return wire | _mark(tool) | _mark(function)


def _choice(choice: Any) -> tuple[dict[str, Any] | None, set[str] | None]:
    """How tools may be chosen, and which, where only some of them may be."""
    match choice:
        case None:
            return None, None
        case "required":
            return {"type": "any"}, None
        case str():
            return {"type": choice}, None
        case {"type": "function", "function": {"name": name}}:
            return {"type": "tool", "name": name}, None
        case {"type": "allowed_tools", "allowed_tools": {"mode": mode, "tools": those}}:
            return _choice(mode)[0], {tool["function"]["name"] for tool in those}
    raise UnsupportedParameter("This model takes no such tool_choice.", param="tool_choice")


def _joined(system: list[dict[str, Any]]) -> str | list[dict[str, Any]]:
    if any("cache_control" in block for block in system):
        return system
    return "\n\n".join(block["text"] for block in system)


def turns(
    messages: list[dict[str, Any]],
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """What the system says, and who says what in turn: one message after the other's."""
    system: list[dict[str, Any]] = []
    said: list[dict[str, Any]] = []
    for message in messages:
        role = message["role"]
        if role in {"system", "developer"}:
            system += _blocks(message.get("content"))
            continue
        speaker = "assistant" if role == "assistant" else "user"
        blocks = _answered(message) if speaker == "assistant" else _asked(message)
        if not blocks:
            continue
        if said and said[-1]["role"] == speaker:
            said[-1]["content"] += blocks
        else:
            said.append({"role": speaker, "content": blocks})
    if said and said[-1]["role"] == "assistant":
        _trimmed(said[-1]["content"])
    return system, [_plain(message) for message in said]


def _plain(message: dict[str, Any]) -> dict[str, Any]:
    """One text is said as a text, as people write it."""
    match message["content"]:
        case [{"type": "text", "text": text} as only] if len(only) == 2:  # noqa: PLR2004 - unmarked
            return message | {"content": text}
    return message


def _trimmed(blocks: list[dict[str, Any]]) -> None:
    """An answer that the model shall go on with may not end in white space."""
    if blocks[-1]["type"] == "text":
        blocks[-1] = blocks[-1] | {"text": blocks[-1]["text"].rstrip()}


def _asked(message: dict[str, Any]) -> list[dict[str, Any]]:
    if message["role"] != "tool":
        return _blocks(message.get("content"))
    told = _blocks(message.get("content"))
    result: dict[str, Any] = {
        "type": "tool_result",
        "tool_use_id": clean_id(message["tool_call_id"]),
    }
    marks = [block.pop("cache_control") for block in told if "cache_control" in block]
    if told:
        texts = [block["text"] for block in told if block["type"] == "text"]
        result["content"] = "\n".join(texts) if len(texts) == len(told) else told
    if mark := _mark(message).get("cache_control") or (marks or [None])[-1]:
        result["cache_control"] = mark
    return [result]


def _answered(message: dict[str, Any]) -> list[dict[str, Any]]:
    # Anthropic's own thoughts come back as they went out, or it refuses to go on.
    blocks = [dict(block) for block in message.get("thinking_blocks") or ()]
    blocks += _blocks(message.get("content"))
    if message.get("refusal"):
        blocks.append({"type": "text", "text": message["refusal"]})
    for call in message.get("tool_calls") or ():
        if "function" not in call:
            raise UnsupportedParameter(
                "This model takes tools of type function only.", param="messages"
            )
        blocks.append(
            {
                "type": "tool_use",
                "id": clean_id(call["id"]),
                "name": call["function"]["name"],
                "input": _arguments(call["function"].get("arguments")),
            }
            | _mark(call)
        )
    return blocks


def _arguments(written: str | None) -> dict[str, Any]:
    """Arguments as an object; what a model wrote that is none is handed on as it stands."""
    if not (written or "").strip():
        return {}
    try:
        read = msgspec.json.decode(written or "")
    except msgspec.DecodeError:
        read = written
    return read if isinstance(read, dict) else {"arguments": read}


def _blocks(content: Any) -> list[dict[str, Any]]:
    if content is None or content == "":
        return []
    if isinstance(content, str):
        return [{"type": "text", "text": content}]
    return [block for part in content if (block := _block(part))]


def _block(part: dict[str, Any]) -> dict[str, Any] | None:
    match part["type"]:
        case "text" | "refusal":
            text = part.get("text") or part.get("refusal")
            return {"type": "text", "text": text} | _mark(part) if text else None
        case "image_url":
            return pictures.image_block(part) | _mark(part)
        case "file":
            return pictures.document_block(part) | _mark(part)
        case "image" | "document" | "search_result":
            return part
        case other:
            raise UnsupportedParameter(
                f"This model cannot be given {other}.", param="messages.content"
            )


def _mark(part: dict[str, Any]) -> dict[str, Any]:
    """The mark up to which the vendor shall remember the prompt, in either vendor's words."""
    if mark := part.get("cache_control"):
        return {"cache_control": mark}
    if mark := part.get("prompt_cache_breakpoint"):
        # OpenAI's half a day and more has no equal; an hour is the longest that Anthropic keeps.
        hour = {"ttl": "1h"} if mark.get("ttl") else {}
        return {"cache_control": {"type": "ephemeral"} | hour}
    return {}


def clean_id(call_id: str) -> str:
    """The id of a call, without the characters that Anthropic refuses."""
    return _NO_ID.sub("_", call_id) or "_"
