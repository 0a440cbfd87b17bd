"""A citation stays with a sentence that its lines bear out."""

from dataclasses import replace

from samoey.domains.chat.answers.checking import Checker
from samoey.domains.chat.answers.gathering import Asked, gather
from samoey.domains.chat.answers.writing import (
    NOTHING_FOUND,
    UNSUPPORTED,
    UNSUPPORTED_BEGINNING,
)
from samoey.domains.chat.context.parts import Passage
from tests.domains.chat.talk import Talk
from tests.doubles.openai import OpenAIDouble
from tests.house.processes import RunningHouse
from tests.make import Somebody


async def test_a_sentence_that_its_lines_do_not_bear_out_keeps_no_citation_and_that_is_said(
    house_with_model: RunningHouse, double: OpenAIDouble, ada: Somebody
) -> None:
    talk = await Talk.begin(house_with_model, ada)
    double.say("`ignite` encrypts the fuel with a password from the database [S1].")
    double.say("`ignite` makes a spark of the fuel; see the `Engine` [S1].")

    false = await talk.ask("ignite a spark: make spark")
    true = await talk.ask("ignite a spark: make spark")

    assert false.text == "`ignite` encrypts the fuel with a password from the database."
    assert (false.citations, false.dropped_citations) == ([], 1)
    assert UNSUPPORTED in false.notes
    assert len(true.citations) == 1
    assert UNSUPPORTED not in true.notes


async def test_words_of_a_model_that_found_nothing_say_that_they_do_not_come_from_the_code(
    house_with_model: RunningHouse, double: OpenAIDouble, ada: Somebody
) -> None:
    talk = await Talk.begin(house_with_model, ada)
    double.say("Water boils at a hundred degrees [S1].")

    answer = await talk.ask("zzyzx qqrst?")

    assert (answer.text, answer.notes) == (
        "Water boils at a hundred degrees.",
        [NOTHING_FOUND],
    )


async def test_what_a_model_wrote_before_it_failed_is_told_from_the_passages_below(
    house_with_model: RunningHouse, double: OpenAIDouble, ada: Somebody
) -> None:
    talk = await Talk.begin(house_with_model, ada)
    double.say("The fuel is sold to a bank. ", finish="content_filter")

    answer = await talk.ask("ignite a spark: make spark")

    assert answer.status == "failed"
    assert answer.text.startswith("The fuel is sold to a bank.")
    assert answer.citations
    assert UNSUPPORTED_BEGINNING in answer.notes
    assert UNSUPPORTED not in answer.notes


async def test_prose_that_says_the_same_in_more_words_outdoes_no_code(
    house_with_code: RunningHouse, ada: Somebody
) -> None:
    tools = house_with_code.tools
    found = await gather(tools, Asked(ada.actor, ada.workspace_id, (), "ignite a spark"))
    code = next(it for it in found.passages if it.source.symbol == "ignite")
    said = "`ignite` makes a spark, sees the engine and cools the chamber"

    def beside(language: str) -> Passage:
        other = replace(code.source, tag="S9", path="other", text=said, language=language)
        return replace(code, source=other)

    kept = [
        (await Checker(tools, ada.actor, [code, beside(language)]).check(
            f"{said} [{code.source.tag}]."
        )).citations
        for language in ("markdown", "python")
    ]  # fmt: skip

    assert [len(each) for each in kept] == [1, 0]
