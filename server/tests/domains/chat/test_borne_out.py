"""A citation stays with a sentence that its lines bear out."""

from samoey.domains.chat.answers.writing import UNSUPPORTED
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
