"""OpenAI's responses, which programs come back to: what went before, and what came of it."""

import logging
import re
from collections.abc import Awaitable, Callable
from typing import Any

import msgspec

from samoey.domains.models.gateway.answering import Answer
from samoey.domains.models.gateway.dialects import responses_requests
from samoey.domains.models.gateway.dialects.errors import Misshapen
from samoey.domains.models.gateway.dialects.sse import Events
from samoey.domains.models.gateway.service import Gateway
from samoey.domains.models.gateway.shapes import Caller
from samoey.kit.ports.responses import Responses, ResponsesAway
from samoey.kit.problems import BadRequest, NotFound

log = logging.getLogger(__name__)

_NAME = re.compile(r"resp_[0-9a-f]{48}")
_ENDED = re.compile(rb"^event: response\.(?:completed|incomplete)$", re.MULTILINE)
_GOOD = 200


class PreviousResponseNotFound(BadRequest):
    """The response to go on from is not kept: it was not stored, is too old, or another key's."""

    title = "The previous response is not there."


class ResponseNotFound(NotFound):
    """The response is not kept: it was not stored, is too old, or another key's."""

    title = "There is no such response."


class _Kept(msgspec.Struct):
    """What is kept of a response: itself, and the whole conversation up to its end."""

    response: msgspec.Raw
    items: list[msgspec.Raw]


_kept = msgspec.json.Decoder(_Kept)


class ResponsesDoor:
    """What can be done with responses; each is its key's alone."""

    def __init__(self, gateway: Gateway, kept: Responses) -> None:
        self._gateway, self._responses = gateway, kept

    async def ask(
        self, caller: Caller, body: bytes
    ) -> tuple[Answer, Callable[[bytes], Awaitable[None]] | None]:
        """Ask for a response, and how to keep what comes of it, where it shall be kept.

        Raises:
            PreviousResponseNotFound: it goes on from one that is not there.
            Problem: the gateway's.
        """
        fields = _fields(body)
        previous = fields.get("previous_response_id")
        items = _items(fields)
        if previous is not None:
            items = [*await self._before(caller, previous), *items]
            # What went before is a part of what the model reads, and of what it costs.
            body = msgspec.json.encode(fields | {"input": items})
        answer = await self._gateway.ask(caller, "openai.responses", body)
        if fields.get("store") is False or answer.status != _GOOD:
            return answer, None
        return answer, _Keeping(self._responses, _owner(caller), items, answer).heard

    async def find(self, caller: Caller, name: str) -> bytes:
        """A response that was kept.

        Raises:
            ResponseNotFound: it is not there, or not this key's.
        """
        found = await self._responses.find(_owner(caller), name) if _NAME.fullmatch(name) else None
        if found is None:
            raise ResponseNotFound(f"There is no response {name!r}.")
        return bytes(_kept.decode(found).response)

    async def drop(self, caller: Caller, name: str) -> dict[str, Any]:
        """Forget a response.

        Raises:
            ResponseNotFound: it is not there, or not this key's.
        """
        if not _NAME.fullmatch(name) or not await self._responses.drop(_owner(caller), name):
            raise ResponseNotFound(f"There is no response {name!r}.")
        return {"id": name, "object": "response", "deleted": True}

    async def _before(self, caller: Caller, previous: Any) -> list[Any]:
        found = None
        if isinstance(previous, str) and _NAME.fullmatch(previous):
            found = await self._responses.find(_owner(caller), previous)
        if found is None:
            raise PreviousResponseNotFound(
                f"Previous response with id {previous!r} not found.", param="previous_response_id"
            )
        return list(_kept.decode(found).items)


class _Keeping:
    """Listens to an answer, and keeps it when it has come to its end."""

    def __init__(self, kept: Responses, owner: str, items: list[Any], answer: Answer) -> None:
        self._responses, self._owner, self._items = kept, owner, items
        self._whole = answer.body is not None

    async def heard(self, part: bytes) -> None:
        """Hear a part before the program does, so that it can come back at once."""
        if self._whole:
            await self._keep(part)
        elif _ENDED.search(part):
            for name, data in Events().feed(part):
                if name in {"response.completed", "response.incomplete"}:
                    event = msgspec.json.decode(data, type=dict[str, msgspec.Raw])
                    await self._keep(bytes(event["response"]))

    async def _keep(self, response: bytes) -> None:
        told = msgspec.json.decode(response)
        items = [*self._items, *told["output"]]
        document = msgspec.json.encode({"response": msgspec.Raw(response), "items": items})
        try:
            if not await self._responses.keep(self._owner, told["id"], document):
                log.warning("response too large to be kept", extra={"bytes": len(document)})
        except ResponsesAway:
            # The answer is there and paid for; whoever goes on from it is told that it is gone.
            log.warning("response not kept", exc_info=True)


def _owner(caller: Caller) -> str:
    return caller.policy.key_id or caller.policy.user_id


def _fields(body: bytes) -> dict[str, Any]:
    try:
        return msgspec.json.decode(body, type=dict[str, Any])
    except (msgspec.MsgspecError, UnicodeDecodeError):
        raise Misshapen("The body is not a JSON object.") from None
    except RecursionError:
        raise Misshapen("The body is nested too deeply.") from None


def _items(fields: dict[str, Any]) -> list[Any]:
    given = fields.get("input")
    if not isinstance(given, str | list):
        raise Misshapen("Give the input as a text or a list of items.", param="input")
    return responses_requests.items(given)
