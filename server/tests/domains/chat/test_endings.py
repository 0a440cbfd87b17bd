"""How an answer ends: whole, cut, held back; or asked for again, and the earlier one stays."""

import asyncio
from pathlib import Path

import pytest

from samoey.domains.chat import service as chat
from samoey.domains.chat.answers.writing import UNSUPPORTED_BEGINNING
from samoey.domains.chat.schemas import MessageOut
from samoey.domains.repositories import service as repositories
from samoey.domains.repositories.schemas import NewRepository
from tests.author import Author
from tests.domains.chat.talk import Talk, with_code
from tests.doubles.openai import OpenAIDouble
from tests.house.processes import RunningHouse
from tests.make import Somebody


@pytest.fixture
async def talk(house_with_model: RunningHouse, ada: Somebody) -> Talk:
    return await Talk.begin(house_with_model, ada)


async def again(talk: Talk, answer: MessageOut) -> MessageOut:
    """The same answer after it was asked for again."""
    async with talk.house.tools.work(talk.somebody.actor) as ctx:
        await chat.retry_answer(ctx, talk.conversation.id, answer.id)
    await talk.house.drain()
    async with talk.house.tools.work(talk.somebody.actor) as ctx:
        return await chat.message(ctx, talk.conversation.id, answer.id)


async def test_an_answer_cut_at_the_models_length_limit_says_so(
    talk: Talk, double: OpenAIDouble
) -> None:
    double.say("It starts [S1]. And then it", finish="length")

    answer = await talk.ask()

    assert answer.text == "It starts[^1]. And then it"
    assert answer.status == "done"
    assert answer.notes == ["The model stopped at its length limit: the answer is not complete."]


@pytest.mark.parametrize(
    ("said", "finish", "told"),
    [
        ("", "content_filter", "content filter"),
        ("It starts. And", "content_filter", "content filter"),
        ("", "stop", "without a word"),
        ("", "length", "at its length limit without a word"),
    ],
)
async def test_an_answer_that_was_held_back_is_told_beside_the_passages(
    talk: Talk, double: OpenAIDouble, said: str, finish: str, told: str
) -> None:
    double.say(said, finish=finish)

    answer = await talk.ask()

    assert answer.status == "failed"
    assert answer.problem is not None
    assert answer.problem.startswith("The model gave no answer.")
    assert told in answer.problem
    assert answer.text.startswith(said)
    assert "here are the passages" in answer.text
    assert answer.citations


async def test_a_good_answer_stays_when_asking_again_fails(
    talk: Talk, double: OpenAIDouble
) -> None:
    double.say("It starts [S1].")
    good = await talk.ask()
    for _ in range(2):
        double.fail(401)

    once = await again(talk, good)
    twice = await again(talk, once)

    for answer in (once, twice):
        assert (answer.text, answer.citations) == (good.text, good.citations)
        assert (answer.status, answer.problem, answer.model) == ("done", None, good.model)
        [note] = answer.notes
        assert note.startswith("This is the earlier answer")
        assert "refuses the key" in note
    assert twice.attempt == 3


async def test_a_good_answer_gives_way_to_a_new_one(talk: Talk, double: OpenAIDouble) -> None:
    double.say("It starts [S1].")
    good = await talk.ask()
    double.fail(401)
    failed = await again(talk, good)
    double.half("It begins. And then it")

    answer = await again(talk, failed)

    assert answer.text.startswith("It begins. And then it")
    assert answer.status == "failed"
    assert answer.notes == [UNSUPPORTED_BEGINNING]


async def test_an_earlier_answer_is_not_shown_while_it_is_written_anew(
    talk: Talk, double: OpenAIDouble
) -> None:
    double.say("It starts [S1].")
    good = await talk.ask()
    double.hang()

    async with talk.house.working():
        async with talk.house.tools.work(talk.somebody.actor) as ctx:
            await chat.retry_answer(ctx, talk.conversation.id, good.id)
        during = await once(talk, good, "writing")
        await chat.stop_answer(talk.house.tools, talk.somebody.actor, talk.conversation.id, good.id)
        after = await once(talk, good, "done")

    assert (during.text, during.citations, during.notes) == ("", [], [])
    assert (after.text, after.citations) == (good.text, good.citations)
    assert "stopped before a word" in after.notes[0]


async def test_a_model_that_says_nothing_is_given_up_and_the_passages_answer(
    house_in_haste: RunningHouse, double: OpenAIDouble, ada: Somebody
) -> None:
    # Once more than it is asked.
    for _ in range(3):
        double.hang()
    talk = await Talk.begin(house_in_haste, ada)

    answer = await talk.ask()

    assert answer.status == "failed"
    assert "did not answer in time" in str(answer.problem)
    assert answer.text.startswith("The model did not finish, so here are the passages")
    assert answer.citations


async def once(talk: Talk, answer: MessageOut, status: str) -> MessageOut:
    async with asyncio.timeout(60):
        while True:
            async with talk.house.tools.work(talk.somebody.actor) as ctx:
                now = await chat.message(ctx, talk.conversation.id, answer.id)
            if now.status == status:
                return now
            await asyncio.sleep(0.02)


async def test_a_conversation_whose_code_is_gone_says_so(
    house_with_model: RunningHouse, ada: Somebody
) -> None:
    async with house_with_model.tools.work(ada.actor) as ctx:
        [motor] = await repositories.list_repositories(ctx)
    talk = await Talk.begin(house_with_model, ada, repository_ids=[motor.id])
    async with house_with_model.tools.work(ada.actor) as ctx:
        await repositories.delete_repository(ctx, motor.id)

    answer = await talk.ask()

    assert answer.text.startswith("The code that this conversation is about is no longer connected")
    assert answer.citations == []


async def test_answers_and_dropped_citations_are_counted(talk: Talk, double: OpenAIDouble) -> None:
    double.say("It has a `turbo` [S1]. It starts [S9].")
    double.fail(401)
    for _ in range(2):
        await talk.ask()

    async with talk.house.client() as http:
        told = (await http.get("/metrics")).text.splitlines()

    assert 'samoey_answers{status="done"} 1' in told
    assert 'samoey_answers{status="failed"} 1' in told
    assert "samoey_dropped_citations 2" in told


async def test_a_repository_that_could_not_be_fetched_is_told_in_the_notes(
    house_with_code: RunningHouse, ada: Somebody, tmp_path: Path
) -> None:
    house = house_with_code
    Author(tmp_path / "lost").commit("a.py")
    new = NewRepository(workspace_id=ada.workspace_id, source=str(tmp_path / "lost"))
    await repositories.add_repository(house.tools, ada.actor, new)
    (tmp_path / "lost").rename(tmp_path / "elsewhere")
    await house.drain()

    answer = await (await Talk.begin(house, ada)).ask("ignite spark")

    assert answer.notes == [
        "lost could not be fetched: There is no such folder on the server.",
    ]


async def test_a_fetch_that_fails_later_is_told_beside_the_older_answer(
    house: RunningHouse, tmp_path: Path
) -> None:
    ada = await house.make.user()
    author = await with_code(house, tmp_path, ada)
    author.folder.rename(tmp_path / "elsewhere")
    async with house.tools.work(ada.actor) as ctx:
        [motor] = await repositories.list_repositories(ctx)
        await repositories.sync_repository(ctx, motor.id)
    await house.drain()

    answer = await (await Talk.begin(house, ada)).ask("How does start_engine ignite?")

    assert motor.commit is not None
    assert motor.synced_at is not None
    assert {it.commit for it in answer.citations} == {motor.commit}
    [note] = answer.notes
    assert note == (
        f"motor could not be brought up to date since {motor.synced_at:%-d %B %Y, %H:%M} UTC, so "
        f"{motor.commit[:12]} was read. What is wrong: There is no such folder on the server."
    )
