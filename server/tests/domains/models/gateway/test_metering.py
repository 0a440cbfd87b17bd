"""What is read from a stream as it passes is the same whether its words are known by the last."""

import json

from hypothesis import given
from hypothesis import strategies as st

from samoey.domains.models.gateway.metering import Meter

# Words that look like what is looked for.
TEXTS = [
    " word",
    "usage",
    'say "usage": {"prompt_tokens": 9}',
    '"finish_reason":"stop"',
    "[DONE]",
    "\n\ndata: [DONE]\n\n",
    "message_stop",
    "error",
    'event: error\ndata: {"error": 1}',
    "back\\",
    "",
    "ж",
]


def chunk(text: str, index: int = 0, **more: object) -> dict[str, object]:
    return {"id": "1", "choices": [choice(text, index=index)]} | more


def choice(text: str, **more: object) -> dict[str, object]:
    return {"index": 0, "delta": {"content": text}, "finish_reason": None} | more


def delta(text: str) -> dict[str, object]:
    return {"type": "content_block_delta", "delta": {"type": "text_delta", "text": text}}


WORDS = st.one_of(
    st.builds(chunk, st.sampled_from(TEXTS), st.sampled_from([0, 1])),
    st.builds(lambda text: chunk(text, usage=None), st.sampled_from(TEXTS)),
    st.builds(delta, st.sampled_from(TEXTS)),
)
OTHERS = st.sampled_from(
    [
        {"choices": [], "usage": {"prompt_tokens": 3, "completion_tokens": 2}},
        {"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]},
        chunk("last") | {"choices": [{"delta": {"content": "x"}, "finish_reason": "length"}]},
        chunk("paid", usage={"prompt_tokens": 5, "completion_tokens": 4}),
        # It begins and ends like a word.
        {"id": "1", "choices": [choice("x", finish_reason="stop"), choice("y")]},
        {"error": {"message": "overloaded"}},
        {"type": "message_stop"},
        {"type": "message_delta", "delta": {}, "usage": {"output_tokens": 7}},
    ]
)
SPACES = st.sampled_from([(",", ":"), (", ", ": ")])


@st.composite
def streams(draw: st.DrawFn) -> list[bytes]:
    """Events, each with its blank line; most of them words."""
    spaces, end = draw(SPACES), draw(st.sampled_from(["\n\n", "\n\n", "\r\n\r\n"]))
    documents = draw(st.lists(st.one_of(WORDS, WORDS, WORDS, OTHERS), max_size=30))
    told = [f"data: {json.dumps(it, separators=spaces)}{end}" for it in documents]
    return [it.encode() for it in (*told, *draw(st.sampled_from([[], [f"data: [DONE]{end}"]])))]


@given(streams())
def test_a_meter_that_remembers_reads_what_one_reads_that_does_not(stream: list[bytes]) -> None:
    meter = Meter(hide_usage=True)
    for event in stream:
        alone = Meter(hide_usage=True)
        alone.tokens, alone.ended, alone.failed = meter.tokens, meter.ended, meter.failed
        before = meter.events

        assert meter.read(event) == alone.read(event)
        assert (meter.ended, meter.failed, meter.tokens) == (
            alone.ended,
            alone.failed,
            alone.tokens,
        )
        # A text that says `data:` is one event all the same; without memory it may count as more.
        assert 1 <= meter.events - before <= alone.events


@given(st.lists(st.sampled_from(TEXTS), min_size=2, max_size=30), st.booleans())
def test_an_end_within_a_word_is_none_and_after_it_is_one(
    texts: list[str],
    several: bool,  # noqa: FBT001 - hypothesis gives it
) -> None:
    meter = Meter(hide_usage=False)
    told = [f"data: {json.dumps(chunk(text))}\n\n".encode() for text in texts]
    for block in [b"".join(told)] if several else told:
        assert meter.read(block) == block

    assert not meter.ended
    assert not meter.failed
    assert meter.tokens is None
    # The same word, and in the same part the end of the answer.
    meter.read(told[-1] + b"data: [DONE]\n\n")
    assert meter.ended


def test_a_line_that_ends_within_a_text_is_looked_at() -> None:
    meter = Meter(hide_usage=False)
    word = b'data: {"choices":[{"delta":{"content":"%b"},"finish_reason":null}]}\n\n'
    for text in (b"one", b"two", b"three"):
        meter.read(word % text)
    assert not meter.ended

    meter.read(word % b"four\n\ndata: [DONE]\n\n")

    assert meter.ended


def test_an_event_that_begins_and_ends_like_a_word_is_looked_at() -> None:
    meter = Meter(hide_usage=False)
    for told in (
        [choice("one")],
        [choice("two")],
        [choice("x", finish_reason="stop"), choice("y")],
    ):
        assert not meter.ended
        meter.read(f"data: {json.dumps({'choices': told})}\n\n".encode())

    assert meter.ended
