"""In which order deployments are asked, and why; nothing here asks anybody."""

import math
import random
from collections.abc import Callable, Sequence

from msgspec import Struct
from msgspec.structs import replace

from samoey.domains.models.gateway.breaker import Standings
from samoey.domains.models.gateway.cost import Tokens, cost_micro
from samoey.domains.models.gateway.names import Found
from samoey.domains.models.gateway.shapes import Alias, Deployment, Strategy

# An estimate of tokens is a guess: only what is longer by this much is surely too long.
_SURELY = 1.5
_ANSWER_TOKENS = 500


class Needs(Struct, frozen=True):
    """What a request asks of a model; tokens are estimated."""

    tokens: int = 0
    output: int | None = None
    tools: bool = False
    vision: bool = False
    stream: bool = False


class Candidate(Struct, frozen=True):
    """A deployment, and in plain words why it stands where it stands, or is left out."""

    deployment: Deployment
    reason: str


class Route(Struct, frozen=True):
    """Who is asked, in order, and who is not."""

    alias: Alias
    candidates: tuple[Candidate, ...]
    passed: tuple[Candidate, ...] = ()
    # Whether nobody is asked for want of room, and of nothing else.
    too_long: bool = False


class Router:
    """Puts deployments in order by how they stand now; chance is given, so that tests know it."""

    def __init__(self, standings: Standings, chance: random.Random) -> None:
        self._standings, self._chance = standings, chance
        self._orders: dict[Strategy, Callable[[Alias, Needs, Sequence[Deployment]], _Order]] = {
            "priority": self._by_priority,
            "weighted": self._by_weight,
            "latency": self._by_latency,
            "cost": self._by_cost,
            "capability": self._by_capability,
        }

    def route(self, found: Found, needs: Needs) -> Route:
        """Who may answer, the first choice first; an alias' order decides between equals."""
        alias, deployments = found
        if len(deployments) == 1 and not alias.targets[1:] and alias.ceiling_micro is None:
            # The one that was named: it is asked even if it seems not to fit, and says so itself.
            return Route(alias, (Candidate(deployments[0], "the only one"),))
        # What is cut to fit is too long for nobody.
        short = replace(needs, tokens=0)
        must = short if alias.trim else needs
        dear = {it.id: _too_dear(it, needs, alias) for it in deployments}
        why_not = {it.id: misfit(it, must) or dear[it.id] for it in deployments}
        passed = [Candidate(it, why_not[it.id]) for it in deployments if why_not[it.id]]
        fitting = [it for it in deployments if not why_not[it.id]]
        ordered = self._orders[alias.strategy](alias, needs, fitting)
        if not alias.trim:
            ordered = _with_room_first(ordered, needs)
        return Route(
            alias,
            tuple(Candidate(it, why) for it, why in ordered),
            tuple(passed),
            too_long=not fitting
            and any(not (misfit(it, short) or dear[it.id]) for it in deployments),
        )

    def _by_priority(self, _alias: Alias, _needs: Needs, fitting: Sequence[Deployment]) -> "_Order":
        return [(it, f"priority {place}") for place, it in enumerate(fitting, 1)]

    def _by_weight(self, alias: Alias, _needs: Needs, fitting: Sequence[Deployment]) -> "_Order":
        weights = {target.deployment_id: max(0, target.weight) for target in alias.targets}
        whole = sum(weights[it.id] for it in fitting) or 1
        left, order = list(fitting), list[tuple[Deployment, str]]()
        while left:
            shares = [weights[it.id] for it in left]
            chosen = self._chance.choices(left, shares if any(shares) else None)[0]
            order.append((chosen, f"weight {weights[chosen.id]} of {whole}"))
            left.remove(chosen)
        return order

    def _by_latency(self, _alias: Alias, needs: Needs, fitting: Sequence[Deployment]) -> "_Order":
        standings = {it.id: self._standings.of(it.id) for it in fitting}
        known = {
            key: (one.first if needs.stream else one.whole).ms() for key, one in standings.items()
        }

        def told(it: Deployment) -> str:
            ms = known[it.id]
            what = "first token" if needs.stream else "answers"
            return "not measured yet" if ms is None else f"{what} after {ms:.0f} ms"

        # What is not known comes first: there is no other way to learn it.
        ordered = sorted(fitting, key=lambda it: known[it.id] or -1.0)
        return [(it, told(it)) for it in ordered]

    def _by_cost(self, _alias: Alias, needs: Needs, fitting: Sequence[Deployment]) -> "_Order":
        def told(it: Deployment) -> str:
            cost = _cost(it, needs)
            return "price not known" if cost is None else f"about {_dollars(cost)}"

        def cost(it: Deployment) -> float:
            known = _cost(it, needs)
            return math.inf if known is None else known

        ordered = sorted(fitting, key=cost)
        return [(it, told(it)) for it in ordered]

    def _by_capability(self, alias: Alias, needs: Needs, fitting: Sequence[Deployment]) -> "_Order":
        """Those first that are known to fit, and of these the one with the smallest context."""

        def unknowns(it: Deployment) -> int:
            priceless = alias.ceiling_micro is not None and it.price is None
            return _unknowns(it, needs) + priceless

        ordered = sorted(fitting, key=lambda it: (unknowns(it), it.context_tokens or math.inf))
        return [(it, "may fit" if unknowns(it) else f"fits{_context(it)}") for it in ordered]


_Order = list[tuple[Deployment, str]]


def _with_room_first(ordered: _Order, needs: Needs) -> _Order:
    """Whoever may have too little room, last: some models cut what is too long, and say nothing."""
    tight = [(it, f"{why}, perhaps too long for it") for it, why in ordered if _tight(it, needs)]
    return [one for one in ordered if not _tight(one[0], needs)] + tight if tight else ordered


def misfit(deployment: Deployment, needs: Needs) -> str:
    """Why a deployment surely cannot answer, or nothing."""
    if needs.tools and deployment.tools is False:
        return "takes no tools"
    if needs.vision and deployment.vision is False:
        return "takes no images"
    most = deployment.context_tokens
    if most is not None and needs.tokens > most * _SURELY:
        return f"takes {most:,} tokens, and this is about {needs.tokens:,}"
    return ""


def _too_dear(deployment: Deployment, needs: Needs, alias: Alias) -> str:
    """Why a deployment surely costs more than the alias allows, or nothing."""
    most = alias.ceiling_micro
    cost = None if most is None else _cost(deployment, needs)
    if most is None or cost is None or cost <= most:
        return ""
    return f"costs about {_dollars(cost)}, and {_dollars(most)} is the most"


def _cost(deployment: Deployment, needs: Needs) -> int | None:
    """What a request may cost, in millionths of a dollar; None where no price is known."""
    if deployment.price is None:
        return None
    tokens = Tokens(needs.tokens, needs.output or _ANSWER_TOKENS)
    return cost_micro(deployment.price, tokens)


def _dollars(micro: int) -> str:
    return f"${micro / 1_000_000:.6f}"


def _unknowns(deployment: Deployment, needs: Needs) -> int:
    unknown = [
        needs.tools and deployment.tools is None,
        needs.vision and deployment.vision is None,
        deployment.context_tokens is None or _tight(deployment, needs),
    ]
    return sum(unknown)


def _tight(deployment: Deployment, needs: Needs) -> bool:
    most = deployment.context_tokens
    return most is not None and needs.tokens + (needs.output or 0) > most


def _context(deployment: Deployment) -> str:
    return f", {deployment.context_tokens:,} tokens" if deployment.context_tokens else ""
