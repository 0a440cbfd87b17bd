"""What happens by itself around usage: hours are summed up, days made ahead, old ones dropped."""

from samoey.domains.models.usage import service
from samoey.kit.context import Tools
from samoey.kit.reactions import repeats


@repeats("*/5 * * * *")
async def keep_in_order(tools: Tools) -> None:
    """Sum up the hours that are over, make days ahead, and drop what is older than is kept."""
    await service.keep_in_order(tools)
