"""Why a route is as it is, told to people."""

from msgspec import Struct

from samoey.domains.models.gateway.breaker import Standings
from samoey.domains.models.gateway.routing import Candidate, Route


class Explained(Struct, frozen=True):
    """One deployment of a name: whether it is asked, in which place, and why."""

    deployment_id: str
    provider: str
    model: str
    asked: bool
    reason: str
    breaker: str
    first_ms: float | None
    in_hand: int


def explained(route: Route, standings: Standings) -> list[Explained]:
    """The candidates in order; after them who rests after failures, and who does not fit."""
    asked: list[tuple[Candidate, str]] = []
    resting: list[tuple[Candidate, str]] = []
    for candidate in route.candidates:
        standing = standings.of(candidate.deployment.id)
        wait_s = standing.breaker.wait_s()
        reason = candidate.reason
        if wait_s > 0:
            reason = f"rests after failures, asked again in {wait_s:.0f} s; {reason}"
        elif standing.full(candidate.deployment.max_parallel):
            reason = f"full with {standing.in_hand} requests; {reason}"
        (resting if wait_s > 0 else asked).append((candidate, reason))
    passed = [(candidate, candidate.reason) for candidate in route.passed]
    return [
        Explained(
            deployment_id=candidate.deployment.id,
            provider=candidate.deployment.provider,
            model=candidate.deployment.model,
            asked=place < len(asked),
            reason=reason,
            breaker=standings.of(candidate.deployment.id).breaker.state,
            first_ms=standings.of(candidate.deployment.id).first.ms(),
            in_hand=standings.of(candidate.deployment.id).in_hand,
        )
        for place, (candidate, reason) in enumerate((*asked, *resting, *passed))
    ]
