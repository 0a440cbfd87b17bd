"""What the local operator may do with other people, and nobody else may."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest
from pydantic import SecretStr
from sqlalchemy import text

from samoey.domains.identity import service
from samoey.domains.identity.errors import (
    AccountExists,
    OperatorStays,
    UserNotFound,
    WrongCredentials,
)
from samoey.domains.identity.schemas import SignIn
from samoey.kit.context import SYSTEM, Tools
from samoey.kit.problems import Forbidden
from tests.domains.identity.test_accounts import (
    HERE,
    ME,
    NEW_PASSWORD,
    RESET,
    can_sign_in,
    operator_of,
    reset_token,
)
from tests.house.processes import RunningHouse
from tests.make import PASSWORD, Make

Told = Callable[[], Awaitable[list[str]]]


async def test_a_disabled_person_is_out_at_once_and_everywhere(house: RunningHouse) -> None:
    ada = await house.make.user()
    async with house.client() as http:
        key = (
            await http.post("/api/v1/identity/keys", json={"name": "ci"}, headers=ada.headers)
        ).json()
        operator = await operator_of(house.tools)
        token = await reset_token(house.tools, ada)
        async with house.tools.bus.listen(f"key:{key['id']}") as ear:
            await service.disable(house.tools, operator, ada.email)

            assert await ear.get(2) == (f"key:{key['id']}", {"type": "signed-out"})

        key_headers = {"authorization": f"Bearer {key['key']}"}
        assert (await http.get(ME, headers=ada.headers)).status_code == 401
        assert (await http.get(ME, headers=key_headers)).status_code == 401
        assert not await can_sign_in(http, ada, PASSWORD)
        reset = await http.post(RESET, json={"token": token, "password": NEW_PASSWORD})
        assert reset.status_code == 404

        async with house.tools.work(operator) as ctx:
            await service.enable(ctx, ada.email)

        assert await can_sign_in(http, ada, PASSWORD)
        assert (await http.get(ME, headers=key_headers)).status_code == 200
        assert (await http.get(ME, headers=ada.headers)).status_code == 401


async def test_who_signs_in_while_being_disabled_is_not_left_with_a_session(
    house: RunningHouse,
) -> None:
    ada = await house.make.user()
    operator = await operator_of(house.tools)
    wanted = SignIn(email=ada.email, password=SecretStr(PASSWORD))

    tried = await asyncio.gather(
        *(service.sign_in(house.tools, wanted, HERE) for _ in range(6)),
        service.disable(house.tools, operator, ada.email),
        return_exceptions=True,
    )

    assert {type(one) for one in tried} <= {service.Admission, WrongCredentials, type(None)}
    async with house.tools.work(SYSTEM) as ctx:
        left = await ctx.db.scalar(
            text("SELECT count(*) FROM sessions WHERE user_id = :id AND revoked_at IS NULL"),
            {"id": ada.id},
        )
    assert left == 0


async def test_only_the_local_operator_sees_and_changes_other_people(
    make: Make, tools: Tools, told: Told
) -> None:
    ada, bob = await make.user(), await make.user("Bob", role="viewer")
    before = await told()

    for attempt in (
        service.disable(tools, ada.actor, bob.email),
        service.disable(tools, SYSTEM, bob.email),
    ):
        with pytest.raises(Forbidden):
            await attempt
    async with tools.work(ada.actor) as ctx:
        seen = await service.list_people(ctx)
        with pytest.raises(Forbidden):
            await service.offer_reset(ctx, bob.email, lasts=timedelta(hours=1))
        with pytest.raises(Forbidden):
            await service.enable(ctx, bob.email)

    assert [person.id for person in seen] == [ada.id]
    assert await told() == before


async def test_the_operator_sees_everybody_and_stays_as_it_is(make: Make, tools: Tools) -> None:
    ada = await make.user()
    operator = await operator_of(tools)

    async with tools.work(operator) as ctx:
        people = await service.list_people(ctx)
        with pytest.raises(OperatorStays):
            await service.offer_reset(ctx, "operator@localhost", lasts=timedelta(hours=1))
        with pytest.raises(UserNotFound):
            await service.enable(ctx, "nobody@example.org")

    assert {person.email for person in people} == {ada.email, "operator@localhost"}
    with pytest.raises(OperatorStays):
        await service.disable(tools, operator, "operator@localhost")


async def test_nobody_can_take_the_operators_place_before_it_is_made(tools: Tools) -> None:
    async with tools.work(SYSTEM) as ctx:
        with pytest.raises(AccountExists):
            await service.create_person(
                ctx, name="Mallory", email="operator@localhost", password_hash="x"
            )
