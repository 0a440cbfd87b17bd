"""What happens by itself around people: old sessions and links are forgotten."""

from samoey.domains.identity import service
from samoey.kit.context import Tools
from samoey.kit.reactions import repeats


@repeats("17 3 * * *")
async def forget_ended(tools: Tools) -> None:
    """Delete sessions and links that ended long ago."""
    await service.forget_ended(tools)
