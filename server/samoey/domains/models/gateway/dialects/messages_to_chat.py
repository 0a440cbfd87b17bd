"""A request in Anthropic's words, said in OpenAI's words of chat."""

import hashlib
from typing import Any

import msgspec

from samoey.domains.models.gateway.dialects import families, pictures
from samoey.domains.models.gateway.dialects.errors import UnsupportedParameter
from samoey.domains.models.gateway.dialects.schemas import is_strict

# OpenAI's own fields go through as they stand, for callers that reach for them.
_THEIRS = (
    "frequency_penalty",
    "logit_bias",
    "parallel_tool_calls",
    "presence_penalty",
    "prompt_cache_key",
    "reasoning_effort",
    "response_format",
    "seed",
    "temperature",
    "top_p",
    "verbosity",
)
_REFUSED = ("container", "mcp_servers")
_CHOICES = {"auto": "auto", "any": "required", "none": "none"}
_LONGEST_USER = 64
# What only says how a vendor's own run went; to another model it is nothing.
_PASSED_OVER = {"thinking", "redacted_thinking"}


def request(messages: dict[str, Any], model: str) -> dict[str, Any]:
    """The request for `model`.

    Raises:
        UnsupportedParameter: it asks for something that no field of OpenAI's stands for.
    """
    for field in _REFUSED:
        if messages.get(field):
            raise UnsupportedParameter(f"This model takes no {field}.", param=field)
    marks = Marks(model)
    wire: dict[str, Any] = {"model": model, "messages": _system(messages.get("system"), marks)}
    for message in messages["messages"]:
        wire["messages"] += _said(message, marks)
    limit = "max_completion_tokens" if families.counts_thoughts(model) else "max_tokens"
    wire[limit] = messages["max_tokens"]
    wire |= {key: messages[key] for key in _THEIRS if messages.get(key) is not None}
    if families.counts_thoughts(model):
        wire.pop("temperature", None)
        wire.pop("top_p", None)
    if messages.get("stop_sequences"):
        wire["stop"] = messages["stop_sequences"]
    if user := (messages.get("metadata") or {}).get("user_id"):
        wire["user"] = _user(user)
    if messages.get("stream"):
        wire |= {"stream": True, "stream_options": {"include_usage": True}}
    _tools(messages, wire, marks)
    _output(messages, wire, model)
    return wire


class Marks:
    """The marks up to which a vendor shall remember the prompt, in words that the model takes."""

    def __init__(self, model: str) -> None:
        self._as_they_stand = families.takes_cache_control(model)
        self._breakpoints = families.takes_breakpoints(model)

    def of(self, block: dict[str, Any]) -> dict[str, Any]:
        """The mark of a block: as it stands behind a proxy, OpenAI's own, or none."""
        mark = block.get("cache_control")
        if not mark:
            return {}
        if self._as_they_stand:
            return {"cache_control": mark}
        return {"prompt_cache_breakpoint": {"mode": "explicit"}} if self._breakpoints else {}


def _user(user: str) -> str:
    """OpenAI takes short ids only; a longer one stays the same person's by its hash."""
    return user if len(user) <= _LONGEST_USER else hashlib.sha256(user.encode()).hexdigest()


def _system(system: Any, marks: Marks) -> list[dict[str, Any]]:
    content = _content(_listed(system), marks)
    return [{"role": "system", "content": content}] if content else []


def _listed(content: Any) -> list[dict[str, Any]]:
    if isinstance(content, str):
        return [{"type": "text", "text": content}] if content else []
    return list(content or ())


def _said(message: dict[str, Any], marks: Marks) -> list[dict[str, Any]]:
    blocks = _listed(message["content"])
    match message["role"]:
        case "assistant":
            return _answered(blocks, marks)
        case "system":
            return _system(blocks, marks)
        case "user":
            return _asked(blocks, marks)
    raise UnsupportedParameter(f"There is no role {message['role']}.", param="messages.role")


def _answered(blocks: list[dict[str, Any]], marks: Marks) -> list[dict[str, Any]]:
    calls = [_call(block, marks) for block in blocks if block["type"] == "tool_use"]
    rest = [b for b in blocks if b["type"] != "tool_use" and b["type"] not in _PASSED_OVER]
    content = _content(rest, marks)
    if not (calls or content):
        return []
    wire: dict[str, Any] = {"role": "assistant", "content": content or None}
    if calls:
        wire["tool_calls"] = calls
    return [wire]


def _call(block: dict[str, Any], marks: Marks) -> dict[str, Any]:
    arguments = msgspec.json.encode(block.get("input") or {}).decode()
    return {
        "id": block["id"],
        "type": "function",
        "function": {"name": block["name"], "arguments": arguments},
    } | (marks.of(block))


def _asked(blocks: list[dict[str, Any]], marks: Marks) -> list[dict[str, Any]]:
    """What the tools said, each for itself, and then what the person says."""
    wire: list[dict[str, Any]] = []
    rest: list[dict[str, Any]] = []
    for block in blocks:
        if block["type"] != "tool_result":
            rest.append(block)
            continue
        result, shown = _result(block, marks)
        wire.append(result)
        rest += shown
    if content := _content(rest, marks):
        wire.append({"role": "user", "content": content})
    return wire


def _result(block: dict[str, Any], marks: Marks) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """What a tool said, and the pictures in it: OpenAI takes those from a person only."""
    told = _listed(block.get("content"))
    shown = [one for one in told if one["type"] in {"image", "document"}]
    texts = [one for one in told if one["type"] not in {"image", "document"}]
    content = _content(texts, marks)
    if block.get("is_error") and isinstance(content, str):
        # OpenAI has no field for it; the model must not take a failure for a result.
        content = f"Error: {content}"
    result = {"role": "tool", "tool_call_id": block["tool_use_id"], "content": content}
    return result | _on_message(marks.of(block)), shown


def _on_message(mark: dict[str, Any]) -> dict[str, Any]:
    """OpenAI's own breakpoints belong to parts, never to a message."""
    return {key: value for key, value in mark.items() if key == "cache_control"}


def _content(blocks: list[dict[str, Any]], marks: Marks) -> str | list[dict[str, Any]]:
    """Text as a text; a list where it holds pictures, or marks that must not get lost."""
    parts = [_part(block, marks) for block in blocks]
    if all(part["type"] == "text" and len(part) == 2 for part in parts):  # noqa: PLR2004 - unmarked
        return "\n".join(part["text"] for part in parts)
    return parts


def _part(block: dict[str, Any], marks: Marks) -> dict[str, Any]:
    match block["type"]:
        case "text":
            return {"type": "text", "text": block["text"]} | marks.of(block)
        case "image":
            return pictures.image_part(block) | marks.of(block)
        case "document":
            return pictures.document_part(block) | marks.of(block)
        case "search_result":
            text = "\n".join(one["text"] for one in block["content"])
            head = f"{block.get('title', '')}\n{block.get('source', '')}".strip()
            return {"type": "text", "text": f"{head}\n{text}"} | marks.of(block)
    raise UnsupportedParameter(
        f"A block of type {block['type']} cannot be handed to this model.", param="messages.content"
    )


def _tools(messages: dict[str, Any], wire: dict[str, Any], marks: Marks) -> None:
    offered = [_tool(tool, marks) for tool in messages.get("tools") or ()]
    if not offered:
        return
    wire["tools"] = offered
    choice = messages.get("tool_choice") or {}
    if choice.get("disable_parallel_tool_use"):
        wire["parallel_tool_calls"] = False
    match choice.get("type"):
        case None:
            return
        case "tool":
            wire["tool_choice"] = {"type": "function", "function": {"name": choice["name"]}}
        case word if word in _CHOICES:
            wire["tool_choice"] = _CHOICES[word]
        case _:
            raise UnsupportedParameter("This model takes no such tool_choice.", param="tool_choice")


def _tool(tool: dict[str, Any], marks: Marks) -> dict[str, Any]:
    if tool.get("type") not in {None, "custom"}:
        raise UnsupportedParameter(
            f"{tool['type']} is a tool that its own vendor runs; this model's does not.",
            param="tools",
        )
    function = {"name": tool["name"], "parameters": tool["input_schema"]}
    if tool.get("description"):
        function["description"] = tool["description"]
    if tool.get("strict"):
        function["strict"] = is_strict(tool["input_schema"])
    return {"type": "function", "function": function} | _on_message(marks.of(tool))


def _output(messages: dict[str, Any], wire: dict[str, Any], model: str) -> None:
    told = messages.get("output_config") or {}
    wanted = told.get("format") or messages.get("output_format")
    if wanted:
        schema = wanted["schema"]
        named = {"name": "answer", "schema": schema, "strict": is_strict(schema)}
        wire["response_format"] = {"type": "json_schema", "json_schema": named}
    if not families.counts_thoughts(model):
        return
    if effort := told.get("effort"):
        wire["reasoning_effort"] = "xhigh" if effort == "max" else effort
