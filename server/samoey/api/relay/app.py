"""The relay as a raw ASGI application: nothing stands between a program and the gateway."""

import logging
import time

from msgspec import Raw

from samoey.api.relay import messages, models
from samoey.api.relay.doors import DOORS, Door
from samoey.api.relay.exchange import Exchange, Hearing, HungUp, Receive, Scope, Send
from samoey.api.relay.responses import ResponsesDoor
from samoey.domains.models.gateway.answering import Answer
from samoey.domains.models.gateway.cache import Use
from samoey.domains.models.gateway.service import Gateway
from samoey.domains.models.gateway.shapes import Caller
from samoey.kit.ports.responses import Responses
from samoey.kit.problems import BadRequest, NotFound, Problem, ServerError

log = logging.getLogger(__name__)

PREFIX = "/v1/"


class Relay:
    """All addresses below `/v1/`."""

    def __init__(self, gateway: Gateway, *, max_body: int, responses: Responses) -> None:
        self._gateway, self._max_body = gateway, max_body
        self._responses = ResponsesDoor(gateway, responses)

    @property
    def gateway(self) -> Gateway:
        """What it asks: whoever explains routes looks there how models stand."""
        return self._gateway

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        started = time.perf_counter()
        asked = Exchange(scope, receive, send, started)
        try:
            await self._answer(asked)
        except HungUp:
            return
        except Problem as problem:
            await asked.refuse(problem)
        except RecursionError:
            await asked.refuse(BadRequest("The body is nested too deeply."))
        except Exception:
            log.exception("bug", extra={"path": scope["path"], "request": asked.id})
            await asked.refuse(ServerError(f"Give this id to your operator: {asked.id}"))

    async def _answer(self, asked: "Exchange") -> None:
        path = asked.path
        door = DOORS.get(path)
        if door is not None:
            asked.allow("POST")
            caller = await self._gateway.caller(asked.key(), asked.id)
            await self._relay(asked, caller, door)
        elif path == "/v1/models" or path.startswith("/v1/models/"):
            asked.allow("GET")
            caller = await self._gateway.caller(asked.key(), asked.id)
            name = path.removeprefix("/v1/models").strip("/")
            await asked.tell(await models.told(self._gateway, caller.policy, asked.vendor, name))
        elif path.startswith("/v1/responses/"):
            asked.allow("GET", "DELETE")
            caller = await self._gateway.caller(asked.key(), asked.id)
            await self._come_back(asked, caller, path.removeprefix("/v1/responses/"))
        else:
            raise NotFound(f"There is nothing at {path}.")

    async def _relay(self, asked: "Exchange", caller: Caller, door: Door) -> None:
        body = await asked.body(self._max_body)
        async with asked.heard_out():
            if door.dialect == "anthropic.count_tokens":
                await messages.count(self._gateway, caller, asked, body)
                return
            answer, heard = await self._ask(asked, caller, door, body)
            try:
                await asked.pass_on(answer, heard)
            finally:
                await answer.aclose()

    async def _ask(
        self, asked: "Exchange", caller: Caller, door: Door, body: bytes
    ) -> tuple[Answer, Hearing | None]:
        """Ask the gateway, and who shall hear what it answers."""
        if door.dialect == "openai.responses":
            return await self._responses.ask(caller, body)
        if door.dialect == "anthropic.messages":
            body = messages.with_betas(body, asked.header(b"anthropic-beta"))
        use = _use(asked.header(b"cache-control"))
        return await self._gateway.ask(caller, door.dialect, body, cache=use), None

    async def _come_back(self, asked: "Exchange", caller: Caller, name: str) -> None:
        if asked.method == "DELETE":
            await asked.tell(await self._responses.drop(caller, name))
        else:
            await asked.tell(Raw(await self._responses.find(caller, name)))


def _use(wish: bytes) -> Use:
    """What a program says of answers that are kept."""
    wishes = wish.lower()
    if b"no-store" in wishes:
        return "no"
    return "renew" if b"no-cache" in wishes else "use"
