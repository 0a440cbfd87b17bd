"""Which of several arms answers a conversation: by shares, and always the same one."""

import hashlib
from collections.abc import Sequence
from uuid import UUID

WHOLE = 100
_BYTES = 8


def arm_of(experiment_id: UUID, conversation_id: UUID, shares: Sequence[int]) -> int:
    """The place of the arm that answers; the shares are percents and come to a hundred.

    It depends on nothing else, so a retry, a reload and another worker find the same one; when
    shares move, only the conversations between the old and the new border do.
    """
    digest = hashlib.sha256(experiment_id.bytes + conversation_id.bytes).digest()
    point = int.from_bytes(digest[:_BYTES], "big") * WHOLE >> 8 * _BYTES
    border = 0
    for place, share in enumerate(shares):
        border += share
        if point < border:
            return place
    return len(shares) - 1
