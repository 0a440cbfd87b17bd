import re

from hypothesis import given
from hypothesis import strategies as st

from samoey.domains.models.gateway.metering import Events

_STREAM = (
    b"data: one\r\n\r\ndata: two\n\nevent: x\ndata: three\n\n: still there\r\rdata: four\r\n\r\n"
)


@given(st.lists(st.integers(0, len(_STREAM)), max_size=len(_STREAM)).map(sorted))
def test_only_whole_events_are_passed_on_and_nothing_is_kept_at_the_end(cuts: list[int]) -> None:
    events, passed = Events(), []
    for begin, end in zip([0, *cuts], [*cuts, len(_STREAM)], strict=True):
        passed.append(events.feed(_STREAM[begin:end]))

    assert b"".join(passed) == _STREAM
    assert events.rest() == b""
    assert all(re.search(rb"(\r\n\r\n|\n\n|\r\r)\Z", part) for part in passed if part)
