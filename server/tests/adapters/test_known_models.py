import pytest

from samoey.adapters.models.know import anthropic, openai


@pytest.mark.parametrize(
    ("listed", "chosen"),
    [
        (
            ["claude-opus-4-8", "claude-sonnet-4-6", "claude-sonnet-4-5-20250929"],
            "claude-sonnet-4-6",
        ),
        (["claude-3-5-sonnet-20241022", "claude-sonnet-4-20250514"], "claude-sonnet-4-20250514"),
        (["claude-3-haiku-20240307", "claude-opus-5"], "claude-opus-5"),
        (["claude-2"], "claude-2"),
        (["claude-opus-5", "gpt-9"], None),
        ([], None),
    ],
)
def test_of_anthropics_models_the_newest_of_the_middle_kind_is_taken(
    listed: list[str], chosen: str | None
) -> None:
    assert anthropic.preferred(listed) == chosen


def test_elsewhere_the_usual_choice_stands() -> None:
    assert openai.preferred(["claude-opus-5", "gpt-4.1-mini"]) == "gpt-4.1-mini"
    assert openai.preferred(["text-embedding-3", "local-model"]) == "local-model"
    assert openai.preferred(["claude-opus-5"]) == "claude-opus-5"
