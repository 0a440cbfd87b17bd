from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from pydantic import SecretStr

from samoey.domains.chat import service as chat
from tests.api.scene import Scene
from tests.api.wire import wire
from tests.conftest import OpenHouse
from tests.domains.chat.talk import Talk, with_code
from tests.doubles import openai as double_openai
from tests.doubles.openai import OpenAIDouble


@pytest.fixture(scope="module")
def endpoint_double() -> Iterator[OpenAIDouble]:
    with double_openai.running() as running:
        yield running


@pytest.fixture
async def answering(
    open_test_house: OpenHouse, endpoint_double: OpenAIDouble, tmp_path: Path
) -> AsyncIterator[tuple[Scene, OpenAIDouble]]:
    """A scene with code, a worker, and a model that says what the test wants."""
    double = endpoint_double
    double.forget()
    connected = {
        "openai_base_url": double.url,
        "openai_api_key": SecretStr(double.key),
        "openai_model": "double-large",
    }
    async with open_test_house(**connected) as house:
        ada = await house.make.user()
        await with_code(house, tmp_path, ada)
        async with house.serving() as url, house.working():
            yield Scene(house, url, ada, await Talk.begin(house, ada)), double


async def test_an_answer_streams_to_those_who_watch(
    answering: tuple[Scene, OpenAIDouble],
) -> None:
    scene, double = answering
    double.say("The `Engine` starts [S1]. It is quick.\n", pace_s=0.01)

    async with wire(scene.url, scene.ada) as ear:
        await ear.watch(scene.audience)
        question = await scene.talk.post("start_engine")
        await ear.until(lambda it: it.get("name") == "chat.message_answered")
        await ear.silence(0.3)

    answer = await scene.talk.answer_to(question.id)
    assert ear.text(str(answer.id)) == answer.text + "\n"
    pieces = [it for it in ear.heard if it["type"] == "piece"]
    kinds = [it["kind"] for it in pieces]
    assert kinds[:2] == ["status", "status"]
    assert kinds[-1] == "end"
    assert kinds.index("citation") < next(
        n for n, it in enumerate(pieces) if "[^1]" in it.get("text", "")
    )
    assert [name for _, name in ear.events(scene.audience)] == [
        "chat.message_posted",
        "chat.answer_started",
        "chat.message_answered",
    ]


async def test_a_reload_in_mid_answer_shows_the_rest_and_nothing_twice(
    answering: tuple[Scene, OpenAIDouble],
) -> None:
    scene, double = answering
    double.say("A sentence of it. " * 60, pace_s=0.03, size=18)

    async with wire(scene.url, scene.ada) as ear:
        await ear.watch(scene.audience)
        question = await scene.talk.post()
        await ear.until(lambda it: it["type"] == "piece" and it["index"] > 10)
    async with wire(scene.url, scene.ada) as again:
        await again.watch(scene.audience, after=2)
        await again.until(lambda it: it["type"] == "piece" and it["kind"] == "end")
        await again.silence(0.3)

    answer = await scene.talk.answer_to(question.id)
    assert again.text(str(answer.id)) == answer.text == "A sentence of it. " * 60
    assert again.events(scene.audience) == [(3, "chat.message_answered")]


async def test_a_retry_replaces_what_was_on_screen(
    answering: tuple[Scene, OpenAIDouble],
) -> None:
    scene, double = answering
    double.fail(401)

    async with wire(scene.url, scene.ada) as ear:
        await ear.watch(scene.audience)
        question = await scene.talk.post()
        await ear.until(lambda it: it.get("name") == "chat.message_answered")
        answer = await scene.talk.answer_to(question.id)
        double.say("Better now.")
        async with scene.house.tools.work(scene.ada.actor) as ctx:
            await chat.retry_answer(ctx, scene.talk.conversation.id, answer.id)
        await ear.until(lambda it: it.get("name") == "chat.message_answered")
        await ear.silence(0.3)

    assert ear.text(str(answer.id)) == "Better now."
    assert [seq for seq, _ in ear.events(scene.audience)] == [1, 2, 3, 4, 5, 6]
