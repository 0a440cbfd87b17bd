"""Prices where nobody wrote one down: by the file in the package, or by the operator's own."""

from pathlib import Path

from pydantic import SecretStr

from samoey.domains.models.gateway.names import Names
from samoey.domains.models.gateway.shapes import KeyPolicy, Price
from samoey.domains.models.snapshots.service import load
from samoey.kit.settings import ModelSettings
from tests.conftest import OpenHouse
from tests.domains.models.door import deployment, provider

OWN = """
[[source]]
url = "our contract"
date = 2026-11-01
hosts = ["127.0.0.1"]
models = { "large" = { input = 1, output = 2 }, "small" = { input = 0.5, output = 1 } }
"""
ANYBODY = KeyPolicy(key_id=None, user_id="ada", workspace_id="here")


async def test_a_model_costs_what_its_deployment_says_or_else_what_the_file_of_prices_says(
    open_test_house: OpenHouse, tmp_path: Path
) -> None:
    (tmp_path / "prices.toml").write_text(OWN)
    settings = ModelSettings(local_only=True, prices=tmp_path / "prices.toml")
    given = {
        "groq_api_key": SecretStr("gsk-environment-0123456789"),
        "groq_base_url": "http://127.0.0.1:7/v1",
    }
    async with open_test_house(models=settings, **given) as house, house.client() as http:
        ada = await house.make.user()
        ours = await provider(http, ada)
        price = {"input": 7, "output": 8, "cache_read": None, "cache_write": None}
        await deployment(http, ada, ours["id"], model="large", price=price)
        await deployment(http, ada, ours["id"], model="small")
        await deployment(http, ada, ours["id"], model="other")
        names = Names(await load(house.tools))

    def cost(name: str) -> Price | None:
        return names.find(name, ANYBODY)[1][0].price

    assert cost("ours/large") == Price(7, 8)
    assert cost("ours/small") == Price(500_000, 1_000_000)
    assert cost("ours/other") is None
    assert cost("groq/large") == Price(1_000_000, 2_000_000)
    assert cost("groq/unheard-of") is None
