"""Accounts as a process of its own, whose sink is away: it notes until it is killed."""

import asyncio
import sys
from pathlib import Path
from uuid import UUID

from samoey.domains.models.gateway.usage import Accounts, Usage


class Away:
    """A sink that nobody reaches."""

    async def written(self, segment: UUID) -> int:
        raise OSError(segment)

    async def write(self, segment: UUID, start: int, end: int, rows: list[Usage]) -> bool:
        raise OSError(segment, start, end, rows)


def row(number: int, **changes: object) -> Usage:
    told = {
        "id": str(UUID(int=number)),
        "at": 1_790_000_000.0 + number,
        "key_id": str(UUID(int=1)),
        "user_id": str(UUID(int=2)),
        "workspace_id": str(UUID(int=3)),
        "model": "fast",
        "deployment": "local",
        "prompt_tokens": number,
    } | changes
    return Usage(**told)  # type: ignore[arg-type]  # a test's own short form


async def main(folder: Path, rows: int) -> None:
    accounts = Accounts(folder, Away(), segment_bytes=16_384)
    await accounts.open()
    for number in range(rows):
        accounts.note(row(number))
    sys.stdout.write("noted\n")
    sys.stdout.flush()
    await asyncio.sleep(600)


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), int(sys.argv[2])))
