import json
from typing import Any

import pytest

from tests.domains.models.dialects import golden
from tests.doubles import vendors

_REQUESTS = golden.recorded("requests")
_ANSWERS = golden.recorded("answers")
_STREAMS = golden.recorded("streams")
_WORDS = {
    "openai.chat": "chat",
    "anthropic.messages": "message",
    "openai.responses": "response",
}


@pytest.mark.parametrize("name", _REQUESTS)
def test_a_request_is_said_in_the_vendors_words(name: str) -> None:
    recording = _REQUESTS[name]

    _, wire = golden.asked(recording)

    assert wire == recording["wire"]


@pytest.mark.parametrize("name", _ANSWERS)
def test_an_answer_is_told_in_the_callers_words(name: str) -> None:
    recording = _ANSWERS[name]
    translation, _ = golden.asked(recording)

    told = json.loads(translation.answer(json.dumps(recording["vendor"]).encode()))

    assert golden.steady(told) == recording["told"]


@pytest.mark.parametrize("name", _STREAMS)
def test_a_stream_is_told_in_the_callers_words(name: str) -> None:
    recording = _STREAMS[name]
    translation, _ = golden.asked(recording)

    stream = translation.stream()
    told = stream.feed(golden.sent(recording)) + stream.end()

    assert golden.read(told) == recording["told"]
    assert stream.whole


# What we own is beyond OpenAI's description: thoughts, and marks for a proxy's sake.
_OWN = ("thinking_blocks", "reasoning_content", "cache_control", "prompt_cache_breakpoint")


def _described(document: Any) -> Any:
    """A document without what only newer or other vendors' words have."""
    if isinstance(document, dict):
        return {key: _described(value) for key, value in document.items() if key not in _OWN}
    return [_described(one) for one in document] if isinstance(document, list) else document


def test_all_recordings_fit_the_vendors_own_descriptions() -> None:
    faults = []
    for recording in _REQUESTS.values():
        asked, spoken = _WORDS[recording["asked_in"]], _WORDS[recording["spoken"]]
        faults += vendors.faults(f"{asked} request", _fitting(asked, recording["asked"]))
        faults += vendors.faults(f"{spoken} request", _fitting(spoken, recording["wire"]))
    for recording in _ANSWERS.values():
        asked, spoken = _WORDS[recording["asked_in"]], _WORDS[recording["spoken"]]
        faults += vendors.faults(asked, recording["told"])
        faults += vendors.faults(spoken, recording["vendor"])
    for recording in _STREAMS.values():
        asked, spoken = _WORDS[recording["asked_in"]], _WORDS[recording["spoken"]]
        faults += _stream_faults(asked, recording["told"])
        faults += _stream_faults(spoken, recording["vendor"])

    assert faults == []


def _fitting(word: str, request: dict[str, Any]) -> dict[str, Any]:
    if word != "chat":
        # Older families take what Anthropic's newest types no longer have.
        return {key: value for key, value in request.items() if key != "temperature"}
    # Newer than the description that is kept here.
    return {k: v for k, v in _described(request).items() if k not in {"verbosity", "thinking"}}


def _stream_faults(word: str, events: list[dict[str, Any]]) -> list[str]:
    kind = "chat chunk" if word == "chat" else f"{word} event"
    return [
        fault
        for event in events
        # Errors in mid-stream and pings are in neither's description.
        if event["data"] != "[DONE]"
        and "error" not in event["data"]
        and event["data"].get("type") != "ping"
        for fault in vendors.faults(kind, event["data"])
    ]
