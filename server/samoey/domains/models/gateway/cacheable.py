"""Which requests have an answer that may be told again, and under which name it is kept."""

import hashlib
from typing import Any

import msgspec
from msgspec import Struct

from samoey.domains.models.gateway.asked import Asked
from samoey.domains.models.gateway.names import Found
from samoey.domains.models.gateway.sameness import MOST_CHARACTERS
from samoey.kit.ports.upstreams import Dialect

# Another form of what is kept, or another way to name it, finds nothing of the old one.
FORM = 1
MOST_REQUEST_BYTES = 256 * 1024

_DIALECTS: tuple[Dialect, ...] = (
    "openai.chat",
    "openai.completions",
    "openai.embeddings",
    "anthropic.messages",
)
# They change nothing of the answer; `model` is the alias, whose deployments are in the name.
_NO_MATTER = ("user", "metadata", "model", "safety_identifier", "prompt_cache_key")
# Who sends these wants an act, a surprise, or more than a text.
_NEVER = ("tools", "functions", "web_search_options", "audio", "logprobs", "mcp_servers")
_CALLS = (b'"tool_calls"', b'"tool_call_id"', b'"tool_use"', b'"tool_result"', b'"function_call"')


class Question(Struct, frozen=True):
    """The last thing a person said, and the scope in which others may have said it otherwise."""

    scope: str
    text: str


class Named(Struct, frozen=True):
    """A request that may be answered from what is kept; `owner` is whose it is."""

    owner: str
    name: str
    question: Question | None


def named(asked: Asked, found: Found, workspace_id: str) -> Named | None:
    """Under which name a request's answer is kept; None where it is not to be."""
    alias, deployments = found
    if alias.cache == "off" or asked.dialect not in _DIALECTS or asked.needs.tools:
        return None
    if len(asked.body) > MOST_REQUEST_BYTES or any(it in asked.body for it in _CALLS):
        return None
    fields: dict[str, Any] = msgspec.json.decode(asked.body)
    if any(fields.get(it) for it in _NEVER) or _wants_variety(fields):
        return None
    for name in _NO_MATTER:
        fields.pop(name, None)
    if asked.dialect == "openai.chat":
        # Kept in a form of which both can be made.
        fields.pop("stream", None)
        fields.pop("stream_options", None)
    # Whoever else would answer, or is asked otherwise, may answer otherwise.
    place = (
        FORM,
        workspace_id,
        asked.dialect,
        alias,
        [(it.id, it.model) for it in deployments],
    )
    question = _question(place, fields) if alias.cache == "semantic" else None
    return Named(workspace_id, _hash(place, fields), question)


def _wants_variety(fields: dict[str, Any]) -> bool:
    # None is what the alias says by being cached at all.
    return bool(fields.get("temperature")) or any(
        (fields.get(name) or 1) != 1 for name in ("n", "best_of")
    )


def _question(place: Any, fields: dict[str, Any]) -> Question | None:
    """What a person asked last: one text, short enough to be understood whole."""
    messages = fields.get("messages")
    if not isinstance(messages, list) or not messages or not isinstance(messages[-1], dict):
        return None
    last = messages[-1]
    text = _text(last.get("content"))
    if last.get("role") != "user" or text is None or not 0 < len(text) <= MOST_CHARACTERS:
        return None
    about = last | {"content": None}
    rest = fields | {"messages": [*messages[:-1], about]}
    return Question(_hash(place, rest), text)


def _text(content: Any) -> str | None:
    match content:
        case str():
            return content
        case [{"type": "text", "text": str() as text, **more}] if not more:
            return text
    return None


def _hash(*of: Any) -> str:
    return hashlib.sha256(msgspec.json.encode(of, order="sorted")).hexdigest()
