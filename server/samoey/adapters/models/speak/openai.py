"""Our messages on the wire of `/chat/completions`, and its stream back into pieces."""

from collections.abc import AsyncIterator, Iterator
from typing import Any

import msgspec

from samoey.adapters.models.know.openai import Traits
from samoey.kit.ports.models import (
    ChatMessage,
    ChatRequest,
    ModelSpokeNonsense,
    ModelUnavailable,
    Piece,
    ToolCallPart,
    Usage,
)

LONGEST_LINE = 1024 * 1024
_WORDS_FOR_TOOL_CHOICE = {"auto", "none", "required"}


class _Function(msgspec.Struct):
    name: str | None = None
    arguments: str | None = None


class _ToolCall(msgspec.Struct):
    index: int = 0
    id: str | None = None
    function: _Function | None = None


class _Words(msgspec.Struct):
    content: str | None = None
    refusal: str | None = None
    tool_calls: list[_ToolCall] | None = None


class _Choice(msgspec.Struct):
    delta: _Words | None = None
    message: _Words | None = None
    finish_reason: str | None = None


class _Usage(msgspec.Struct):
    prompt_tokens: int = 0
    completion_tokens: int = 0


class _Chunk(msgspec.Struct):
    choices: list[_Choice] | None = None
    model: str | None = None
    usage: _Usage | None = None
    error: Any = None


_chunks = msgspec.json.Decoder(_Chunk)


def body(request: ChatRequest, model: str, traits: Traits) -> bytes:
    """The request as the endpoint wants to read it."""
    wire: dict[str, Any] = {
        "model": model,
        "messages": [_message(message, traits) for message in request.messages],
        "stream": True,
        "stream_options": {"include_usage": True},
    }
    if request.temperature is not None and traits.temperature:
        wire["temperature"] = request.temperature
    if request.max_tokens is not None:
        wire[traits.output_limit] = request.max_tokens
    if request.stop:
        wire["stop"] = list(request.stop)
    if request.tools:
        wire["tools"] = [
            {
                "type": "function",
                "function": {
                    "name": tool.name,
                    "description": tool.description,
                    "parameters": tool.parameters,
                },
            }
            for tool in request.tools
        ]
        if request.tool_choice:
            wire["tool_choice"] = _tool_choice(request.tool_choice)
    return msgspec.json.encode(wire)


def _tool_choice(choice: str) -> str | dict[str, Any]:
    if choice in _WORDS_FOR_TOOL_CHOICE:
        return choice
    return {"type": "function", "function": {"name": choice}}


def _message(message: ChatMessage, traits: Traits) -> dict[str, Any]:
    if message.role == "system":
        return {"role": traits.system_role, "content": message.text}
    if message.role == "tool":
        return {"role": "tool", "content": message.text, "tool_call_id": message.tool_call_id}
    wire: dict[str, Any] = {"role": message.role, "content": message.text}
    if message.tool_calls:
        wire["content"] = message.text or None
        wire["tool_calls"] = [
            {
                "id": call.id,
                "type": "function",
                "function": {"name": call.name, "arguments": call.arguments},
            }
            for call in message.tool_calls
        ]
    return wire


class Lines:
    """Splits a byte stream into lines, however it was cut; refuses lines without end."""

    def __init__(self) -> None:
        self._rest = b""

    def add(self, part: bytes) -> Iterator[bytes]:
        """The lines that `part` completed, without their ends."""
        whole = self._rest + part
        # A lone CR at the very end may be the first half of CRLF: it waits for the next part.
        held = whole.endswith(b"\r")
        lines = (whole[:-1] if held else whole).replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        *done, rest = lines.split(b"\n")
        self._rest = rest + (b"\r" if held else b"")
        if len(self._rest) > LONGEST_LINE or any(len(line) > LONGEST_LINE for line in done):
            raise ModelSpokeNonsense(
                f"One line of the answer is longer than {LONGEST_LINE:,} bytes. Try again, or "
                "choose another model."
            )
        yield from done


async def pieces(parts: AsyncIterator[bytes], host: str) -> AsyncIterator[Piece]:
    """Read a server-sent stream; it is whole only with a finish reason or `[DONE]`."""
    lines, finished, spoke = Lines(), False, False
    async for part in parts:
        for line in lines.add(part):
            if not line.startswith(b"data:"):
                continue
            told = line[5:].strip()
            if told == b"[DONE]":
                if not spoke:
                    raise _silence(host)
                return
            if not told:
                continue
            piece = _piece(told, host)
            spoke = spoke or bool(piece.text or piece.tool_calls or piece.finish)
            finished = finished or piece.finish is not None
            yield piece
    if finished:
        return
    if not spoke:
        raise _silence(host)
    raise ModelUnavailable(f"{host} stopped in the middle of its answer. Try again.")


def _silence(host: str) -> ModelUnavailable:
    return ModelUnavailable(f"{host} closed the answer without a word. Try again.")


def whole(told: bytes, host: str) -> Piece:
    """Read an answer that came in one document, from an endpoint that cannot stream."""
    if len(told) > LONGEST_LINE:
        raise ModelSpokeNonsense(f"The answer of {host} is longer than {LONGEST_LINE:,} bytes.")
    piece = _piece(told, host)
    if not (piece.text or piece.tool_calls):
        raise _silence(host)
    return piece


def _piece(told: bytes, host: str) -> Piece:
    try:
        chunk = _chunks.decode(told)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise ModelSpokeNonsense(
            f"What {host} sends is not the stream of a chat. Look at OPENAI_BASE_URL."
        ) from error
    if chunk.error is not None:
        said = chunk.error.get("message") if isinstance(chunk.error, dict) else chunk.error
        raise ModelUnavailable(f"{host} gave up in mid-answer. It says: {str(said)[:300]}")
    if chunk.choices is None:
        raise ModelSpokeNonsense(
            f"What {host} sends is not the stream of a chat. Look at OPENAI_BASE_URL."
        )
    usage = Usage(chunk.usage.prompt_tokens, chunk.usage.completion_tokens) if chunk.usage else None
    if not chunk.choices:
        return Piece(usage=usage, model=chunk.model)
    choice = chunk.choices[0]
    words = choice.delta or choice.message or _Words()
    return Piece(
        text=words.content or words.refusal or "",
        tool_calls=tuple(_part(call) for call in words.tool_calls or ()),
        usage=usage,
        finish=choice.finish_reason,
        model=chunk.model,
    )


def _part(call: _ToolCall) -> ToolCallPart:
    function = call.function or _Function()
    return ToolCallPart(call.index, call.id, function.name, function.arguments or "")
