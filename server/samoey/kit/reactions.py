"""Work that nobody waits for, always caused by a recorded event or by the clock."""

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from types import ModuleType
from typing import Any, Generic, TypeVar

from samoey.kit.context import Tools
from samoey.kit.events import Event

E = TypeVar("E", bound=Event)
Work = Callable[[Tools, E], Awaitable[None]]
Tick = Callable[[Tools], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Reaction(Generic[E]):
    """One thing that happens by itself after an event; its name is stable, jobs carry it."""

    name: str
    event: type[E]
    work: Work[E]
    attempts: int
    queue: str
    lock: Callable[[E], str] | None


@dataclass(frozen=True, slots=True)
class Repetition:
    """One thing that happens again and again, once per tick over all workers."""

    name: str
    cron: str
    work: Tick


def reacts_to(
    event: type[E],
    *,
    attempts: int = 5,
    queue: str = "default",
    lock: Callable[[E], str] | None = None,
) -> Callable[[Work[E]], Reaction[E]]:
    """Make a coroutine a reaction: a worker runs it at least once, so it must bear twice.

    Jobs with the same `lock` run one after the other, in the order of their events.
    """

    def mark(work: Work[E]) -> Reaction[E]:
        return Reaction(_stable_name(work), event, work, attempts, queue, lock)

    return mark


def repeats(cron: str) -> Callable[[Tick], Repetition]:
    """Run a coroutine by the clock (five cron fields, UTC; a sixth first one would be seconds)."""
    return lambda work: Repetition(_stable_name(work), cron, work)


def _stable_name(work: Callable[..., Any]) -> str:
    room = work.__module__.removeprefix("samoey.domains.").removesuffix(".reactions")
    return f"{room}.{work.__name__}"


@dataclass(frozen=True, slots=True)
class Registry:
    """All reactions and repetitions of the house, by their stable names."""

    reactions: dict[str, Reaction[Any]]
    repetitions: dict[str, Repetition]

    @classmethod
    def of(cls, modules: Iterable[ModuleType]) -> "Registry":
        """Collect what the modules define; two of one name stop the start."""
        reactions: dict[str, Reaction[Any]] = {}
        repetitions: dict[str, Repetition] = {}
        for module in modules:
            for found in vars(module).values():
                if isinstance(found, Reaction):
                    _add(reactions, found.name, found)
                elif isinstance(found, Repetition):
                    _add(repetitions, found.name, found)
        return cls(reactions, repetitions)

    def to(self, event: Event) -> list[Reaction[Any]]:
        """The reactions that `event` causes."""
        return [r for r in self.reactions.values() if r.event is type(event)]


def _add(into: dict[str, Any], name: str, found: object) -> None:
    if into.setdefault(name, found) is not found:
        message = f"two reactions are called {name}"
        raise ValueError(message)
