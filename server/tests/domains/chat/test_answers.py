import asyncio
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from sqlalchemy import text

from samoey.domains.chat import service as chat
from samoey.domains.chat.answers import service as answers
from samoey.domains.chat.answers.gathering import Asked, gather
from samoey.domains.chat.answers.writing import UNSUPPORTED
from samoey.domains.chat.schemas import MessageOut
from samoey.domains.repositories import service as repositories
from samoey.domains.repositories.schemas import NewRepository
from samoey.kit.context import Tools
from tests.author import Author
from tests.domains.chat.talk import Talk
from tests.doubles.openai import OpenAIDouble
from tests.house.processes import RunningHouse
from tests.make import Somebody


def marks(answer: MessageOut) -> list[tuple[str, int, int]]:
    return [(it.path, it.start, it.end) for it in answer.citations]


async def test_with_no_model_the_passages_answer_and_that_is_said(
    house_with_code: RunningHouse, ada: Somebody
) -> None:
    talk = await Talk.begin(house_with_code, ada)

    answer = await talk.ask("How does start_engine ignite the fuel?")

    assert (answer.status, answer.model, answer.dropped_citations) == ("done", "extractive", 0)
    assert answer.text.startswith("The closest match is `Engine")
    assert "No language model is connected" in answer.text
    assert "OPENAI_BASE_URL" in answer.text
    assert "return ignite(fuel)" in answer.text
    assert {it.path for it in answer.citations} == {"app/engine.py", "app/spark.py"}
    assert [it.number for it in answer.citations] == [1, 2]
    assert "[^1]" in answer.text
    assert "[S" not in answer.text
    assert "ignite" in {item.name for item in answer.outline}
    assert all(len(it.commit) == 40 and it.text for it in answer.citations)


async def test_with_no_repository_the_answer_says_so(house: RunningHouse) -> None:
    talk = await Talk.begin(house, await house.make.user())

    answer = await talk.ask()

    assert answer.text.startswith("No repository is connected here yet.")
    assert (answer.status, answer.citations) == ("done", [])


async def test_while_a_repository_is_still_read_the_answer_says_so(
    house: RunningHouse, tmp_path: Path
) -> None:
    ada = await house.make.user()
    folder = tmp_path / "late"
    Author(folder).commit("a.py")
    talk = await Talk.begin(house, ada)
    question = await talk.post()
    new = NewRepository(workspace_id=ada.workspace_id, source=str(folder))
    await repositories.add_repository(house.tools, ada.actor, new)

    waiting = await talk.answer_to(question.id)
    await answers.answer(house.tools, waiting.id)

    answer = await talk.answer_to(question.id)
    assert "`late` is still being fetched." in answer.text


async def test_while_a_newer_commit_is_read_the_one_before_answers_and_that_is_said(
    house_with_code: RunningHouse, ada: Somebody
) -> None:
    talk = await Talk.begin(house_with_code, ada)
    async with house_with_code.tools.sessions.begin() as db:
        await db.execute(text("UPDATE indexes SET state = 'running', commit = repeat('b', 40)"))

    answer = await talk.ask("How does start_engine ignite the fuel?")

    assert {it.path for it in answer.citations} == {"app/engine.py", "app/spark.py"}
    assert (
        f"motor is being read anew; until then {answer.citations[0].commit[:8]}" in answer.notes[0]
    )


async def test_words_that_stand_nowhere_are_answered_plainly(
    house_with_code: RunningHouse, ada: Somebody
) -> None:
    talk = await Talk.begin(house_with_code, ada)

    answer = await talk.ask("zzyzzx qwfpgj")

    assert answer.text.startswith("Nothing in the connected code matches this question.")


async def test_uncommitted_changes_are_told_in_the_notes(
    house: RunningHouse, tmp_path: Path
) -> None:
    ada = await house.make.user()
    author = Author(tmp_path / "motor")
    commit = author.commit("a.py", text="def start():\n    pass\n")
    author.write("a.py", "def other():\n    pass\n")
    new = NewRepository(workspace_id=ada.workspace_id, source=str(author.folder))
    await repositories.add_repository(house.tools, ada.actor, new)
    await house.drain()

    answer = await (await Talk.begin(house, ada)).ask("start")

    assert answer.notes == [
        f"motor has changes that are not committed; HEAD ({commit[:12]}) was read."
    ]


async def test_a_model_writes_and_its_citations_are_checked(
    house_with_model: RunningHouse, double: OpenAIDouble, ada: Somebody
) -> None:
    talk = await Talk.begin(house_with_model, ada)
    double.say("`ignite` adds one. [S1]\n\nThe `Engine` calls it [S2]. Done.", size=3)

    answer = await talk.ask("ignite spark")

    assert answer.text == "`ignite` adds one.[^1]\n\nThe `Engine` calls it[^2]. Done."
    assert (answer.status, answer.model) == ("done", "openai:double-large")
    assert {it.path for it in answer.citations} == {"app/engine.py", "app/spark.py"}
    assert answer.dropped_citations == 0


CLAIMS = [
    ("It has a `turbo` [S1].", "It has a `turbo`.", 1),
    ("It starts [S9].", "It starts.", 1),
    ("It starts [S1:900-901].", "It starts.", 1),
    ("It starts [S1:2-1].", "It starts.", 1),
    ("It is checked [^1].", "It is checked.", 1),
    ("See app/none.py:3-4.", "See app/none.py.", 1),
    ("See `app/spark.py:70-80`.", "See `app/spark.py`.", 1),
    ("`ignite` is at app/spark.py:1.", "`ignite` is at app/spark.py[^1].", 0),
    ("`ignite` sparks [S1][S9].", "`ignite` sparks[^1].", 1),
    ("nul \x00 here", "nul � here", 0),
]


async def test_what_does_not_hold_is_dropped_and_counted(
    house_with_model: RunningHouse, double: OpenAIDouble, ada: Somebody
) -> None:
    talk = await Talk.begin(house_with_model, ada)
    for said, _, _ in CLAIMS:
        double.say(said)

    answers_ = [await talk.ask("ignite a spark: make spark") for _ in CLAIMS]

    assert [(it.text, it.dropped_citations) for it in answers_] == [it[1:] for it in CLAIMS]
    assert [len(it.citations) for it in answers_] == [it[1].count("[^") for it in CLAIMS]


FAILURES: list[tuple[str, Callable[[OpenAIDouble], None], str]] = [
    ("401", lambda d: d.fail(401), "The model endpoint refuses the key."),
    ("429", lambda d: d.fail(429, retry_after="60"), "The model is busy."),
    ("500", lambda d: d.fail(500), "The model does not answer."),
    ("garbage", lambda d: d.raw(b"data: {]\n\n"), "answered something that is no answer"),
    ("nothing", lambda d: d.raw(b""), "The model does not answer."),
    ("no such model", lambda d: d.fail(404, code="model_not_found"), "No model of this name"),
]


async def test_a_model_that_fails_leaves_the_passages_and_the_reason(
    house_with_model: RunningHouse, double: OpenAIDouble, ada: Somebody
) -> None:
    talk = await Talk.begin(house_with_model, ada)
    for name, script, told in FAILURES:
        double.forget()
        script(double)
        script(double)

        answer = await talk.ask()

        assert answer.status == "failed", name
        assert answer.problem is not None, name
        assert told in answer.problem
        assert answer.text.startswith("The model did not finish, so here are the passages")
        assert answer.citations


async def test_one_hiccup_of_a_model_goes_unseen(
    house_with_model: RunningHouse, double: OpenAIDouble, ada: Somebody
) -> None:
    talk = await Talk.begin(house_with_model, ada)
    double.fail(503)
    double.say("It starts.")

    answer = await talk.ask()

    assert (answer.text, answer.status) == ("It starts.", "done")


async def test_half_a_stream_is_kept_and_completed_with_the_passages(
    house_with_model: RunningHouse, double: OpenAIDouble, ada: Somebody
) -> None:
    talk = await Talk.begin(house_with_model, ada)
    double.half("The `Engine` starts [S1]. And then it")

    answer = await talk.ask("start_engine")

    assert answer.status == "failed"
    assert answer.text.startswith("The `Engine` starts[^1]. And then it\n\nThe model did not")
    assert answer.problem is not None
    assert "broke off" in answer.problem
    assert len(double.requests) == 1


async def test_a_prompt_that_is_too_long_is_asked_again_with_less(
    house_with_model: RunningHouse, double: OpenAIDouble, ada: Somebody
) -> None:
    talk = await Talk.begin(house_with_model, ada)
    double.fail(400, code="context_length_exceeded")
    double.say("It starts.")

    answer = await talk.ask()

    assert (answer.text, answer.status, len(double.requests)) == ("It starts.", "done", 2)


async def test_a_failed_answer_is_written_anew_on_retry(
    house_with_model: RunningHouse, double: OpenAIDouble, ada: Somebody
) -> None:
    talk = await Talk.begin(house_with_model, ada)
    double.fail(401)
    failed = await talk.ask()
    double.say("It starts [S1].")

    async with talk.house.tools.work(talk.somebody.actor) as ctx:
        await chat.retry_answer(ctx, talk.conversation.id, failed.id)
    await talk.house.drain()

    [_, again] = await talk.messages()
    assert (again.id, again.attempt) == (failed.id, 2)
    assert (again.text, again.status, again.problem) == ("It starts[^1].", "done", None)


async def test_a_chosen_model_answers_and_an_unknown_one_is_told(
    house_with_model: RunningHouse, double: OpenAIDouble, ada: Somebody
) -> None:
    talk = await Talk.begin(house_with_model, ada)

    double.models.append("double-small")

    laid_out = await talk.ask(model="extractive")
    other = await talk.ask(model="openai:double-small")

    assert laid_out.model == "extractive"
    assert "No language model is connected" not in laid_out.text
    assert other.model == "openai:double-small"
    assert [request["model"] for request in double.requests] == ["double-small"]


async def test_a_model_that_needs_an_endpoint_is_told_where_none_is(
    house_with_code: RunningHouse, ada: Somebody
) -> None:
    talk = await Talk.begin(house_with_code, ada)

    answer = await talk.ask(model="gpt-9")

    assert answer.status == "failed"
    assert answer.problem is not None
    assert "set OPENAI_API_KEY" in answer.problem
    assert answer.citations


async def test_what_was_said_before_goes_along(
    house_with_model: RunningHouse, double: OpenAIDouble, ada: Somebody
) -> None:
    talk = await Talk.begin(house_with_model, ada)
    double.say("It ignites [S1].")
    await talk.ask("How does the engine start?")
    double.say("With fuel.")

    await talk.ask("And then?")

    said = [(it["role"], it["content"]) for it in double.requests[1]["messages"][1:3]]
    assert said == [("user", "How does the engine start?"), ("assistant", "It ignites.")]
    assert "start_engine" in double.requests[1]["messages"][3]["content"]


async def test_stop_ends_an_answer_and_keeps_what_was_said(
    house_with_model: RunningHouse, double: OpenAIDouble, ada: Somebody
) -> None:
    talk = await Talk.begin(house_with_model, ada)
    double.say("One sentence. " * 200, pace_s=0.05, size=14)

    async with talk.house.working():
        question = await talk.post()
        answer = await _once(talk, question.id, "writing")
        await _first_words(talk, answer)
        await chat.stop_answer(
            talk.house.tools, talk.somebody.actor, talk.conversation.id, answer.id
        )
        answer = await _once(talk, question.id, "stopped")

    assert answer.text.startswith("One sentence.")
    assert len(answer.text) < 2_000
    assert answer.notes == [UNSUPPORTED]


async def _first_words(talk: Talk, answer: MessageOut) -> None:
    """Wait until a sentence of an answer was told."""
    told, after = "", "0"
    async with asyncio.timeout(60):
        while "One sentence." not in told:
            for place, piece in await chat.pieces_of(talk.house.tools, answer.id, after, wait_s=1):
                told, after = told + piece.get("text", ""), place


async def _once(talk: Talk, question_id: object, status: str) -> MessageOut:
    async with asyncio.timeout(60):
        while True:
            answer = await talk.answer_to(question_id)  # type: ignore[arg-type]  # an id
            if answer.status == status:
                return answer
            await asyncio.sleep(0.02)


async def test_questions_of_one_conversation_are_answered_one_at_a_time_in_order(
    house_with_model: RunningHouse, double: OpenAIDouble, ada: Somebody
) -> None:
    talk = await Talk.begin(house_with_model, ada)
    bob = await talk.house.make.user("Bob", role="member")
    shared = await Talk.begin(talk.house, talk.somebody, shared=True)
    other = Talk(talk.house, bob, shared.conversation)
    for _ in range(4):
        double.say("An answer. " * 5, pace_s=0.01)

    async with talk.house.working():
        posted = await asyncio.gather(
            *(
                who.post(f"Question {n} of {who.somebody.name}")
                for n in (1, 2)
                for who in (shared, other)
            )
        )
        for question in posted:
            await _once(shared, question.id, "done")

    asked = [str(request["messages"][-1]["content"]) for request in double.requests]
    in_order = [it.text for it in await shared.messages() if it.role == "person"]
    assert [text.rsplit("The question:\n", 1)[1].strip() for text in asked] == in_order


async def test_an_answer_never_comes_twice_when_its_job_runs_again(
    house_with_model: RunningHouse, double: OpenAIDouble, ada: Somebody
) -> None:
    talk = await Talk.begin(house_with_model, ada)
    double.say("It starts.")
    first = await talk.ask()

    await answers.answer(talk.house.tools, first.id)

    [_, again] = await talk.messages()
    assert (again.text, again.attempt, len(double.requests)) == ("It starts.", 1, 1)


async def test_an_answer_that_takes_too_long_is_given_up(
    house_with_model: RunningHouse, double: OpenAIDouble, ada: Somebody
) -> None:
    talk = await Talk.begin(house_with_model, ada)
    talk.house.tools = _hasty(talk.house)
    double.say("Slow. " * 500, pace_s=0.05)

    question = await talk.post()
    waiting = await talk.answer_to(question.id)
    await answers.answer(talk.house.tools, waiting.id)

    answer = await talk.answer_to(question.id)
    assert answer.status == "failed"
    assert answer.text.startswith("Slow.")
    assert answer.problem is not None
    assert "longer than 1 s" in answer.problem


def _hasty(house: RunningHouse) -> Tools:
    settings = house.tools.settings
    chat_settings = settings.chat.model_copy(update={"answer_s": 1.0})
    return replace(house.tools, settings=settings.model_copy(update={"chat": chat_settings}))


async def test_what_another_may_not_read_is_no_part_of_an_answer(
    house_with_code: RunningHouse, ada: Somebody
) -> None:
    talk = await Talk.begin(house_with_code, ada)
    stranger = await house_with_code.make.user("Mallory", role=None)

    asked = Asked(stranger.actor, talk.somebody.workspace_id, (), "start_engine")
    found = await gather(house_with_code.tools, asked)

    assert found.passages == []
    assert found.nothing is not None
    assert found.nothing.startswith("No repository is connected")
