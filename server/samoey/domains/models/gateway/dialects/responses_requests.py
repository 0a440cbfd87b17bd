"""A request in the words of OpenAI's responses, said in its words of chat."""

from typing import Any

from samoey.domains.models.gateway.dialects import families
from samoey.domains.models.gateway.dialects.errors import UnsupportedParameter

_KEPT = (
    "parallel_tool_calls",
    "prompt_cache_key",
    "prompt_cache_options",
    "prompt_cache_retention",
    "safety_identifier",
    "service_tier",
    "stream",
    "temperature",
    "top_p",
    "user",
)
# What changes the answer must not be lost without a word.
_REFUSED = {
    "background": "answer in the background",
    "context_management": "manage the context by itself",
    "conversation": "keep conversations; use previous_response_id",
    "moderation": "moderate",
    "prompt": "use prompts that are kept with the vendor",
    "top_logprobs": "tell the likelihood of its words",
}
# Nothing of the kind is ever in our answers, so that there is nothing to be left out.
_INCLUDED = {"reasoning.encrypted_content"}
# Servers that are not OpenAI's do not know its newer name.
_OLDER_ROLES = {"developer": "system"}
_ROLES: dict[str, str] = {}


def request(asked: dict[str, Any], model: str) -> dict[str, Any]:
    """The request for `model`; what went before is expected in `input`.

    Raises:
        UnsupportedParameter: it asks for something that chat completions cannot do.
    """
    _refuse(asked)
    wire: dict[str, Any] = {"model": model, "messages": _messages(asked, model)}
    wire |= {key: asked[key] for key in _KEPT if asked.get(key) is not None}
    if (limit := asked.get("max_output_tokens")) is not None:
        name = "max_completion_tokens" if families.counts_thoughts(model) else "max_tokens"
        wire[name] = limit
    if effort := (asked.get("reasoning") or {}).get("effort"):
        wire["reasoning_effort"] = effort
    if asked.get("stream"):
        wire["stream_options"] = {"include_usage": True}
    if offered := asked.get("tools"):
        wire["tools"] = [_tool(tool) for tool in offered]
        if asked.get("tool_choice") is not None:
            wire["tool_choice"] = _choice(asked["tool_choice"])
    else:
        wire.pop("parallel_tool_calls", None)
    _text(asked.get("text") or {}, wire)
    return wire


def _refuse(asked: dict[str, Any]) -> None:
    for field, ability in _REFUSED.items():
        if asked.get(field):
            raise UnsupportedParameter(f"This address does not {ability}.", param=field)
    if asked.get("truncation") == "auto":
        raise UnsupportedParameter(
            "Prompts are not shortened here: truncation must be off.", param="truncation"
        )
    if unknown := set(asked.get("include") or ()) - _INCLUDED:
        raise UnsupportedParameter(f"{min(unknown)} cannot be included here.", param="include")


def items(given: str | list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The input as a list of items, however it was given."""
    if isinstance(given, str):
        return [{"type": "message", "role": "user", "content": given}]
    return given


def _messages(asked: dict[str, Any], model: str) -> list[dict[str, Any]]:
    told: list[dict[str, Any]] = []
    if asked.get("instructions"):
        told.append({"role": "system", "content": asked["instructions"]})
    # Pictures that a tool shows; chat takes those from a person only, behind all results.
    shown: list[dict[str, Any]] = []
    speaks_to = _ROLES if families.counts_thoughts(model) else _OLDER_ROLES
    for item in items(asked["input"]):
        if item.get("type") == "function_call_output":
            result, pictures = _result(item)
            told.append(result)
            shown += pictures
            continue
        _flush(shown, told)
        _add(item, told, speaks_to)
    _flush(shown, told)
    return told


def _flush(shown: list[dict[str, Any]], told: list[dict[str, Any]]) -> None:
    if shown:
        told.append({"role": "user", "content": list(shown)})
        shown.clear()


def _add(item: dict[str, Any], told: list[dict[str, Any]], roles: dict[str, str]) -> None:
    """Put an item behind what was told so far."""
    match item.get("type", "message"):
        case "message":
            role = roles.get(item["role"], item["role"])
            told.append({"role": role, "content": _content(item["content"])})
        case "function_call":
            # A message and its calls are one message in chat.
            if not (told and told[-1]["role"] == "assistant"):
                told.append({"role": "assistant", "content": None})
            function = {"name": item["name"], "arguments": item["arguments"]}
            call = {"id": item["call_id"], "type": "function", "function": function}
            told[-1]["tool_calls"] = [*told[-1].get("tool_calls", ()), call]
        case "reasoning":
            # Sealed by its vendor, and of no use to another.
            return
        case other:
            raise UnsupportedParameter(
                f"Items of type {other} are not taken here; messages, function_call and "
                "function_call_output are.",
                param="input",
            )


def _result(item: dict[str, Any]) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """What a tool said, and what it shows."""
    content = _content(item["output"])
    shown: list[dict[str, Any]] = []
    if not isinstance(content, str):
        shown = [part for part in content if part["type"] != "text"]
        content = [part for part in content if part["type"] == "text"]
    return {"role": "tool", "tool_call_id": item["call_id"], "content": content or ""}, shown


def _content(content: Any) -> str | list[dict[str, Any]]:
    if isinstance(content, str):
        return content
    parts = [_part(part) for part in content]
    if all(part["type"] == "text" and len(part) == 2 for part in parts):  # noqa: PLR2004 - unmarked
        return "".join(part["text"] for part in parts)
    return parts


def _part(part: dict[str, Any]) -> dict[str, Any]:
    mark = {key: part[key] for key in ("prompt_cache_breakpoint", "cache_control") if key in part}
    match part["type"]:
        case "input_text" | "output_text" | "text":
            return {"type": "text", "text": part["text"]} | mark
        case "refusal":
            return {"type": "text", "text": part["refusal"]}
        case "input_image" if part.get("image_url"):
            image = {"url": part["image_url"]}
            if part.get("detail"):
                image["detail"] = part["detail"]
            return {"type": "image_url", "image_url": image} | mark
        case "input_file" if part.get("file_data"):
            file = {"file_data": part["file_data"], "filename": part.get("filename") or "file.pdf"}
            return {"type": "file", "file": file} | mark
        case "input_image" | "input_file":
            raise UnsupportedParameter(
                "Files that are kept elsewhere cannot be read here; send image_url or file_data.",
                param="input",
            )
    raise UnsupportedParameter(f"Content of type {part['type']} is not taken here.", param="input")


def _tool(tool: dict[str, Any]) -> dict[str, Any]:
    if tool["type"] != "function":
        raise UnsupportedParameter(
            f"The built-in tool {tool['type']} is not there; tools of type function are.",
            param="tools",
        )
    kept = ("name", "description", "parameters", "strict")
    function = {key: tool[key] for key in kept if tool.get(key) is not None}
    return {"type": "function", "function": function}


def _choice(choice: Any) -> Any:
    match choice:
        case str():
            return choice
        case {"type": "function", "name": name}:
            return {"type": "function", "function": {"name": name}}
        case {"type": "allowed_tools", "mode": mode, "tools": those}:
            named = [{"type": "function", "function": {"name": one["name"]}} for one in those]
            return {"type": "allowed_tools", "allowed_tools": {"mode": mode, "tools": named}}
    raise UnsupportedParameter(
        "This names a built-in tool, which is not there.", param="tool_choice"
    )


def _text(text: dict[str, Any], wire: dict[str, Any]) -> None:
    if text.get("verbosity"):
        wire["verbosity"] = text["verbosity"]
    match text.get("format"):
        case None | {"type": "text"}:
            return
        case {"type": "json_schema", **schema}:
            told = {key: value for key, value in schema.items() if value is not None}
            wire["response_format"] = {"type": "json_schema", "json_schema": told}
        case other:
            wire["response_format"] = other
