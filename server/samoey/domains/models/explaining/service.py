"""Telling who would be asked for a name, by the gateway's own rules."""

import random
import time

from samoey.domains.models.explaining.schemas import CandidateOut, ExplainOut
from samoey.domains.models.gateway.breaker import Standings
from samoey.domains.models.gateway.explaining import explained
from samoey.domains.models.gateway.names import Names
from samoey.domains.models.gateway.routing import Needs, Router
from samoey.domains.models.gateway.shapes import KeyPolicy
from samoey.domains.models.snapshots import service as snapshots
from samoey.domains.workspaces import service as workspaces
from samoey.kit.context import Actor, Tools
from samoey.kit.ports.models import ModelNotFound


async def explain(
    tools: Tools, actor: Actor, model: str, needs: Needs, *, standings: Standings | None = None
) -> ExplainOut:
    """Who would be asked for `model` now, in which order and why; and who would not.

    Without `standings` (of a process that asks models) every deployment counts as one that was
    never asked.

    Raises:
        ModelNotFound: nothing is called so, or nothing that the actor may ask.
    """
    async with tools.work(actor) as ctx:
        mine = await workspaces.list_workspaces(ctx)
    if not mine:
        raise ModelNotFound
    policy = KeyPolicy(key_id=None, user_id=str(actor.user_id), workspace_id=str(mine[0].id))
    found = Names(await snapshots.load(tools)).find(model, policy)
    standings = standings or Standings(time.monotonic)
    router = Router(standings, random.Random())  # noqa: S311 - shares of traffic are no secret
    told = explained(router.route(found, needs), standings)
    return ExplainOut(model=model, candidates=[CandidateOut.model_validate(it) for it in told])
