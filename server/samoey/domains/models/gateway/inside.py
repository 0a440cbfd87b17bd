"""The gateway as the rooms of this house reach it: by the port, without a key."""

from msgspec.structs import replace

from samoey.domains.models.gateway import refusals
from samoey.domains.models.gateway.answering import Answer
from samoey.domains.models.gateway.service import Gateway
from samoey.domains.models.gateway.shapes import Caller, Deployment, KeyPolicy
from samoey.kit.ids import new_id
from samoey.kit.ports.gateway import Asker
from samoey.kit.ports.models import ModelNotFound, ModelRefusedKey

# The house sees every name; a person's limits are those of their keys.
HOUSE = KeyPolicy(key_id=None, user_id="", workspace_id="")


class Inside:
    """The port's gateway."""

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway

    async def ask(self, asker: Asker | None, body: bytes) -> Answer:
        """Ask for a chat; whoever writes an answer for a person decides when to ask again."""
        policy = HOUSE
        if asker is not None:
            policy = replace(
                HOUSE, user_id=str(asker.user_id), workspace_id=str(asker.workspace_id)
            )
        caller = Caller(policy=policy, request_id=str(new_id()))
        return await self._gateway.ask(caller, "openai.chat", body, by_hand=True)

    def written(self) -> list[str]:
        """The names that somebody wrote down."""
        return self._gateway.names.offered(HOUSE)

    def stands_for(self, name: str) -> Deployment | None:
        """Who would answer first under a written name, or nobody."""
        try:
            return self._gateway.names.written(name, HOUSE)[1][0]
        except (ModelNotFound, IndexError):
            return None

    def endpoints(self) -> list[Deployment]:
        """Those that take any model's name."""
        return self._gateway.names.endpoints()

    async def listed(self, endpoint: Deployment) -> list[str]:
        """What an endpoint lists."""
        listed = await self._gateway.lists.of(endpoint)
        if isinstance(listed.problem, ModelRefusedKey):
            host = refusals.host_of(endpoint)
            raise ModelRefusedKey(f"{host} does not accept it. Check {refusals.key_of(endpoint)}.")
        if listed.problem is not None:
            raise listed.problem
        return listed.names

    def known(self, endpoint: Deployment) -> list[str]:
        """What is known of its list without asking."""
        return self._gateway.lists.known(endpoint)
