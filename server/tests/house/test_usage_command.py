"""`samoey usage`: what was asked of models, at a terminal."""

import json
from uuid import uuid4

from samoey.domains.models.usage import service
from tests.domains.models.test_usage import used
from tests.house.processes import RunningHouse


async def test_usage_is_shown_as_a_table_with_its_sum_or_as_json(house: RunningHouse) -> None:
    ada = await house.make.user()
    rows = [used(ada), used(ada, model="smart\x1b", cost_micro=1_250_000, status=503)]
    await service.UsageBooks(house.tools).write(uuid4(), 16, 99, rows)

    table = await house.command("usage", "--by", "model")
    told = await house.command("usage", "--json", "--days", "2")

    assert table.returncode == 0, table.stderr
    head, smart, fast, whole = table.stdout.splitlines()
    assert head.split()[:3] == ["model", "requests", "errors"]
    assert smart.split()[:6] == ["smart\\x1b", "1", "1", "10", "5", "1.2500"]
    assert fast.split()[:6] == ["fast", "1", "0", "10", "5", "0.0001"]
    assert whole.split() == ["all", "2", "1", "20", "10", "1.2501"]
    [day] = json.loads(told.stdout)
    assert (day["requests"], day["cost_micro"]) == (2, 1_250_100)


async def test_without_usage_or_with_a_time_too_long_it_says_so(house: RunningHouse) -> None:
    nothing = await house.command("usage")
    too_long = await house.command("usage", "--days", "5000")
    endless = await house.command("usage", "--days", "5000000000")

    assert (nothing.returncode, nothing.stdout) == (0, "no model was asked in this time\n")
    assert (too_long.returncode, endless.returncode) == (1, 1)
    assert "400" in too_long.stderr
