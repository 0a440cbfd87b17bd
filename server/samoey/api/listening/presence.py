"""Who reads a conversation now, over all processes: fleeting, told and never kept."""

import time
from dataclasses import dataclass, field
from typing import Any

REPEAT_S = 10.0
_FORGET_S = 25.0

People = dict[str, str]


@dataclass(slots=True)
class Presence:
    """The people of one conversation, by the process that told of them."""

    heard: dict[str, tuple[float, People]] = field(default_factory=dict)
    told: People = field(default_factory=dict)

    def hear(self, process: str, people: People) -> None:
        """Take what one process says."""
        self.heard[process] = (time.monotonic(), people)

    def now(self) -> People:
        """Everybody, by id; processes that fell silent are forgotten."""
        since = time.monotonic() - _FORGET_S
        self.heard = {name: it for name, it in self.heard.items() if it[0] > since}
        return {id_: name for _, people in self.heard.values() for id_, name in people.items()}

    def changed(self) -> bool:
        """Whether others are here than were told last."""
        now = self.now()
        different = now != self.told
        self.told = now
        return different


def message(conversation_id: str, people: People) -> dict[str, Any]:
    """The people of a conversation as they go over the wire."""
    listed = [
        {"user_id": id_, "name": name}
        for id_, name in sorted(people.items(), key=lambda it: it[1].lower())
    ]
    return {"type": "presence", "conversation_id": conversation_id, "people": listed}
