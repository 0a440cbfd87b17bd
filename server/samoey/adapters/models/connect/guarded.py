"""Connections to models go where the guard of the network lets them, and nowhere else."""

import asyncio
import ipaddress
from collections import deque
from collections.abc import Awaitable, Callable
from itertools import chain, zip_longest

from samoey.kit.ports.network import AddressGuard

# Whose first number leads nowhere waits so long until the next one is tried beside it.
_HEAD_START_S = 0.25

Made = tuple[asyncio.BaseTransport, asyncio.BaseProtocol]


async def numbers_of(guard: AddressGuard, host: str, port: int) -> list[str]:
    """The numbers that were judged, so that no second look can differ; both families by turns.

    A host that is a number already is not looked up: whoever connects has that checked.

    Raises:
        Problem: the guard's, for a name that leads astray.
    """
    if _is_number(host):
        return [host]
    found = await guard.pin(host, port)
    later = [number for number in found if (":" in number) != (":" in found[0])]
    former = [number for number in found if number not in later]
    return [it for it in chain.from_iterable(zip_longest(former, later)) if it is not None]


async def first_of(numbers: list[str], connect: Callable[[str], Awaitable[Made]]) -> Made:
    """The first connection that stands, of those to several numbers of one host.

    Raises:
        OSError: none of them can be reached; it is what the last one said.
    """
    if len(numbers) == 1:
        return await connect(numbers[0])
    left, asking = deque(numbers), set[asyncio.Future[Made]]()
    failure: BaseException = OSError("there is no number")
    try:
        while left or asking:
            if left:
                asking.add(asyncio.ensure_future(connect(left.popleft())))
            patience_s = _HEAD_START_S if left else None
            done, _ = await asyncio.wait(
                asking, timeout=patience_s, return_when=asyncio.FIRST_COMPLETED
            )
            for one in done:
                asking.discard(one)
                if (error := one.exception()) is None:
                    return one.result()
                failure = error
        raise failure
    finally:
        await _dropped(asking)


async def _dropped(asking: set["asyncio.Future[Made]"]) -> None:
    for one in asking:
        one.cancel()
    for made in await asyncio.gather(*asking, return_exceptions=True):
        if not isinstance(made, BaseException):
            made[0].close()


def _is_number(host: str) -> bool:
    try:
        ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return False
    return True
