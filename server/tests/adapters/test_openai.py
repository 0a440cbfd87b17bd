import logging
from collections.abc import AsyncIterator, Callable, Iterator

import pytest
from pydantic import SecretStr

from samoey.adapters.models.switchboard import ModelSwitchboard
from samoey.gate import Gate
from samoey.kit.ports.models import (
    ChatMessage,
    ChatRequest,
    ModelBusy,
    ModelNotAllowed,
    ModelNotFound,
    ModelPromptTooLong,
    ModelRefusedKey,
    ModelRefusedRequest,
    ModelSpokeNonsense,
    ModelUnavailable,
    Piece,
    ToolCall,
    ToolSpec,
)
from samoey.kit.problems import Problem
from samoey.kit.settings import ModelSettings, Settings
from tests.doubles import openai as double_openai
from tests.doubles.openai import KEY, OpenAIDouble

PATIENT = ModelSettings(local_only=True)
ASKED = ChatRequest((ChatMessage("system", "Be brief."), ChatMessage("user", "How?")))


@pytest.fixture(scope="module")
def endpoint_double() -> Iterator[OpenAIDouble]:
    with double_openai.running() as running:
        yield running


@pytest.fixture
def double(endpoint_double: OpenAIDouble) -> OpenAIDouble:
    endpoint_double.forget()
    return endpoint_double


def connected(
    url: str, *, key: str | None = KEY, model: str | None = None, models: ModelSettings = PATIENT
) -> Gate:
    """What the environment connects, as a process without a database knows it."""
    secret = SecretStr(key) if key else None
    return Gate(
        Settings(openai_base_url=url, openai_api_key=secret, openai_model=model, models=models)
    )


@pytest.fixture
async def chat(double: OpenAIDouble) -> AsyncIterator[ModelSwitchboard]:
    gate = connected(double.url)
    yield gate.models
    await gate.close()


async def said(chat: ModelSwitchboard, request: ChatRequest = ASKED) -> list[Piece]:
    return [piece async for piece in chat.stream(request)]


async def test_an_answer_streams_in_with_its_usage(
    chat: ModelSwitchboard, double: OpenAIDouble
) -> None:
    double.say("It reads the file, then parses it.", size=5)

    pieces = await said(chat)

    assert "".join(piece.text for piece in pieces) == "It reads the file, then parses it."
    assert sum(bool(piece.text) for piece in pieces) == 7
    assert [p.finish for p in pieces if p.finish] == ["stop"]
    assert [(p.usage.prompt_tokens, p.usage.completion_tokens) for p in pieces if p.usage] == [
        (12, 7)
    ]
    assert double.requests[0]["model"] == "double-large"
    assert double.requests[0]["messages"][0] == {"role": "system", "content": "Be brief."}


async def test_pieces_come_as_they_are_said(chat: ModelSwitchboard, double: OpenAIDouble) -> None:
    double.raw(CHUNK, hold=True)

    coming = chat.stream(ASKED)
    heard = ""
    while not heard:
        heard = (await anext(coming)).text

    # Of an answer that has no end.
    assert heard == "Half a"


async def test_tools_are_passed_through_both_ways(
    chat: ModelSwitchboard, double: OpenAIDouble
) -> None:
    double.say("", tools=[("read_file", {"path": "a.py"}), ("search", {"text": "x"})])
    schema = {"type": "object", "properties": {"path": {"type": "string"}}}
    request = ChatRequest(
        messages=(
            ChatMessage("user", "How?"),
            ChatMessage("assistant", "", (ToolCall("call_9", "read_file", '{"path": "b.py"}'),)),
            ChatMessage("tool", "nothing there", tool_call_id="call_9"),
        ),
        model="o4-mini",
        tools=(ToolSpec("read_file", "Reads.", schema), ToolSpec("search", "Searches.", schema)),
        tool_choice="read_file",
        max_tokens=100,
        temperature=0.1,
        stop=("END",),
    )

    parts = [part for piece in await said(chat, request) for part in piece.tool_calls]

    calls: dict[int, str] = {}
    for part in parts:
        calls[part.index] = calls.get(part.index, "") + part.arguments
    assert calls == {0: '{"path": "a.py"}', 1: '{"text": "x"}'}
    assert [part.name for part in parts if part.name] == ["read_file", "search"]
    sent = double.requests[0]
    assert sent["tool_choice"] == {"type": "function", "function": {"name": "read_file"}}
    assert sent["max_completion_tokens"] == 100
    assert "temperature" not in sent
    assert sent["messages"][1]["tool_calls"][0]["id"] == "call_9"


async def test_an_endpoint_that_cannot_stream_is_understood(
    chat: ModelSwitchboard, double: OpenAIDouble
) -> None:
    double.document("All at once.")

    assert [piece.text for piece in await said(chat)] == ["All at once."]


BIG = b"data: " + b"x" * 2_000_000
CHUNK = b'data: {"choices":[{"index":0,"delta":{"content":"Half a"},"finish_reason":null}]}\n\n'
HTML = b"<html>Welcome</html>"

FAILURES: list[tuple[str, Callable[[OpenAIDouble], None], type[Problem], str]] = [
    ("401", lambda d: d.fail(401), ModelRefusedKey, "Check OPENAI_API_KEY"),
    ("403", lambda d: d.fail(403), ModelRefusedKey, "Check OPENAI_API_KEY"),
    ("429", lambda d: d.fail(429, retry_after="7"), ModelBusy, "in 7 s"),
    ("429 odd", lambda d: d.fail(429, retry_after="Wed, 21 Oct"), ModelBusy, "in a moment"),
    ("quota", lambda d: d.fail(429, code="insufficient_quota"), ModelBusy, "no quota left"),
    ("500", lambda d: d.fail(500), ModelUnavailable, "status 500"),
    ("503", lambda d: d.fail(503), ModelUnavailable, "Try again"),
    ("404 model", lambda d: d.fail(404, code="model_not_found"), ModelNotFound, "another one"),
    ("404", lambda d: d.fail(404), ModelSpokeNonsense, "ends in /v1"),
    ("400", lambda d: d.fail(400, message="no such field"), ModelRefusedRequest, "no such field"),
    (
        "too long",
        lambda d: d.fail(400, code="context_length_exceeded"),
        ModelPromptTooLong,
        "PROMPT_TOKENS",
    ),
    ("413", lambda d: d.fail(413), ModelPromptTooLong, "PROMPT_TOKENS"),
    ("418", lambda d: d.fail(418), ModelSpokeNonsense, "status 418"),
    (
        "redirect",
        lambda d: d.raw(b"", status=307, headers=[(b"location", b"http://evil.example/")]),
        ModelSpokeNonsense,
        "final one",
    ),
    ("error page", lambda d: d.raw(HTML, status=502), ModelUnavailable, "status 502"),
    ("html", lambda d: d.raw(HTML, content_type=b"text/html"), ModelSpokeNonsense, "text/html"),
    ("garbage", lambda d: d.raw(b"data: {]}\n\n"), ModelSpokeNonsense, "not the stream"),
    ("bad utf-8", lambda d: d.raw(b'data: {"a":"\xff"}\n\n'), ModelSpokeNonsense, "not the stream"),
    ("other json", lambda d: d.raw(b'data: {"a": 1}\n\n'), ModelSpokeNonsense, "not the stream"),
    ("wrong types", lambda d: d.raw(b'data: {"choices": 1}\n\n'), ModelSpokeNonsense, "stream"),
    ("huge line", lambda d: d.raw(BIG + b"\n\n"), ModelSpokeNonsense, "longer than"),
    ("huge line, cut", lambda d: d.raw(BIG), ModelUnavailable, "in the middle"),
    ("nothing", lambda d: d.raw(b""), ModelUnavailable, "without a word"),
    ("only done", lambda d: d.raw(b"data: [DONE]\n\n"), ModelUnavailable, "without a word"),
    ("comments", lambda d: d.raw(b": ping\n\n: ping\n\n"), ModelUnavailable, "without a word"),
    ("half, ended", lambda d: d.raw(CHUNK), ModelUnavailable, "in the middle"),
    ("half, cut", lambda d: d.half("Half an answer that"), ModelUnavailable, "broke off"),
    (
        "error in stream",
        lambda d: d.raw(CHUNK + b'data: {"error": {"message": "overloaded"}}\n\n'),
        ModelUnavailable,
        "overloaded",
    ),
    (
        "empty document",
        lambda d: d.raw(b'{"choices": []}', content_type=b"application/json"),
        ModelUnavailable,
        "without a word",
    ),
]


@pytest.mark.parametrize(
    ("script", "kind", "told"),
    [pytest.param(script, kind, told, id=name) for name, script, kind, told in FAILURES],
)
async def test_each_way_to_fail_is_told_plainly(
    chat: ModelSwitchboard,
    double: OpenAIDouble,
    script: Callable[[OpenAIDouble], None],
    kind: type[Problem],
    told: str,
) -> None:
    script(double)

    with pytest.raises(kind) as caught:
        await said(chat)

    assert type(caught.value) is kind
    assert told in str(caught.value)


async def test_silence_is_told_plainly(double: OpenAIDouble) -> None:
    from_the_start = PATIENT.model_copy(update={"first_word_s": 0.3})
    in_the_middle = PATIENT.model_copy(update={"next_word_s": 0.3})
    for models, told in ((from_the_start, "in time"), (in_the_middle, "fell silent")):
        gate = connected(double.url, models=models)
        if models is from_the_start:
            double.hang()
        else:
            double.raw(CHUNK, hold=True)

        with pytest.raises(ModelUnavailable, match=told):
            await said(gate.models)
        await gate.close()


async def test_what_was_said_before_a_break_is_not_lost(
    chat: ModelSwitchboard, double: OpenAIDouble
) -> None:
    double.half("Half an answer that")

    heard: list[str] = []

    async def listen() -> None:
        async for piece in chat.stream(ASKED):
            heard.append(piece.text)  # noqa: PERF401 - what came before the break counts

    with pytest.raises(ModelUnavailable):
        await listen()

    assert "".join(heard) == "Half an answer that"


@pytest.mark.parametrize("ends", [b"\n", b"\r\n", b"\r"], ids=["lf", "crlf", "cr"])
async def test_all_line_ends_of_server_sent_events_are_read(
    chat: ModelSwitchboard, double: OpenAIDouble, ends: bytes
) -> None:
    double.raw((CHUNK + b"data: [DONE]\n\n").replace(b"\n", ends))

    assert "".join(piece.text for piece in await said(chat)) == "Half a"


async def test_nobody_there_is_told_plainly() -> None:
    gate = connected("http://127.0.0.1:9/v1", key=None, model="m")

    with pytest.raises(ModelUnavailable, match="cannot be reached"):
        await said(gate.models)
    await gate.close()


async def test_a_wrong_key_is_neither_logged_nor_quoted(
    double: OpenAIDouble, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    gate = connected(double.url, key="sk-wrong-secret", model="m")

    with pytest.raises(ModelRefusedKey) as caught:
        await said(gate.models)

    [endpoint] = (await gate.open()).names.endpoints()
    assert "sk-" not in str(caught.value)
    assert "sk-wrong-secret" not in caplog.text + repr(endpoint) + repr(endpoint.key)
    await gate.close()


async def test_the_list_of_models_is_offered_without_those_that_cannot_chat(
    chat: ModelSwitchboard, double: OpenAIDouble
) -> None:
    double.models = ["double-embedding", "zeta", "alpha", "whisper-1"]

    offered = await chat.offered()

    assert [(it.id, it.connected) for it in offered] == [
        ("openai:zeta", True),
        ("openai:alpha", True),
        ("extractive", True),
    ]


async def test_an_endpoint_that_is_away_is_offered_as_such(double: OpenAIDouble) -> None:
    gate = connected(double.url, key="sk-wrong", model="zeta")

    offered, _ = await gate.models.offered()

    assert (offered.id, offered.connected) == ("openai:zeta", False)
    assert "Check OPENAI_API_KEY" in offered.detail
    await gate.close()


async def test_an_endpoint_without_any_chat_model_asks_for_a_name(
    chat: ModelSwitchboard, double: OpenAIDouble
) -> None:
    double.models = ["double-embedding"]

    with pytest.raises(ModelNotFound, match="OPENAI_MODEL"):
        await said(chat)


@pytest.mark.parametrize(
    "address", ["https://api.openai.com/v1", "http://8.8.8.8/v1", "https://example.com"]
)
def test_a_vendors_real_address_is_refused_where_models_stay_inside(address: str) -> None:
    with pytest.raises(ModelNotAllowed, match="LOCAL_ONLY"):
        connected(address)


@pytest.mark.parametrize("address", ["ftp://models", "models.internal", "http://"])
def test_an_address_that_is_none_is_refused(address: str) -> None:
    with pytest.raises(ModelNotAllowed, match="OPENAI_BASE_URL"):
        connected(address)
