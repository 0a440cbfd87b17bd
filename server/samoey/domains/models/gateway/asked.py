"""What a program asks: as much of it as the gateway must know; the rest stays as it was sent."""

import re

import msgspec
from msgspec import Raw, Struct

from samoey.domains.models.gateway.cost import estimate
from samoey.domains.models.gateway.routing import Needs
from samoey.kit.ports.upstreams import Dialect
from samoey.kit.problems import BadRequest

_BYTES_PER_TOKEN = 4
# A picture in the middle of a text: it is no text, and costs about this many tokens.
_BLOB = re.compile(rb"[A-Za-z0-9+/_=-]{2048,}")
_PICTURE_TOKENS = 1000
_LONGEST_NAME = 256
# Whatever is asked for: no model writes more tokens, and no vendor gives more answers at once.
_MOST_OUTPUT, _MOST_ANSWERS = 10_000_000, 128
_PICTURE = re.compile(rb'"type"\s*:\s*"(?:image|image_url|input_image)"')


class Unreadable(BadRequest):
    """The body is no JSON object, or lacks what every request has; `param` names the field."""

    title = "The request cannot be read."


class _StreamOptions(Struct):
    include_usage: bool | None = None


class _Head(Struct):
    model: str | None = None
    stream: bool | None = None
    max_tokens: int | None = None
    max_completion_tokens: int | None = None
    max_output_tokens: int | None = None
    n: int | None = None
    tools: Raw = Raw(b"null")
    stream_options: _StreamOptions | None = None


_head = msgspec.json.Decoder(_Head)
_fields = msgspec.json.Decoder(dict[str, Raw])
_FIELD = re.compile(r"`\$\.([^`]+)`")


class Asked(Struct, frozen=True, kw_only=True):
    """One request; `body` is as it came."""

    dialect: Dialect
    body: bytes
    model: str
    stream: bool
    # Whether the one who asks wants to be told the usage of a stream.
    usage_wanted: bool
    needs: Needs
    answers: int


def read(dialect: Dialect, body: bytes) -> Asked:
    """Understand a request as far as it concerns the gateway.

    Raises:
        Unreadable: it is no JSON object, names no model, or a field of ours has the wrong type.
    """
    try:
        head = _head.decode(body)
    except msgspec.ValidationError as error:
        field = _FIELD.search(str(error))
        raise Unreadable(str(error), param=field[1] if field else None) from None
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise Unreadable("The body is not a JSON object.", param=None) from None
    except RecursionError:
        raise Unreadable("The body is nested too deeply.", param=None) from None
    if not head.model:
        raise Unreadable("Name a model.", param="model")
    if len(head.model) > _LONGEST_NAME or not head.model.isprintable():
        raise Unreadable("This is no name of a model.", param="model")
    options = head.stream_options
    output = head.max_completion_tokens or head.max_tokens or head.max_output_tokens
    if output is not None:
        # The vendor sees what was sent; what is held and counted stays within reason.
        output = min(_MOST_OUTPUT, max(0, output))
    return Asked(
        dialect=dialect,
        body=body,
        model=head.model,
        stream=bool(head.stream),
        usage_wanted=bool(options and options.include_usage),
        needs=_needs(head, body, output),
        answers=min(_MOST_ANSWERS, max(1, head.n or 1)),
    )


def _needs(head: _Head, body: bytes, output: int | None) -> Needs:
    vision = _PICTURE.search(body) is not None
    return Needs(
        tokens=_tokens(body, vision=vision),
        output=output,
        tools=bytes(head.tools) not in {b"null", b"[]"},
        vision=vision,
        stream=bool(head.stream),
    )


def prompt_tokens(body: bytes) -> int:
    """How many tokens a model reads in a request or a part of it, estimated."""
    return _tokens(body, vision=_PICTURE.search(body) is not None)


def _tokens(body: bytes, *, vision: bool) -> int:
    tokens = estimate(len(body), None).prompt
    if vision:
        blobs = [len(found) for found in _BLOB.findall(body)]
        tokens += len(blobs) * _PICTURE_TOKENS - sum(blobs) // _BYTES_PER_TOKEN
    return tokens


def rewritten(asked: Asked, model: str) -> bytes:
    """The body for a deployment in its own dialect: another model's name, all else untouched.

    What a stream used is always asked for, because it is paid for.
    """
    usage = asked.stream and not asked.usage_wanted and asked.dialect in _TELL_USAGE
    if model == asked.model and not usage:
        return asked.body
    fields = _fields.decode(asked.body)
    fields["model"] = Raw(msgspec.json.encode(model))
    if usage:
        options = _fields.decode(fields.get("stream_options", b"{}")) if _has(fields) else {}
        options["include_usage"] = Raw(b"true")
        fields["stream_options"] = Raw(msgspec.json.encode(options))
    return msgspec.json.encode(fields)


_TELL_USAGE: tuple[Dialect, ...] = ("openai.chat", "openai.completions")


def _has(fields: dict[str, Raw]) -> bool:
    return bytes(fields.get("stream_options", Raw(b"null"))) != b"null"
