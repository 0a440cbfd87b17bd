"""How much of a device's memory the conversations of one model may take."""

import pytest

from samoey.adapters.checkpoints.memory import PAGE, Room, pages

ROOM = Room(conversations=16, most_tokens=131_072, step_tokens=1024, together=64)


@pytest.mark.parametrize(
    ("context", "fitting", "tokens"),
    [
        (512, None, 16 * 512),
        (512, 10**9, 16 * 512),
        # Not more than a model of any context may take, but one conversation of full length.
        (65_536, 10**9, 131_072),
        (262_144, 10**9, 262_144),
        # What does not fit is not asked for: conversations are shorter then.
        (8_192, 5_000, 5_000),
        (8_192, 0, PAGE),
    ],
)
def test_the_room_of_conversations_has_bounds(
    context: int, fitting: int | None, tokens: int
) -> None:
    kept = pages(ROOM, context, fitting)

    assert (kept - 2) * PAGE >= tokens > (kept - 3) * PAGE
