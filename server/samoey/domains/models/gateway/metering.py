"""What an answer used, read from its bytes as they pass; and only whole events are passed."""

import re
from collections.abc import Iterator

import msgspec

from samoey.domains.models.gateway.cost import Tokens
from samoey.kit.ports.upstreams import BrokeOff

MOST_BYTES = 32 * 1024 * 1024
# So many bytes long is the end of an event, mostly.
_LINES = 2

_USAGE = re.compile(rb'"usage"\s*:\s*\{')
_END = re.compile(
    rb'"finish_reason"\s*:\s*"|^data:\s*\[DONE\]|"type"\s*:\s*"message_stop"'
    rb'|"type"\s*:\s*"response\.(?:completed|incomplete|failed)"|"stop_reason"\s*:\s*"',
    re.MULTILINE,
)
_TOKEN = re.compile(
    rb'"(?:content|text|reasoning_content|reasoning|refusal|arguments|partial_json|thinking|delta'
    rb'|name)"\s*:\s*"[^"]'
)
_ERROR = re.compile(rb'^data:\s*\{\s*"error"|^event:\s*error|"type"\s*:\s*"error"', re.MULTILINE)
_BLANK = re.compile(rb"\r\n\r\n|\n\n|\r\r")


class _Details(msgspec.Struct):
    cached_tokens: int | None = None


class _Usage(msgspec.Struct):
    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    prompt_tokens_details: _Details | None = None
    input_tokens: int | None = None
    output_tokens: int | None = None
    input_tokens_details: _Details | None = None
    cache_read_input_tokens: int | None = None
    cache_creation_input_tokens: int | None = None


class _Nested(msgspec.Struct):
    usage: _Usage | None = None


class _Told(msgspec.Struct):
    usage: _Usage | None = None
    # Anthropic tells it with the beginning of a message, OpenAI's responses with their end.
    message: _Nested | None = None
    response: _Nested | None = None
    choices: list[msgspec.Raw] | None = None


_told = msgspec.json.Decoder(_Told)
_whole = msgspec.json.Decoder(_Nested)


def used(body: bytes) -> Tokens | None:
    """The tokens that a whole answer names, or None where it names none.

    Raises:
        ValueError: it is no JSON document, or not all of it came.
    """
    usage = _whole.decode(body).usage
    return _counted(Tokens(), usage) if usage is not None else None


class Events:
    """Cuts a stream where an event ends; what has no end yet waits for it."""

    def __init__(self, most: int = MOST_BYTES) -> None:
        self._most, self._size = most, 0
        self._held: list[bytes] = []
        # A blank line is four bytes at most: the last three that are held may begin one.
        self._before = b""

    def feed(self, part: bytes) -> bytes:
        """All that is whole by now.

        Raises:
            BrokeOff: one event is longer than any honest one.
        """
        if not self._held and part.endswith(b"\n\n"):
            return part
        before = self._before
        end = _last_blank(before + part) - len(before)
        if end <= 0:
            self._before = (before + part)[-3:]
            self._hold(part)
            return b""
        whole = b"".join((*self._held, part[:end]))
        self._held, self._size, self._before = [], 0, part[end:][-3:]
        if end < len(part):
            self._hold(part[end:])
        return whole

    def rest(self) -> bytes:
        """What never came to its end."""
        return b"".join(self._held)

    def _hold(self, part: bytes) -> None:
        self._held.append(part)
        self._size += len(part)
        if self._size > self._most:
            raise BrokeOff(f"One event of the answer is longer than {self._most:,} bytes.")


def _last_blank(window: bytes) -> int:
    """Where the last blank line ends, in whichever way lines end."""
    marks = (b"\n\n", b"\r\n\r\n", b"\r\r")
    return max(at + len(mark) if (at := window.rfind(mark)) >= 0 else -1 for mark in marks)


def events_of(block: bytes) -> Iterator[bytes]:
    """The single events of a block, each with its blank line."""
    begin = 0
    for blank in _BLANK.finditer(block):
        yield block[begin : blank.end()]
        begin = blank.end()
    if begin < len(block):
        yield block[begin:]


def has_token(block: bytes) -> bool:
    """Whether something is said in these events, or they end: before that nothing is lost."""
    return _TOKEN.search(block) is not None or _END.search(block) is not None


def has_error(block: bytes) -> bool:
    """Whether the vendor tells a failure in these events."""
    return _ERROR.search(block) is not None


class _Words:
    """Knows the next word of a stream by the last one: nothing else in it has to be looked for.

    Most events of a stream are the same but for one text. Where that holds no quote and no end of a
    line, it can tell neither usage nor an end nor a failure, and the rest was looked at before.
    """

    def __init__(self) -> None:
        self._before = self._after = b""
        # Where every event differs elsewhere, too, there is nothing to learn.
        self._tries = 32

    def is_next(self, event: bytes) -> bool:
        """Whether it is the last one again, with another word."""
        before, after = self._before, self._after
        return (
            before != b""
            and event.startswith(before)
            and event.endswith(after)
            and event.find(b'"', len(before)) == len(event) - len(after)
            and event.find(b"\n", len(before)) == len(event) - _LINES
        )

    def learn(self, event: bytes) -> None:
        """Remember one that was looked at: what it told of an end or a failure stays told."""
        if not self._tries:
            return
        self._tries -= 1
        found = _TOKEN.search(event)
        if found is None or not event.endswith(b"\n\n") or b"\r" in event:
            return
        begin = found.end() - 1
        end = event.find(b'"', begin)
        before, after = event[:begin], event[end:]
        if event[end - 1 : end] == b"\\" or b"data:" in after or before.count(b"data:") != 1:
            # A quote within the text, or more than one event.
            return
        if b"\n" not in after[:-_LINES]:
            self._before, self._after = before, after


class Meter:
    """Reads along: what was used, and whether the answer came to its end."""

    def __init__(self, *, hide_usage: bool) -> None:
        # The usage that only we asked for is not for the one who did not.
        self._hide = hide_usage
        self.tokens: Tokens | None = None
        self.events = 0
        self.ended = self.failed = False
        self._words = _Words()

    def read(self, block: bytes) -> bytes:
        """The block as it is passed on."""
        if self._words.is_next(block):
            self.events += 1
            return block
        self.events += block.count(b"data:")
        # Looking for a word costs a tenth of what an expression does, and most events lack it.
        if not self.ended and _may_end(block) and _END.search(block):
            self.ended = True
        if b"error" in block and _ERROR.search(block):
            self.failed = True
        if b'"usage"' not in block or _USAGE.search(block) is None:
            self._words.learn(block)
            return block
        return b"".join([event for event in events_of(block) if not self._is_usage_alone(event)])

    def _is_usage_alone(self, event: bytes) -> bool:
        """Take what an event tells of usage; whether that is all it tells."""
        if _USAGE.search(event) is None:
            return False
        try:
            told = _told.decode(payload(event))
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            return False
        for one in (told, told.message, told.response):
            if one is not None and one.usage is not None:
                self.tokens = _counted(self.tokens or Tokens(), one.usage)
        return self._hide and told.usage is not None and told.choices == []


def _may_end(block: bytes) -> bool:
    """Whether it is worth looking closer; said of almost no event but the last."""
    # Written out: every word of every stream passes here.
    reasons = block.count(b"finish_reason")
    if reasons and reasons > (
        block.count(b'finish_reason":null') + block.count(b'finish_reason": null')
    ):
        return True
    return (
        b"[DONE]" in block
        or b"message_stop" in block
        or b"stop_reason" in block
        or b"response." in block
    )


def payload(event: bytes) -> bytes:
    lines = [line[5:] for line in event.splitlines() if line.startswith(b"data:")]
    return b"\n".join(lines)


def _counted(before: Tokens, usage: _Usage) -> Tokens:
    """Later figures replace earlier ones; what a later event does not tell, stays."""
    details = usage.prompt_tokens_details or usage.input_tokens_details
    read = usage.cache_read_input_tokens
    write = usage.cache_creation_input_tokens
    prompt = usage.prompt_tokens
    if prompt is None and usage.input_tokens is not None:
        # Anthropic counts what was cached apart from the input, OpenAI as a part of it.
        prompt = usage.input_tokens + (read or 0) + (write or 0)
    cached = details.cached_tokens if read is None and details else read
    completion = usage.completion_tokens
    if completion is None:
        completion = usage.output_tokens
    # No vendor gives tokens back, whatever it says.
    return Tokens(
        prompt=before.prompt if prompt is None else max(0, prompt),
        completion=before.completion if completion is None else max(0, completion),
        cache_read=before.cache_read if cached is None else max(0, cached),
        cache_write=before.cache_write if write is None else max(0, write),
    )
