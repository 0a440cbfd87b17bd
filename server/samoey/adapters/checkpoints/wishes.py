"""What programs ask of a model that runs here, in OpenAI's words; what it cannot do is refused."""

from typing import Any, TypeVar

import msgspec
from msgspec import Struct

from samoey.adapters.checkpoints.writing import NoTemplate, Sampling, Writer

Shape = TypeVar("Shape")
_MOST_STOPS = 16
_MOST_TEMPERATURE = 2.0


class Refused(Exception):
    """A request cannot be answered as it stands; told with status 400."""

    def __init__(self, param: str | None, message: str, code: str | None = None) -> None:
        super().__init__(message)
        self.param, self.code = param, code

    def body(self) -> bytes:
        """As OpenAI tells it."""
        return failure(str(self), param=self.param, code=self.code)


def failure(
    message: str, *, kind: str = "invalid_request_error", param: str | None = None, code: Any = None
) -> bytes:
    """An error in OpenAI's shape."""
    told = {"message": message, "type": kind, "param": param, "code": code}
    return msgspec.json.encode({"error": told})


class _Options(Struct):
    include_usage: bool = False


class _Part(Struct):
    type: str
    text: str | None = None


class _Message(Struct):
    role: str
    content: str | list[_Part] | None = None
    tool_calls: list[Any] | None = None


class _Common(Struct, kw_only=True):
    max_tokens: int | None = None
    temperature: float | None = None
    top_p: float | None = None
    top_k: int | None = None
    stop: str | list[str] | None = None
    stream: bool | None = None
    stream_options: _Options | None = None
    n: int | None = None
    logit_bias: dict[str, float] | None = None
    frequency_penalty: float | None = None
    presence_penalty: float | None = None
    logprobs: bool | int | None = None


class _Chat(_Common, kw_only=True):
    messages: list[_Message]
    max_completion_tokens: int | None = None
    tools: list[Any] | None = None
    functions: list[Any] | None = None
    response_format: dict[str, Any] | None = None


class _Completion(_Common, kw_only=True):
    prompt: str | list[str]
    suffix: str | None = None
    echo: bool | None = None
    best_of: int | None = None


_chat = msgspec.json.Decoder(_Chat)
_completion = msgspec.json.Decoder(_Completion)


class Wish(Struct, frozen=True, kw_only=True):
    """One request, ready to be written."""

    chat: bool
    prompt: list[int]
    sampling: Sampling
    stops: tuple[str, ...]
    stream: bool
    usage: bool


def chat(body: bytes, writer: Writer) -> Wish:
    """Read a chat.

    Raises:
        Refused: it is none, or asks for what this model cannot do.
    """
    asked = _decoded(_chat, body)
    for name in ("tools", "functions"):
        if getattr(asked, name):
            raise _unsupported(name, "Models that run here call no tools")
    if asked.response_format and asked.response_format.get("type") not in {None, "text"}:
        raise _unsupported("response_format", "Models that run here promise no shape")
    messages = [{"role": _role(it.role), "content": _text(it)} for it in asked.messages]
    if not messages:
        raise Refused("messages", "Send at least one message.")
    try:
        prompt = writer.prompt_of(messages)
    except NoTemplate as reason:
        raise Refused("messages", str(reason)) from None
    most = asked.max_completion_tokens or asked.max_tokens
    return _wish(asked, writer, prompt, most, chat=True)


def completion(body: bytes, writer: Writer) -> Wish:
    """Read a prompt to go on from; raises as `chat` does."""
    asked = _decoded(_completion, body)
    if asked.suffix:
        raise _unsupported("suffix", "Models that run here fill in no middles")
    if asked.echo or (asked.best_of or 1) != 1:
        raise _unsupported("echo" if asked.echo else "best_of", "Ask for the answer alone")
    prompts = [asked.prompt] if isinstance(asked.prompt, str) else asked.prompt
    if len(prompts) != 1 or not prompts[0]:
        raise Refused("prompt", "Send one prompt that is not empty.")
    most = 16 if asked.max_tokens is None else asked.max_tokens
    return _wish(asked, writer, writer.tokens_of(prompts[0]), most, chat=False)


def _wish(
    asked: _Common, writer: Writer, prompt: list[int], most: int | None, *, chat: bool
) -> Wish:
    _refuse_rest(asked)
    room = writer.context_tokens - len(prompt)
    if room < 1 or (most or 1) > room:
        raise Refused(
            "messages" if chat else "prompt",
            f"This model's maximum context length is {writer.context_tokens} tokens. You asked for "
            f"{len(prompt) + (most or 1)}: {len(prompt)} in the prompt, {most or 1} for the "
            "answer.",
            "context_length_exceeded",
        )
    options = asked.stream_options
    return Wish(
        chat=chat,
        prompt=prompt,
        sampling=_sampling(asked, writer, most or room),
        stops=_stops(asked.stop),
        stream=bool(asked.stream),
        usage=options is not None and options.include_usage,
    )


def _sampling(asked: _Common, writer: Writer, most: int) -> Sampling:
    if most < 1:
        raise Refused("max_tokens", "Ask for at least one token.")
    usual = writer.defaults
    temperature = usual.temperature if asked.temperature is None else asked.temperature
    top_p = usual.top_p if asked.top_p is None else asked.top_p
    top_k = usual.top_k if asked.top_k is None else asked.top_k
    if not 0 <= temperature <= _MOST_TEMPERATURE:
        raise Refused("temperature", "A temperature lies between 0 and 2.")
    if not 0 < top_p <= 1:
        raise Refused("top_p", "top_p lies above 0, and is 1 at the most.")
    if top_k is not None and top_k < 1:
        top_k = None
    return Sampling(most_tokens=most, temperature=temperature, top_p=top_p, top_k=top_k)


def _refuse_rest(asked: _Common) -> None:
    if (asked.n or 1) != 1:
        raise _unsupported("n", "Ask for one answer at a time")
    for name in ("logit_bias", "frequency_penalty", "presence_penalty"):
        if getattr(asked, name):
            raise _unsupported(name, "Models that run here choose by temperature, top_p and top_k")
    if asked.logprobs:
        raise _unsupported("logprobs", "Models that run here tell no probabilities")


def _stops(stop: str | list[str] | None) -> tuple[str, ...]:
    words = [stop] if isinstance(stop, str) else stop or []
    if len(words) > _MOST_STOPS:
        raise Refused("stop", f"Send {_MOST_STOPS} words to stop at, or fewer.")
    return tuple(words)


def _role(role: str) -> str:
    # What OpenAI calls a developer, every template calls the system.
    return "system" if role == "developer" else role


def _text(message: _Message) -> str:
    if message.tool_calls or message.role == "tool":
        raise _unsupported("messages", "Models that run here call no tools")
    if message.content is None or isinstance(message.content, str):
        return message.content or ""
    if any(part.type != "text" for part in message.content):
        raise _unsupported("messages", "Models that run here read text, and nothing else")
    return "".join(part.text or "" for part in message.content)


def _unsupported(param: str, message: str) -> Refused:
    return Refused(param, f"{message}.", "unsupported_parameter")


def _decoded(decoder: "msgspec.json.Decoder[Shape]", body: bytes) -> Shape:
    try:
        return decoder.decode(body)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise Refused(None, f"This request cannot be read: {error}") from None
