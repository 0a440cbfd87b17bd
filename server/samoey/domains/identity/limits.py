"""How often somebody may try, by e-mail and by network address."""

import time
from hashlib import sha256

from samoey.domains.identity.errors import TooManyAttempts
from samoey.kit.context import Tools
from samoey.kit.credentials import Caller


async def count_attempt(tools: Tools, caller: Caller, *, email: str | None = None) -> None:
    """Count one attempt to get in, successful or not.

    Raises:
        TooManyAttempts: from this address, or with this e-mail, in the current window.
        BusUnavailable: nothing can be counted now, and nobody may guess uncounted.
    """
    limits = tools.settings.identity
    window_s = limits.attempts_window_s
    window, gone_s = divmod(int(time.time()), window_s)
    counted = [("address", caller.address, limits.attempts_per_address)]
    if email is not None:
        counted.append(("email", email, limits.attempts_per_email))
    for what, whose, limit in counted:
        # A hash keeps the key short and says nothing about people to who reads the bus.
        key = f"attempts:{what}:{sha256(whose.encode()).hexdigest()[:32]}:{window}"
        if await tools.bus.count(key, window_s=window_s) > limit:
            raise TooManyAttempts(retry_after=window_s - gone_s)
