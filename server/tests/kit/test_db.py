"""What a process keeps of connections to PostgreSQL."""

from sqlalchemy import text

from samoey.kit.context import SYSTEM
from tests.house.processes import RunningHouse


async def test_work_goes_on_after_the_server_ended_a_connection(house: RunningHouse) -> None:
    mine = text("SELECT pg_backend_pid()")
    async with house.tools.work(SYSTEM) as ctx:
        await ctx.db.scalar(mine)
        async with house.tools.work(SYSTEM) as other:
            ended = await other.db.scalar(mine)
        await ctx.db.execute(text("SELECT pg_terminate_backend(:pid, 5000)"), {"pid": ended})

    async with house.tools.work(SYSTEM) as ctx, house.tools.work(SYSTEM) as other:
        fresh = {await each.db.scalar(mine) for each in (ctx, other)}

    assert ended not in fresh
