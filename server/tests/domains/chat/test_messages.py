import asyncio
import json
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy import event, insert, text
from sqlalchemy.ext.asyncio import AsyncConnection

from samoey.domains.chat.shapes import title_of
from samoey.domains.chat.tables import Message
from samoey.kit.ids import new_id
from tests.domains.chat.talk import API, Talk, posted, started
from tests.doubles.openai import OpenAIDouble
from tests.house.processes import RunningHouse
from tests.make import Make

Names = Callable[[], Awaitable[list[str]]]


async def test_a_question_to_a_model_that_is_not_there_is_refused_with_those_that_are(
    house_with_model: RunningHouse, double: OpenAIDouble
) -> None:
    grace = await house_with_model.make.user("Grace")
    talk = await Talk.begin(house_with_model, grace)
    place = f"{API}/{talk.conversation.id}/messages"

    async with house_with_model.client() as http:
        refused = [
            await http.post(place, json={"text": "How?", "model": "gpt-9"}, headers=grace.headers)
            for _ in range(3)
        ]

    assert {it.status_code for it in refused} == {422}
    assert refused[0].json()["type"] == "/problems/model-unknown"
    assert refused[0].json()["detail"].endswith("of 127.0.0.1: double-large.")
    assert await talk.messages() == []
    assert len(double.headers) == 1


async def test_a_question_is_kept_with_a_place_for_its_answer(
    client: httpx.AsyncClient, make: Make, told: Names, jobs_waiting: Names
) -> None:
    ada = await make.user()
    begun = await started(client, ada)

    question = await posted(client, ada, begun["id"], "How does the engine start?")

    listed = (await client.get(f"{API}/{begun['id']}/messages", headers=ada.headers)).json()
    assert [(it["number"], it["role"], it["status"]) for it in listed] == [
        (1, "person", "done"),
        (2, "assistant", "waiting"),
    ]
    assert listed[0]["author"] == {"id": str(ada.id), "name": "Ada"}
    assert listed[1]["answers"] == question["id"]
    assert set((await told())[-2:]) == {"chat.message_posted", "chat.conversation_changed"}
    assert (await jobs_waiting())[-1:] == ["chat.answer_message"]
    heading = (await client.get(f"{API}/{begun['id']}", headers=ada.headers)).json()
    assert (heading["title"], heading["seq"]) == ("How does the engine start?", 1)


async def test_posting_twice_with_one_key_posts_once(
    client: httpx.AsyncClient, make: Make, jobs_waiting: Names
) -> None:
    ada = await make.user()
    begun = await started(client, ada)

    first = await posted(client, ada, begun["id"], "How?", key="k1")
    second = await posted(client, ada, begun["id"], "How?", key="k1")
    third = await posted(client, ada, begun["id"], "How?", key="k2")

    assert first["id"] == second["id"] != third["id"]
    assert (await jobs_waiting()).count("chat.answer_message") == 2


async def test_a_message_of_a_megabyte_is_refused_and_nothing_of_it_kept(
    client: httpx.AsyncClient, make: Make, told: Names
) -> None:
    ada = await make.user()
    begun = await started(client, ada)

    refused = await client.post(
        f"{API}/{begun['id']}/messages", json={"text": "é" * 500_000}, headers=ada.headers
    )

    assert refused.status_code == 413
    problem = refused.json()
    assert problem["type"] == "/problems/message-too-long"
    assert (problem["bytes"], problem["limit"]) == (1_000_000, 32_000)
    assert "Shorten it" in problem["detail"]
    assert "chat.message_posted" not in await told()


async def test_a_client_can_read_how_long_a_question_may_be(
    client: httpx.AsyncClient, make: Make
) -> None:
    ada = await make.user()

    limits = await client.get(f"{API}/limits", headers=ada.headers)

    assert limits.json() == {"message_max_bytes": 32_000}
    assert (await client.get(f"{API}/limits")).status_code == 401


@pytest.mark.parametrize("text", ["", "  \n ", "nul \x00 in it", "half \ud800"])
async def test_a_text_that_cannot_be_kept_is_refused(
    client: httpx.AsyncClient, make: Make, told: Names, text: str
) -> None:
    ada = await make.user()
    begun = await started(client, ada)

    refused = await client.post(
        f"{API}/{begun['id']}/messages",
        content=json.dumps({"text": text}),
        headers=ada.headers | {"content-type": "application/json"},
    )

    assert refused.status_code == 422
    assert "chat.message_posted" not in await told()


@pytest.mark.parametrize(
    ("question", "title"),
    [
        ("How?", "How?"),
        ("  one\n\ntwo  ", "one two"),
        ("word " * 40, "word word word word word word word word word word word word word word…"),
        ("x" * 100, "x" * 71 + "…"),
    ],
)
def test_a_title_is_the_first_words_of_the_question(question: str, title: str) -> None:
    assert title_of(question) == title


async def test_ten_thousand_messages_are_paged_with_the_same_few_queries(
    client: httpx.AsyncClient, make: Make, db: AsyncConnection
) -> None:
    ada = await make.user()
    begun = await started(client, ada)
    await _fill(db, UUID(begun["id"]), ada.id, 10_000)
    at = f"{API}/{begun['id']}/messages"
    counts: list[int] = []

    async def page(**params: Any) -> list[int]:
        counted: list[str] = []

        def count(_c: object, _cur: object, statement: str, *_rest: object) -> None:
            counted.append(statement)

        event.listen(db.sync_connection, "before_cursor_execute", count)
        listed = await client.get(at, params=params, headers=ada.headers)
        event.remove(db.sync_connection, "before_cursor_execute", count)
        counts.append(len(counted))
        return [message["number"] for message in listed.json()]

    assert await page() == list(range(9_901, 10_001))
    assert await page(limit=2) == [9_999, 10_000]
    assert await page(before=9_901) == list(range(9_801, 9_901))
    assert await page(after=5_000, limit=3) == [5_001, 5_002, 5_003]
    assert await page(after=10_000) == []
    assert await page(before=1) == []
    assert max(counts) <= counts[1]


async def _fill(db: AsyncConnection, conversation_id: UUID, author_id: UUID, many: int) -> None:
    rows = [
        {
            "id": new_id(),
            "created_at": datetime.now(UTC),
            "conversation_id": conversation_id,
            "number": number,
            "role": "person",
            "author_id": author_id,
            "text": f"message {number}",
        }
        for number in range(1, many + 1)
    ]
    await db.execute(insert(Message), rows)
    await db.execute(
        text("UPDATE conversations SET last_number = :n WHERE id = :id"),
        {"n": many, "id": conversation_id},
    )


async def test_the_page_after_a_number_is_at_most_as_long_as_allowed(
    client: httpx.AsyncClient, make: Make
) -> None:
    ada = await make.user()
    begun = await started(client, ada)

    refused = await client.get(
        f"{API}/{begun['id']}/messages", params={"limit": 201}, headers=ada.headers
    )

    assert refused.status_code == 422


async def test_stopping_an_answer_that_waits_ends_it_at_once(
    client: httpx.AsyncClient, make: Make, told: Names
) -> None:
    ada = await make.user()
    begun = await started(client, ada)
    await posted(client, ada, begun["id"], "How?")
    at = f"{API}/{begun['id']}/messages"
    question, answer = (await client.get(at, headers=ada.headers)).json()

    stopped = await client.post(f"{at}/{answer['id']}/stop", headers=ada.headers)
    again = await client.post(f"{at}/{answer['id']}/stop", headers=ada.headers)
    wrong = await client.post(f"{at}/{question['id']}/stop", headers=ada.headers)
    unknown = await client.post(f"{at}/{new_id()}/stop", headers=ada.headers)

    assert [stopped.status_code, again.status_code] == [204, 204]
    assert wrong.json()["type"] == "/problems/not-an-answer"
    assert unknown.json()["type"] == "/problems/message-not-found"
    assert (await told()).count("chat.message_answered") == 1
    listed = (await client.get(at, headers=ada.headers)).json()
    assert listed[1]["status"] == "stopped"


async def test_an_answer_that_is_over_can_be_asked_for_again(
    client: httpx.AsyncClient, make: Make, jobs_waiting: Names
) -> None:
    ada = await make.user()
    begun = await started(client, ada)
    await posted(client, ada, begun["id"], "How?")
    at = f"{API}/{begun['id']}/messages"
    answer = (await client.get(at, headers=ada.headers)).json()[1]

    early = await client.post(f"{at}/{answer['id']}/retry", headers=ada.headers)
    await client.post(f"{at}/{answer['id']}/stop", headers=ada.headers)
    retried = await client.post(f"{at}/{answer['id']}/retry", headers=ada.headers)

    assert early.json()["type"] == "/problems/still-answering"
    assert (retried.status_code, retried.json()["status"]) == (202, "waiting")
    assert (await jobs_waiting())[-1:] == ["chat.answer_again"]


async def test_two_people_who_post_at_once_get_numbers_without_gaps(house: RunningHouse) -> None:
    ada, bob = await house.make.user(), await house.make.user("Bob", role="member")
    talk = await Talk.begin(house, ada, shared=True)
    other = Talk(house, bob, talk.conversation)

    await asyncio.gather(*(who.post(f"Question {n}") for n in range(10) for who in (talk, other)))

    messages = await talk.messages()
    assert [message.number for message in messages] == list(range(1, 41))
    for question, answer in zip(messages[::2], messages[1::2], strict=True):
        assert (question.role, answer.answers) == ("person", question.id)


async def test_one_key_posted_at_once_by_two_windows_posts_once(house: RunningHouse) -> None:
    talk = await Talk.begin(house, await house.make.user())

    posted = await asyncio.gather(*(talk.post("How?", key="same") for _ in range(8)))

    assert len({message.id for message in posted}) == 1
    assert len(await talk.messages()) == 2
