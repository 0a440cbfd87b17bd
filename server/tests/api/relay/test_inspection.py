"""Answers are looked at before they are told, whole and as streams, in both vendors' words."""

import json
import socket
from collections.abc import AsyncIterator, Iterator
from typing import Any

import aiohttp
import pytest

from samoey.api.relay.app import Relay
from samoey.kit.ports.inspection import PASSED, Answering, Ended, Replaced, Verdict
from samoey.kit.ports.upstreams import TimeLimits, VendorKey
from tests.api.relay.conftest import Relayed
from tests.doubles import anthropic as double_anthropic
from tests.doubles import gateway as double_gateway
from tests.doubles import loopback
from tests.doubles.anthropic import AnthropicDouble
from tests.doubles.gateway import Kept, alias, deployment
from tests.doubles.openai import OpenAIDouble

GOOD = "This is a good beginning of an answer. " * 10
SECRET = GOOD + "The secret is out. " + GOOD
FORBIDDEN = GOOD + "This is forbidden. " + GOOD
DOORS = ("/v1/chat/completions", "/v1/messages", "/v1/responses")
VENDORS = ("gpt", "claude")


class Rules:
    """Replaces secrets, ends at what is forbidden, and remembers what it saw."""

    def __init__(self) -> None:
        self.seen: list[str] = []
        self.begun: list[Answering] = []

    def begin(self, answering: Answering) -> "Rules":
        self.begun.append(answering)
        return self

    async def look(self, text: str) -> Verdict:
        self.seen.append(text)
        if "fault" in text:
            raise RuntimeError
        if "forbidden" in text:
            return Ended("Not to be told here.")
        return Replaced(text.replace("secret", "rest")) if "secret" in text else PASSED


@pytest.fixture
def rules() -> Rules:
    return Rules()


@pytest.fixture(scope="module")
def running_claude() -> Iterator[AnthropicDouble]:
    with double_anthropic.running() as double:
        yield double


@pytest.fixture
async def looked_at(
    rules: Rules, first: OpenAIDouble, running_claude: AnthropicDouble
) -> AsyncIterator[Relayed]:
    """`gpt` and `claude`, with the rules in between."""
    running_claude.forget()
    with socket.create_server(("127.0.0.1", 0)) as listening:
        async with double_gateway.standing(inspector=rules) as standing:
            claude = deployment(
                "claude",
                running_claude.url,
                kind="anthropic",
                key=VendorKey(running_claude.key),
                model="claude-opus-4-8",
                limits=TimeLimits(),
            )
            standing.decided.decide(
                deployment("gpt", first.url, limits=TimeLimits()),
                claude,
                aliases=(alias("gpt", "gpt"), alias("claude", "claude")),
            )
            relay = Relay(standing.gateway, max_body=2**20, responses=Kept())
            async with (
                loopback.in_this_loop(relay, listening) as url,
                aiohttp.ClientSession(auto_decompress=False) as http,
            ):
                yield Relayed(url, standing, http)


class Speaker:
    """Both vendors, told to say the same."""

    def __init__(self, gpt: OpenAIDouble, claude: AnthropicDouble) -> None:
        self._gpt, self._claude = gpt, claude

    def say(self, text: str, *, stream: bool) -> None:
        self._claude.write(text)
        if stream:
            self._gpt.say(text, size=7)
        else:
            self._gpt.document(text)


@pytest.fixture
def speaker(first: OpenAIDouble, running_claude: AnthropicDouble) -> Speaker:
    return Speaker(first, running_claude)


async def ask(relayed: Relayed, door: str, vendor: str, *, stream: bool) -> tuple[str, str, str]:
    """What was told, how it ended, and the whole of it as it came."""
    body: dict[str, Any] = {"model": vendor, "stream": stream}
    if door == "/v1/responses":
        body["input"] = "How?"
    else:
        body |= {"messages": [{"role": "user", "content": "How?"}], "max_tokens": 100}
    async with relayed.ask(body, path=door) as response:
        assert response.status == 200
        whole = await response.text()
    documents = (
        [json.loads(line[6:]) for line in whole.splitlines() if line.startswith("data: {")]
        if stream
        else [json.loads(whole)]
    )
    read = {"/v1/messages": _message, "/v1/responses": _response}.get(door, _chat)
    text, end = "", ""
    for document in documents:
        said, ended = read(document)
        text, end = text + said, ended or end
    return text, end, whole


def _chat(it: Any) -> tuple[str, str]:
    choices = it.get("choices") or [{}]
    said = choices[0].get("message") or choices[0].get("delta") or {}
    return said.get("content") or "", choices[0].get("finish_reason") or ""


def _message(it: Any) -> tuple[str, str]:
    blocks = [it.get("delta") or {}, *(it.get("content") or [])]
    ended = it.get("stop_reason") or (it.get("delta") or {}).get("stop_reason") or ""
    return "".join(one.get("text") or "" for one in blocks), ended


def _response(it: Any) -> tuple[str, str]:
    if it.get("type") == "response.output_text.delta":
        return it["delta"], ""
    if "response" in it:
        return "", it["response"]["status"]
    texts = [part.get("text") or "" for one in it.get("output") or () for part in one["content"]]
    return "".join(texts), it.get("status") or ""


ENDS = {"/v1/chat/completions": "content_filter", "/v1/messages": "refusal"}


@pytest.mark.parametrize("vendor", VENDORS)
@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("stream", [False, True])
async def test_what_is_let_through_is_told_and_was_seen_whole(
    looked_at: Relayed, rules: Rules, speaker: Speaker, door: str, vendor: str, *, stream: bool
) -> None:
    speaker.say(GOOD, stream=stream)

    text, end, _ = await ask(looked_at, door, vendor, stream=stream)

    assert text == GOOD
    assert "".join(rules.seen) == GOOD
    assert end in {"stop", "end_turn", "completed"}
    [about] = rules.begun
    assert (about.user_id, about.key_id, about.model) == ("u1", "k1", vendor)


@pytest.mark.parametrize("vendor", VENDORS)
@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("stream", [False, True])
async def test_what_is_replaced_is_told_in_the_other_words_alone(
    looked_at: Relayed, speaker: Speaker, door: str, vendor: str, *, stream: bool
) -> None:
    speaker.say(SECRET, stream=stream)

    text, end, whole = await ask(looked_at, door, vendor, stream=stream)

    assert text == SECRET.replace("secret", "rest")
    assert "secret" not in whole
    assert end in {"stop", "end_turn", "completed"}


@pytest.mark.parametrize("vendor", VENDORS)
@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("stream", [False, True])
async def test_what_is_ended_tells_the_reason_and_nothing_more(
    looked_at: Relayed, speaker: Speaker, door: str, vendor: str, *, stream: bool
) -> None:
    speaker.say(FORBIDDEN, stream=stream)

    text, end, whole = await ask(looked_at, door, vendor, stream=stream)

    text = text.replace("Not to be told here.", "")
    assert "forbidden" not in whole
    assert GOOD.startswith(text)
    assert bool(text) == stream
    assert end == ENDS.get(door, end)
    if door == "/v1/chat/completions" and stream:
        assert whole.endswith("data: [DONE]\n\n")
    if door == "/v1/responses":
        assert (end == "incomplete") or "refusal" in whole
    [row] = looked_at.standing.purses.rows
    assert row.status == 200
    standings = looked_at.standing.gateway.standings
    assert standings.of(vendor).in_hand == 0


@pytest.mark.parametrize("door", DOORS)
async def test_the_reason_is_told_where_the_vendor_has_a_place_for_it(
    looked_at: Relayed, speaker: Speaker, door: str
) -> None:
    for vendor in VENDORS:
        for stream in (False, True):
            speaker.say(FORBIDDEN, stream=stream)
            _, _, whole = await ask(looked_at, door, vendor, stream=stream)
            translated = (door == "/v1/messages") != (vendor == "claude")
            assert ("Not to be told here." in whole) or (translated and stream), (vendor, stream)


async def test_a_stream_is_looked_at_in_sentences_and_what_is_let_through_stays_byte_by_byte(
    looked_at: Relayed, rules: Rules, first: OpenAIDouble
) -> None:
    words = GOOD.split(" ")
    told = b": open\n\n" + b"".join(
        b'data: {"choices":  [{"index":0,"delta":{"content":%s}}]}\r\n\r\n'
        % json.dumps(word + " ").encode()
        for word in words
    )
    told += b'data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n'
    first.raw(told)

    _, _, whole = await ask(looked_at, DOORS[0], "gpt", stream=True)

    assert whole.encode() == told
    assert len(rules.seen) > 1
    assert all(it.rstrip().endswith(".") for it in rules.seen)


@pytest.mark.parametrize("stream", [False, True])
async def test_what_cannot_be_looked_at_is_not_told(
    looked_at: Relayed, speaker: Speaker, *, stream: bool
) -> None:
    speaker.say("There is a fault.", stream=stream)
    body = {"model": "gpt", "stream": stream, "messages": [{"role": "user", "content": "How?"}]}

    async with looked_at.ask(body) as response:
        told = await response.text()

    assert "fault" not in told
    assert "error" in told
    assert looked_at.standing.gateway.standings.of("gpt").in_hand == 0


async def test_what_came_before_a_stream_broke_off_is_looked_at_too(
    looked_at: Relayed, rules: Rules, first: OpenAIDouble
) -> None:
    first.half("Half of it.")

    text, _, whole = await ask(looked_at, DOORS[0], "gpt", stream=True)

    assert (text, rules.seen) == ("Half of it.", ["Half of it."])
    assert '"error"' in whole
    assert "[DONE]" not in whole


async def test_several_answers_of_a_stream_are_looked_at_one_by_one(
    looked_at: Relayed, first: OpenAIDouble
) -> None:
    told = b"".join(
        b'data: {"choices":[{"index":%d,"delta":{"content":%s}}]}\n\n'
        % (at, json.dumps(text).encode())
        for at, text in [(0, "The se"), (1, "All is "), (0, "cret."), (1, "good.")]
    )
    ends = b"".join(
        b'data: {"choices":[{"index":%d,"delta":{},"finish_reason":"stop"}]}\n\n' % at
        for at in (0, 1)
    )
    first.raw(told + ends + b"data: [DONE]\n\n")
    body = {"model": "gpt", "n": 2, "stream": True, "messages": [{"role": "user", "content": "?"}]}

    async with looked_at.ask(body) as response:
        lines = (await response.text()).splitlines()

    said = {0: "", 1: ""}
    for line in lines:
        if line.startswith("data: {"):
            [choice] = json.loads(line[6:])["choices"]
            said[choice["index"]] += choice["delta"].get("content") or ""
    assert said == {0: "The rest.", 1: "All is good."}
