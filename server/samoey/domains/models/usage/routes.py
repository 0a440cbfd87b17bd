"""The REST door to usage."""

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import AwareDatetime

from samoey.domains.models.usage import service
from samoey.domains.models.usage.schemas import By, UsageOut
from samoey.kit.http import Ctx, problems
from samoey.kit.problems import InvalidRequest, Unauthenticated

router = APIRouter(prefix="/models/usage")

From = Annotated[
    AwareDatetime | None,
    Query(alias="from", description="From this hour on; none is 30 days before the end."),
]
To = Annotated[AwareDatetime | None, Query(alias="to", description="Until here; none is now.")]


@router.get("", responses=problems(Unauthenticated, InvalidRequest))
async def list_usage(
    ctx: Ctx, by: By = By.DAY, start: From = None, end: To = None
) -> list[UsageOut]:
    """Sum up what was asked of models: one's own, and everybody's for admins."""
    return await service.list_usage(ctx, by=by, start=start, end=end)
