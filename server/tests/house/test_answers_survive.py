import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from pydantic import SecretStr

from samoey.domains.chat import service as chat
from samoey.domains.chat.schemas import MessageOut
from tests.api.wire import wire
from tests.conftest import OpenHouse
from tests.domains.chat.talk import Talk, with_code
from tests.doubles import openai as double_openai
from tests.doubles.openai import OpenAIDouble
from tests.house.processes import RunningHouse

SAID = "The `Engine` starts [S1]. "


@pytest.fixture
def double() -> Iterator[OpenAIDouble]:
    with double_openai.running() as running:
        yield running


@pytest.fixture
async def house(open_test_house: OpenHouse, double: OpenAIDouble) -> AsyncIterator[RunningHouse]:
    connected = {
        "openai_base_url": double.url,
        "openai_api_key": SecretStr(double.key),
        "openai_model": "double-large",
    }
    async with open_test_house(**connected) as house:
        yield house


def model(double: OpenAIDouble) -> dict[str, str]:
    return {
        "OPENAI_BASE_URL": double.url,
        "OPENAI_API_KEY": double.key,
        "OPENAI_MODEL": "double-large",
    }


async def answer_of(talk: Talk, question: MessageOut, status: str) -> MessageOut:
    loop = asyncio.get_running_loop()
    late_at = loop.time() + 40
    while (answer := await talk.answer_to(question.id)).status != status:
        assert loop.time() < late_at, answer
        await asyncio.sleep(0.05)
    return answer


async def asked(double: OpenAIDouble, times: int) -> None:
    loop = asyncio.get_running_loop()
    late_at = loop.time() + 40
    while len(double.requests) < times:
        assert loop.time() < late_at, "no worker asked the model"
        await asyncio.sleep(0.05)


@pytest.mark.slow
async def test_an_answer_whose_worker_is_killed_is_completed_once_by_the_next(
    house: RunningHouse, double: OpenAIDouble, tmp_path: Path
) -> None:
    ada = await house.make.user()
    await with_code(house, tmp_path, ada)
    talk = await Talk.begin(house, ada)
    audience = f"conversation:{talk.conversation.id}"
    double.say(SAID * 400, pace_s=0.05, size=len(SAID))
    double.say(SAID * 3)
    first = house.start("worker", **model(double))

    async with house.serving() as url, wire(url, ada) as ear:
        await ear.watch(audience)
        question = await talk.post("start_engine")
        await ear.until(
            lambda it: it["type"] == "piece" and it["kind"] == "text" and it["index"] > 6,
            within_s=40,
        )
        first.kill()
        house.start("worker", **model(double))
        house.start("worker", **model(double))
        answer = await answer_of(talk, question, "done")
        await ear.until(lambda it: it.get("name") == "chat.message_answered", within_s=20)
        await ear.silence(2.5)

    assert answer.attempt == 2
    assert answer.text == ("The `Engine` starts[^1]. " * 3).strip("\n")
    assert ear.text(str(answer.id)) == answer.text
    assert [name for _, name in ear.events(audience)] == [
        "chat.message_posted",
        "chat.answer_started",
        "chat.answer_started",
        "chat.message_answered",
    ]
    assert [seq for seq, _ in ear.events(audience)] == [1, 2, 3, 4]
    assert len(double.requests) == 2
    assert len(await talk.messages()) == 2


@pytest.mark.slow
async def test_an_answer_that_kills_every_worker_is_given_up(
    house: RunningHouse, double: OpenAIDouble, tmp_path: Path
) -> None:
    ada = await house.make.user()
    await with_code(house, tmp_path, ada)
    talk = await Talk.begin(house, ada)
    question = await talk.post("start_engine")

    for attempt in (1, 2, 3):
        double.say(SAID * 400, pace_s=0.05, size=len(SAID))
        worker = house.start("worker", **model(double))
        await asked(double, attempt)
        worker.kill()
        worker.wait()
    house.start("worker", **model(double))
    answer = await answer_of(talk, question, "failed")

    assert answer.attempt == 3
    assert answer.problem is not None
    assert "broke on our side" in answer.problem


@pytest.mark.slow
async def test_an_answer_stopped_after_its_worker_was_killed_keeps_what_was_written(
    house: RunningHouse, double: OpenAIDouble, tmp_path: Path
) -> None:
    ada = await house.make.user()
    await with_code(house, tmp_path, ada)
    talk = await Talk.begin(house, ada)
    audience = f"conversation:{talk.conversation.id}"
    double.say(SAID * 400, pace_s=0.05, size=len(SAID))
    worker = house.start("worker", **model(double))

    async with house.serving() as url, wire(url, ada) as ear:
        await ear.watch(audience)
        question = await talk.post("start_engine")
        await ear.until(
            lambda it: it["type"] == "piece" and it["kind"] == "text" and it["index"] > 6,
            within_s=40,
        )
        worker.kill()
        worker.wait()
        answer = await talk.answer_to(question.id)
        told = await chat.pieces_of(house.tools, answer.id)
        await chat.stop_answer(house.tools, ada.actor, talk.conversation.id, answer.id)
        house.start("worker", **model(double))
        stopped = await answer_of(talk, question, "stopped")
        await ear.until(lambda it: it.get("kind") == "end", within_s=20)

    written = "".join(piece.get("text", "") for _, piece in told)
    assert written.startswith("The `Engine` starts[^1]. ")
    assert stopped.text == written.strip("\n")
    assert [it.path for it in stopped.citations] == ["app/engine.py"]
    assert (stopped.attempt, len(double.requests)) == (1, 1)


@pytest.mark.slow
async def test_an_answer_stopped_before_a_word_stays_so_when_its_worker_is_killed(
    house: RunningHouse, double: OpenAIDouble, tmp_path: Path
) -> None:
    ada = await house.make.user()
    await with_code(house, tmp_path, ada)
    talk = await Talk.begin(house, ada)
    double.hang()
    worker = house.start("worker", **model(double))
    question = await talk.post("start_engine")
    await asked(double, 1)
    answer = await talk.answer_to(question.id)

    worker.kill()
    worker.wait()
    await chat.stop_answer(house.tools, ada.actor, talk.conversation.id, answer.id)
    house.start("worker", **model(double))

    stopped = await answer_of(talk, question, "stopped")
    assert (stopped.attempt, len(double.requests)) == (1, 1)
