"""How an answer ends: whole, cut, held back; or asked for again, and the earlier one stays."""

from pathlib import Path

import pytest

from samoey.domains.chat import service as chat
from samoey.domains.chat.schemas import MessageOut
from tests.domains.chat.talk import Talk, with_code
from tests.doubles.openai import OpenAIDouble
from tests.house.processes import RunningHouse


@pytest.fixture
async def talk(house_with_model: RunningHouse, tmp_path: Path) -> Talk:
    ada = await house_with_model.make.user()
    await with_code(house_with_model, tmp_path, ada)
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
