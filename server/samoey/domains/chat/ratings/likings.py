"""What a few thumbs say about all answers: never more than they can."""

import math

from samoey.domains.chat.ratings.schemas import Liked

# Fewer than these say nothing.
FEW = 20
_CERTAINTY = 1.959963984540054


def liked(up: int, down: int) -> Liked | None:
    """Wilson's interval around the share of thumbs up; None where there are too few."""
    rated = up + down
    if rated < FEW:
        return None
    share, square = up / rated, _CERTAINTY**2
    middle = (share + square / (2 * rated)) / (1 + square / rated)
    spread = math.sqrt(share * (1 - share) / rated + square / (4 * rated**2))
    reach = _CERTAINTY * spread / (1 + square / rated)
    return Liked(share=share, low=max(0.0, middle - reach), high=min(1.0, middle + reach))
