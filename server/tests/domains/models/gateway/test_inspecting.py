"""What is looked at besides chats, and what of a stream a look holds back."""

import json
import time
from collections.abc import AsyncIterator
from typing import Any

import pytest

from samoey.domains.models.gateway.asked import read
from samoey.domains.models.gateway.attempts import Begun
from samoey.domains.models.gateway.breaker import Standing
from samoey.domains.models.gateway.inspecting import look_over
from samoey.domains.models.gateway.metering import Events
from samoey.domains.models.gateway.routing import Candidate
from samoey.kit.ports.inspection import PASSED, Ended, Replaced, Verdict
from samoey.kit.ports.upstreams import BrokeOff, Dialect
from tests.doubles.gateway import deployment


class Rules:
    """Replaces secrets and ends at what is forbidden."""

    async def look(self, text: str) -> Verdict:
        if "forbidden" in text:
            return Ended("No.")
        return Replaced("A rest.") if "secret" in text else PASSED


def begun(**more: Any) -> Begun:
    there = Candidate(deployment("a", "http://127.0.0.1:1/v1"), "the only one")
    standing = Standing(time.monotonic)
    return Begun(
        candidate=there, standing=standing, translation=None, attempts=1, waited_s=0, **more
    )


async def told(dialect: Dialect, came: bytes, *, stream: bool) -> bytes:
    """What is told of what came."""
    asked = read(dialect, json.dumps({"model": "m", "stream": stream}).encode())
    if not stream:
        one = begun(body=came)
        await look_over(asked, one, Rules())
        return one.body or b""

    async def rest() -> AsyncIterator[bytes]:
        yield came[5:]

    one = begun(rest=rest(), events=Events(), held=b"")
    # The beginning came before.
    assert one.events is not None
    assert one.events.feed(came[:5]) == b""
    await look_over(asked, one, Rules())
    assert one.rest is not None
    return b"".join([part async for part in one.rest])


@pytest.mark.parametrize(
    ("said", "heard", "end"),
    [("Good.", "Good.", "stop"), ("A secret.", "A rest.", "stop"), ("forbidden", "", "filtered")],
)
@pytest.mark.parametrize("stream", [False, True])
async def test_older_completions_are_looked_at_too(
    said: str, heard: str, end: str, *, stream: bool
) -> None:
    choice = {"index": 0, "text": said, "logprobs": {"tokens": [said]}, "finish_reason": "stop"}
    document = json.dumps({"id": "cmpl-1", "model": "m", "choices": [choice]}).encode()
    came = b"data: %s\n\ndata: [DONE]\n\n" % document if stream else document

    whole = await told("openai.completions", came, stream=stream)

    if said == heard:
        assert whole == came
        return
    [it] = json.loads(whole.removeprefix(b"data: ").partition(b"\n")[0])["choices"]
    assert (it["text"], it["finish_reason"].replace("content_filter", "filtered")) == (heard, end)
    assert said.encode() not in whole
    assert stream == whole.endswith(b"data: [DONE]\n\n")


def event(name: str, **more: Any) -> bytes:
    return f"event: {name}\ndata: {json.dumps({'type': name} | more)}\n\n".encode()


async def test_anthropics_stream_ends_with_every_block_that_was_begun_closed_and_no_other() -> None:
    start = event("message_start", message={"usage": {"input_tokens": 1, "output_tokens": 1}})
    text = {"type": "text", "text": ""}
    begin = event("content_block_start", index=0, content_block=text)
    ping = event("ping")
    said = event("content_block_delta", index=0, delta={"type": "text_delta", "text": "forbidden"})
    rest = event("content_block_stop", index=0) + event("message_stop")

    whole = await told("anthropic.messages", start + begin + said + ping + rest, stream=True)

    assert whole.startswith(start + begin + ping + b"event: content_block_stop")
    assert whole.count(b"event: content_block_stop") == 1
    assert b'"stop_reason":"refusal"' in whole
    assert b'"explanation":"No."' in whole

    loud = event("content_block_start", index=0, content_block=text | {"text": "forbidden"})
    whole = await told("anthropic.messages", start + loud + rest, stream=True)

    assert b"content_block" not in whole
    assert whole.endswith(b'data: {"type":"message_stop"}\n\n')


async def test_vectors_say_nothing() -> None:
    assert await told("openai.embeddings", b'{"data":[]}', stream=False) == b'{"data":[]}'


@pytest.mark.parametrize("body", [b"{}", b'{"choices":[{}]}', b"[1]", b"secret"])
async def test_what_cannot_be_read_is_not_told(body: bytes) -> None:
    with pytest.raises(BrokeOff):
        await told("openai.chat", body, stream=False)
    with pytest.raises(BrokeOff):
        await told("openai.chat", b"data: [secret\n\n", stream=True)
