"""The beginning of a stream: nothing of it is passed on before something was said."""

from collections.abc import AsyncIterator
from typing import Any

import msgspec

from samoey.domains.models.gateway import metering, refusals
from samoey.kit.ports.models import ModelSpokeNonsense, ModelUnavailable
from samoey.kit.ports.upstreams import BrokeOff, Deployment

# Events without a word in them are held back, so that who breaks off before it is not heard of.
_MOST_HELD = 1024 * 1024


async def first_word(
    parts: AsyncIterator[bytes], events: metering.Events, deployment: Deployment
) -> bytes:
    """Read until something is said; what came until then is given back to be passed on.

    Raises:
        Problem: nothing is said; somebody else may be asked.
    """
    host = refusals.host_of(deployment)
    held = b""
    async for part in parts:
        block = events.feed(part)
        held += block
        if metering.has_error(block):
            raise ModelUnavailable(f"{host} gave up before its answer. {_said(block)}".rstrip())
        if metering.has_token(block) or len(held) > _MOST_HELD:
            return held
    if events.rest():
        raise BrokeOff(f"{host} stopped in the middle of its answer.")
    if b"data:" not in held:
        raise BrokeOff(f"{host} closed the answer without a word.")
    if not _is_stream(held):
        raise ModelSpokeNonsense(
            f"What {host} sends is not the stream of a chat. "
            f"Look at {refusals.address_of(deployment)}."
        )
    raise BrokeOff(f"{host} stopped in the middle of its answer.")


def _documents(block: bytes) -> list[Any]:
    found = []
    for event in metering.events_of(block):
        try:
            found.append(msgspec.json.decode(metering.payload(event)))
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            found.append(None)
    return found


def _is_stream(block: bytes) -> bool:
    return all(
        isinstance(it, dict) and (isinstance(it.get("choices"), list) or "type" in it)
        for it in _documents(block)
    )


def _said(block: bytes) -> str:
    for document in _documents(block):
        if isinstance(document, dict) and (error := document.get("error")):
            said = error.get("message") if isinstance(error, dict) else error
            return f"It says: {str(said)[:300]}"
    return ""
