"""Whether a whole answer has the shape that was asked for, and how to ask for it once more."""

import threading
import time
from collections.abc import Callable, Iterator
from functools import lru_cache
from itertools import islice
from typing import TYPE_CHECKING, Any

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from samoey.domains.models.gateway.asked import Asked
from samoey.domains.models.gateway.saying import Said, followed, said
from samoey.kit.ports.upstreams import Dialect

if TYPE_CHECKING:
    from jsonschema.protocols import Validator

# Longer answers and shapes are passed on as they are.
MOST_ANSWER_BYTES = 256 * 1024
MOST_SHAPE_BYTES = 64 * 1024
MOST_REQUEST_BYTES = 4 * 2**20
MOST_SECONDS = 0.25
_MOST_UNIQUE = 1000
_MOST_ERRORS, _LONGEST_ERROR = 5, 200
_MARKS = (b'"json_schema"', b'"json_object"', b'"tool_choice"')
_DIALECTS: tuple[Dialect, ...] = ("openai.chat", "openai.responses", "anthropic.messages")
_MISSHAPEN = (AttributeError, KeyError, TypeError, msgspec.MsgspecError, UnicodeDecodeError)

_limit = threading.local()


class _TooMuch(Exception):
    """To look at all of it takes too long."""


class Wish(Struct):
    """The shape of the text, or of the arguments of tools of which one must be called."""

    text: Any = None
    tools: dict[str, Any] | None = None


def may_wish(asked: Asked) -> bool:
    """Whether a request may ask for a shape that a whole answer can be held to."""
    return (
        not asked.stream
        and asked.answers == 1
        and asked.dialect in _DIALECTS
        and len(asked.body) <= MOST_REQUEST_BYTES
        and any(mark in asked.body for mark in _MARKS)
    )


def most_asked(asked: Asked, repairs: int) -> int:
    """How often a model may be asked for one answer, so that the money for it is held."""
    return 1 + repairs if repairs and may_wish(asked) else 1


def wrong(asked: Asked, answer: bytes) -> str | None:
    """What is wrong with the shape of an answer; None where nothing is, or nobody can tell.

    An answer that was cut off or refused is none that asking again would mend.
    """
    if len(answer) > MOST_ANSWER_BYTES:
        return None
    try:
        wish = _wish(asked.dialect, msgspec.json.decode(asked.body))
        told = said(asked.dialect, msgspec.json.decode(answer))
        shape = msgspec.json.encode(wish)
    except (*_MISSHAPEN, RecursionError):
        return None
    # A regular expression may take forever: what properties' names must be like is not looked at.
    if told is None or len(shape) > MOST_SHAPE_BYTES or b'"patternProperties"' in shape:
        return None
    if wish.tools is not None:
        return _wrong_calls(wish.tools, told)
    if wish.text is None or told.calls:
        return None
    return _wrong_text(wish.text, told.text)


def once_more(asked: Asked, answer: bytes, error: str) -> Asked:
    """The request with the answer that came, and what is wrong with it."""
    fields = msgspec.json.decode(asked.body)
    told = said(asked.dialect, msgspec.json.decode(answer))
    assert told is not None
    body = msgspec.json.encode(followed(asked.dialect, fields, told, error))
    return replace(asked, body=body)


def _wish(dialect: Dialect, fields: dict[str, Any]) -> Wish:
    choice = fields.get("tool_choice")
    if dialect == "openai.chat":
        tools = {
            it["function"]["name"]: it["function"].get("parameters")
            for it in fields.get("tools") or ()
            if it.get("type") == "function"
        }
        form = fields.get("response_format") or {}
        shape = (form.get("json_schema") or {}).get("schema")
    elif dialect == "openai.responses":
        tools = {
            it["name"]: it.get("parameters")
            for it in fields.get("tools") or ()
            if it.get("type") == "function"
        }
        form = (fields.get("text") or {}).get("format") or {}
        shape = form.get("schema")
    else:
        tools = {
            it["name"]: it["input_schema"]
            for it in fields.get("tools") or ()
            if "input_schema" in it
        }
        form = (fields.get("output_config") or {}).get("format") or {}
        shape = form.get("schema")
    if tools and (forced := _forced(choice, tools)):
        return Wish(tools=forced)
    if form.get("type") == "json_object":
        return Wish(text={"type": "object"})
    return Wish(text=shape if form.get("type") == "json_schema" else None)


def _forced(choice: Any, tools: dict[str, Any]) -> dict[str, Any] | None:
    """The tools of which one must be called."""
    match choice:
        case "required" | {"type": "any"}:
            return tools
        case {"type": "function", "function": {"name": str() as name}}:
            return {name: tools[name]}
        case {"type": "function" | "tool", "name": str() as name}:
            return {name: tools[name]}
    return None


def _wrong_calls(tools: dict[str, Any], told: Said) -> str | None:
    if not told.calls:
        return f"No tool was called. Call {' or '.join(tools)}."
    for call in told.calls:
        if call.name not in tools:
            return f"There is no tool {call.name!r} to call. Call {' or '.join(tools)}."
        given = call.arguments
        shape = tools[call.name] or {"type": "object"}
        error = _wrong_text(shape, given) if isinstance(given, str) else _misfit(shape, given)
        if error:
            return f"The arguments of {call.name}: {error}"
    return None


def _wrong_text(shape: Any, text: str) -> str | None:
    try:
        value = msgspec.json.decode(text)
    except (msgspec.MsgspecError, UnicodeEncodeError) as error:
        return f"It is not JSON: {error}"
    except RecursionError:
        return None
    return _misfit(shape, value)


def _misfit(shape: Any, value: Any) -> str | None:
    # Loaded for the first who needs it: it takes a tenth of a second.
    from jsonschema import Draft202012Validator
    from jsonschema.exceptions import SchemaError
    from jsonschema.validators import validator_for
    from referencing import Registry
    from referencing.exceptions import Unresolvable

    _limit.end = time.monotonic() + MOST_SECONDS
    try:
        kind = validator_for(shape, default=Draft202012Validator)
        kind.check_schema(shape)
        # An empty registry: nothing is fetched from anywhere.
        validator = _bounded(kind)(shape, registry=Registry())
        found = [
            f"{error.json_path}: {error.message[:_LONGEST_ERROR]}"
            for error in islice(validator.iter_errors(value), _MOST_ERRORS)
        ]
    except (SchemaError, Unresolvable, RecursionError, _TooMuch):
        # Whoever asked for what cannot be checked gets what the model says.
        return None
    return "; ".join(found) or None


Keyword = Callable[[Any, Any, Any, Any], Any]


@lru_cache(8)
def _bounded(kind: "type[Validator]") -> "type[Validator]":
    """The same without what has no end: each keyword looks at the clock first."""
    from jsonschema.validators import extend

    keywords = {name: _timed(keyword) for name, keyword in kind.VALIDATORS.items()}
    keywords |= {"pattern": _anything, "uniqueItems": _unique(keywords.get("uniqueItems"))}
    bounded: type[Validator] = extend(kind, keywords)  # type: ignore[no-untyped-call]
    return bounded


def _timed(keyword: Keyword) -> Keyword:
    def timed(validator: Any, value: Any, instance: Any, schema: Any) -> Iterator[Any]:
        if time.monotonic() > _limit.end:
            raise _TooMuch
        yield from keyword(validator, value, instance, schema) or ()

    return timed


def _anything(_validator: Any, _value: Any, _instance: Any, _schema: Any) -> None:
    """A regular expression may take forever."""


def _unique(keyword: Keyword | None) -> Keyword:
    def unique(validator: Any, value: Any, instance: Any, schema: Any) -> Iterator[Any]:
        if keyword and isinstance(instance, list) and len(instance) <= _MOST_UNIQUE:
            yield from keyword(validator, value, instance, schema)

    return unique
