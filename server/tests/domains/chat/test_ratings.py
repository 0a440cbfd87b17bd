"""Thumbs: who may rate what, and what becomes of it."""

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import uuid4

import httpx
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from samoey.domains.chat import service as chat
from tests.domains.chat.talk import API, Talk, posted, started
from tests.domains.models.door import slug
from tests.doubles.openai import OpenAIDouble
from tests.house.processes import RunningHouse
from tests.make import Make, Somebody

Told = Callable[[], Awaitable[list[str]]]


@pytest.fixture
async def ada(make: Make) -> Somebody:
    return await make.user()


async def answered(
    client: httpx.AsyncClient, db: AsyncConnection, who: Somebody, **changes: Any
) -> str:
    """The address of an answer that is complete."""
    begun = await started(client, who, **changes)
    await posted(client, who, begun["id"], "How?")
    place = f"{API}/{begun['id']}/messages"
    answer = (await client.get(place, headers=who.headers)).json()[-1]
    await db.execute(
        text("UPDATE messages SET status = 'done', text = 'So.' WHERE id = :id"),
        {"id": answer["id"]},
    )
    return f"{place}/{answer['id']}"


async def rate(
    client: httpx.AsyncClient, who: Somebody, place: str, rating: str | None
) -> httpx.Response:
    if rating is None:
        return await client.delete(f"{place}/rating", headers=who.headers)
    return await client.put(f"{place}/rating", json={"rating": rating}, headers=who.headers)


async def rating(client: httpx.AsyncClient, who: Somebody, place: str) -> str | None:
    """What somebody sees that they said."""
    listed = await client.get(place.rpartition("/")[0], headers=who.headers)
    told: str | None = listed.json()[-1]["rating"]
    return told


async def test_an_answer_is_rated_once_changed_and_taken_back(
    client: httpx.AsyncClient, db: AsyncConnection, ada: Somebody, told: Told
) -> None:
    place = await answered(client, db, ada)
    before = len(await told())
    seen = [await rating(client, ada, place)]

    for said in ("up", "up", "down", None, None):
        assert (await rate(client, ada, place, said)).status_code == 204
        seen.append(await rating(client, ada, place))

    assert seen == [None, "up", "up", "down", None, None]
    # Who takes back what they never said tells nobody.
    assert (await told())[before:] == ["chat.answer_rated"] * 4
    count = await db.scalar(text("SELECT count(*) FROM answer_ratings"))
    assert count == 0


async def test_each_person_has_a_rating_of_their_own_that_others_do_not_see(
    client: httpx.AsyncClient, db: AsyncConnection, ada: Somebody, make: Make
) -> None:
    mia = await make.user("Mia", role="member")
    place = await answered(client, db, ada, shared=True)

    await rate(client, ada, place, "up")
    await rate(client, mia, place, "down")

    assert (await rating(client, ada, place), await rating(client, mia, place)) == ("up", "down")
    audiences = await db.scalars(
        text("SELECT audience FROM events WHERE name = 'chat.answer_rated' ORDER BY id")
    )
    assert list(audiences) == [f"user:{ada.id}", f"user:{mia.id}"]


async def test_who_may_not_rate_is_told_and_nobody_learns_of_it(
    client: httpx.AsyncClient, db: AsyncConnection, ada: Somebody, make: Make, told: Told
) -> None:
    eve, vera = await make.user("Eve", role=None), await make.user("Vera", role="viewer")
    mia = await make.user("Mia", role="member")
    shared, own = await answered(client, db, ada, shared=True), await answered(client, db, ada)
    before = await told()

    for said in ("up", None):
        assert slug(await rate(client, eve, shared, said)) == "conversation-not-found"
        assert slug(await rate(client, mia, own, said)) == "conversation-not-found"
        assert slug(await rate(client, vera, shared, said)) == "not-permitted"
    odd = await rate(client, ada, own, "sideways")
    missing = await rate(client, ada, f"{own.rpartition('/')[0]}/{uuid4()}", "up")
    elsewhere = f"{shared.rpartition('/')[0]}/{own.rpartition('/')[2]}"
    swapped = await rate(client, ada, elsewhere, "up")

    assert slug(odd) == "invalid-request"
    assert slug(missing) == slug(swapped) == "message-not-found"
    assert await told() == before
    assert await db.scalar(text("SELECT count(*) FROM answer_ratings")) == 0


async def test_only_a_complete_answer_is_rated(
    client: httpx.AsyncClient, db: AsyncConnection, ada: Somebody
) -> None:
    place = await answered(client, db, ada)
    messages = (await client.get(place.rpartition("/")[0], headers=ada.headers)).json()
    question = f"{place.rpartition('/')[0]}/{messages[0]['id']}"
    refused = [await rate(client, ada, question, "up")]

    for status in ("waiting", "writing", "failed"):
        await db.execute(
            text("UPDATE messages SET status = :status WHERE answers_message_id IS NOT NULL"),
            {"status": status},
        )
        refused.append(await rate(client, ada, place, "up"))

    assert [slug(it) for it in refused] == ["not-rateable"] * 4


async def test_what_was_said_of_earlier_words_is_not_said_of_new_ones(
    house_with_model: RunningHouse, double: OpenAIDouble, lived_in: tuple[Any, Somebody]
) -> None:
    ada = lived_in[1]
    talk = await Talk.begin(house_with_model, ada)
    double.say("So.")
    answer = await talk.ask()

    async def asked_again() -> None:
        async with house_with_model.tools.work(ada.actor) as ctx:
            await chat.retry_answer(ctx, talk.conversation.id, answer.id)
        await house_with_model.drain()

    async with house_with_model.client() as client:
        place = f"{API}/{talk.conversation.id}/messages/{answer.id}"
        await rate(client, ada, place, "down")
        double.fail(401)
        await asked_again()
        kept = await rating(client, ada, place)
        double.say("Otherwise.")
        await asked_again()
        gone = await rating(client, ada, place)

    assert (kept, gone) == ("down", None)
