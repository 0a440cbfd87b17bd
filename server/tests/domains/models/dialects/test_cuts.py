import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from samoey.domains.models.gateway.dialects.sse import DONE, Event, Events, wire
from samoey.kit.ports.upstreams import BrokeOff
from tests.domains.models.dialects import golden

_STREAMS = golden.recorded("streams")
_TRICKY = (
    b"\xef\xbb\xbf: a comment\r\n\r\nevent: one\r\ndata: {\xc3\xa4}\r\ndata:more\r\n\r\n"
    b"data: a\rdata:  b\r\rid: 7\nretry: 5\ndata\n\ndata: [DONE]\n\n"
)
_MEANT = [Event("one", "{ä}\nmore".encode()), Event("", b"a\n b"), DONE]


def _fed(stream: bytes, cuts: list[int]) -> list[Event]:
    events, found = Events(), []
    for begin, end in zip([0, *cuts], [*cuts, len(stream)], strict=True):
        found += events.feed(stream[begin:end])
    return found + events.rest()


@given(st.lists(st.integers(0, len(_TRICKY)), max_size=12).map(sorted))
def test_the_same_events_are_found_however_the_bytes_were_cut(cuts: list[int]) -> None:
    assert _fed(_TRICKY, cuts) == _MEANT


@pytest.mark.parametrize("name", _STREAMS)
def test_every_recorded_stream_means_the_same_however_it_was_cut(name: str) -> None:
    recording = _STREAMS[name]
    sent, chance = golden.sent(recording), random.Random(name)

    for size in (1, 2, 3, *(chance.randint(4, len(sent)) for _ in range(8))):
        translation, _ = golden.asked(recording)
        stream = translation.stream()
        told = b"".join(
            stream.feed(sent[begin : begin + size]) for begin in range(0, len(sent), size)
        )
        assert golden.read(told + stream.end()) == recording["told"]


@pytest.mark.parametrize("name", _STREAMS)
def test_a_stream_that_ends_in_its_middle_is_told_to_have_broken_off(name: str) -> None:
    recording = _STREAMS[name]
    if name.endswith("fails") or name == "an_error_in_the_middle":
        return
    sent = golden.sent(recording)
    translation, _ = golden.asked(recording)
    stream = translation.stream()
    stream.feed(sent[: len(sent) // 3])

    with pytest.raises(BrokeOff):
        stream.end()

    [*_, last] = golden.read(stream.failed(503, "It broke."))
    assert "It broke." in str(last)
    assert stream.whole
    assert stream.failed(503, "Again.") == b""


def test_a_stream_that_tells_why_it_ends_needs_no_mark_for_its_end() -> None:
    recording = _STREAMS["a_completion"]
    translation, _ = golden.asked(recording)
    stream = translation.stream()

    sent = golden.sent(recording).removesuffix(wire([DONE]))
    told = stream.feed(sent) + stream.end()

    assert golden.read(told) == recording["told"]


def test_ten_megabytes_in_one_event_arrive_and_what_has_no_end_is_refused() -> None:
    large = b"data: " + b"x" * 10_000_000

    events = Events()
    found = [
        event for n in range(0, len(large), 65_536) for event in events.feed(large[n : n + 65_536])
    ]
    found += events.feed(b"\n\n")

    assert [len(event.data) for event in found] == [10_000_000]
    endless = Events(most=1000)
    with pytest.raises(BrokeOff):
        endless.feed((b"data: " + b"x" * 100 + b"\n") * 100)


def test_rubbish_in_a_stream_is_told_to_be_no_answer() -> None:
    for name in ("a_text", "a_completion", "a_response"):
        for rubbish in (
            b"data: {\n\n",
            b"data: 7\n\n",
            b"data: {}\n\n",
            b'data: {"choices": 3}\n\n',
        ):
            translation, _ = golden.asked(_STREAMS[name])
            with pytest.raises(BrokeOff):
                translation.stream().feed(rubbish)
