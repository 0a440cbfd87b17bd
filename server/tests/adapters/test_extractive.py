from dataclasses import replace

from samoey.adapters.models.extractive import ExtractiveChat
from samoey.kit.ports.models import ChatMessage, ChatRequest, Source


def source(tag: str, text: str, *, symbol: str | None = "start", start: int = 1) -> Source:
    end = start + text.count("\n")
    return Source(
        tag, "motor", "app/engine.py", start, end, "c" * 40, text, symbol, language="Python"
    )


async def said(question: str, *sources: Source) -> str:
    request = ChatRequest((ChatMessage("user", question),), sources=sources)
    return "".join([piece.text async for piece in ExtractiveChat().stream(request)])


async def test_it_names_the_closest_match_and_says_the_place_of_each_passage_once() -> None:
    told = await said("How?", source("S1", "def start():\n    pass"), source("S2", "start = 1"))

    assert told == (
        "The closest match is `start`:\n\n"
        "[S1]\n\n```python app/engine.py\ndef start():\n    pass\n```\n"
        "\nFurther matches, best first:\n\n"
        "[S2]\n\n```python app/engine.py\nstart = 1\n```\n"
    )


async def test_with_nothing_found_it_says_so() -> None:
    assert await said("How?") == "Nothing in the connected code matches this question.\n"


async def test_of_a_long_definition_it_shows_the_head_and_cites_those_lines_only() -> None:
    text = "def start():\n" + "\n".join(f"    line_{n}()" for n in range(100))

    told = await said("line_90", source("S1", text, start=11))

    assert "[S1:11-34]" in told
    assert "[S1]" not in told
    assert "line_90" not in told


async def test_of_long_other_text_it_shows_the_lines_that_speak_most_of_the_question() -> None:
    text = "\n".join(f"word {n}" if n != 70 else "the spark plug" for n in range(100))

    told = await said("Where is the spark plug?", source("S1", text, symbol=None))

    assert "the spark plug" in told
    assert "word 2\n" not in told


async def test_no_passage_breaks_out_of_its_fence() -> None:
    told = await said("How?", source("S1", "```\n# not a heading\n````"))

    assert "\n`````python app/engine.py\n```\n# not a heading\n````\n`````\n" in told


async def test_at_most_five_passages_are_shown() -> None:
    told = await said("How?", *(source(f"S{n}", f"start = {n}") for n in range(1, 10)))

    assert "[S5]" in told
    assert "[S6]" not in told


async def test_a_section_of_a_document_is_named_by_its_own_heading() -> None:
    told = await said("How?", source("S1", "Text.", symbol="Using ``async`` / Its `speed`"))

    assert told.startswith("The closest match is “Its speed”:\n\n[S1]\n")


async def test_lines_that_do_not_hold_their_symbol_are_not_named_after_it() -> None:
    told = await said("How?", source("S1", "    pass"))

    assert told.startswith("The closest match:\n\n[S1]\n")


async def test_a_path_that_would_break_the_fence_is_left_to_the_citation() -> None:
    odd = replace(source("S1", "start = 1"), path="app/a `b`.py")

    assert "\n```python\nstart = 1\n```\n" in await said("How?", odd)
