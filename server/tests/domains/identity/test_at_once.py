"""What happens at the same moment happens in an order: nobody slips in while a door is closed."""

import asyncio
from datetime import timedelta

import pytest
from pydantic import SecretStr
from sqlalchemy import text

from samoey.domains.identity import service
from samoey.domains.identity.errors import LinkNotValid, SessionEnded, WrongCredentials
from samoey.domains.identity.links.tables import Purpose
from samoey.domains.identity.schemas import SignIn
from samoey.kit.context import SYSTEM
from samoey.kit.credentials import Caller
from tests.house.processes import RunningHouse
from tests.make import PASSWORD

HERE = Caller("127.0.0.1", "test")


async def test_a_sign_in_waits_for_a_switching_off_that_is_under_way(house: RunningHouse) -> None:
    ada = await house.make.user()
    wanted = SignIn(email=ada.email, password=SecretStr(PASSWORD))

    async with house.tools.work(SYSTEM) as ctx:
        await ctx.db.execute(
            text("UPDATE users SET disabled_at = now() WHERE id = :id"), {"id": ada.id}
        )
        signing_in = asyncio.create_task(service.sign_in(house.tools, wanted, HERE))
        await asyncio.sleep(0.3)
        assert not signing_in.done()

    with pytest.raises(WrongCredentials):
        await signing_in


async def test_a_sign_in_with_the_old_password_waits_for_the_new_one(house: RunningHouse) -> None:
    ada = await house.make.user()
    wanted = SignIn(email=ada.email, password=SecretStr(PASSWORD))

    async with house.tools.work(SYSTEM) as ctx:
        await ctx.db.execute(
            text("UPDATE users SET password_hash = 'x' WHERE id = :id"), {"id": ada.id}
        )
        signing_in = asyncio.create_task(service.sign_in(house.tools, wanted, HERE))
        await asyncio.sleep(0.3)

    with pytest.raises(WrongCredentials):
        await signing_in


async def test_a_refresh_waits_for_a_sign_out_that_is_under_way(house: RunningHouse) -> None:
    ada = await house.make.user()
    wanted = SignIn(email=ada.email, password=SecretStr(PASSWORD), kind="program")
    admission = await service.sign_in(house.tools, wanted, HERE)

    async with house.tools.work(SYSTEM) as ctx:
        await ctx.db.execute(
            text("UPDATE sessions SET revoked_at = now() WHERE user_id = :id"), {"id": ada.id}
        )
        refreshing = asyncio.create_task(
            service.refresh(house.tools, admission.tokens.refresh, HERE)
        )
        await asyncio.sleep(0.3)
        assert not refreshing.done()

    with pytest.raises(SessionEnded):
        await refreshing


async def test_a_link_is_used_up_by_one_of_two_transactions(house: RunningHouse) -> None:
    async with house.tools.work(SYSTEM) as ctx:
        token = await service.make_link(ctx, Purpose.SETUP, lasts=timedelta(hours=1))

    async def use() -> None:
        async with house.tools.work(SYSTEM) as ctx:
            await service.use_link(ctx, Purpose.SETUP, token)

    async with house.tools.work(SYSTEM) as ctx:
        await service.use_link(ctx, Purpose.SETUP, token)
        second = asyncio.create_task(use())
        await asyncio.sleep(0.3)
        assert not second.done()

    with pytest.raises(LinkNotValid):
        await second
