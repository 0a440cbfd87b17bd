"""Where tests of the live door play."""

from dataclasses import dataclass

from tests.domains.chat.talk import Talk
from tests.house.processes import RunningHouse
from tests.make import Somebody


@dataclass
class Scene:
    """A served house with somebody in a conversation."""

    house: RunningHouse
    url: str
    ada: Somebody
    talk: Talk

    @property
    def audience(self) -> str:
        return f"conversation:{self.talk.conversation.id}"
