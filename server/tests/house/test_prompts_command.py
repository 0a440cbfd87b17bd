"""`samoey models prompts`: versions kept, shown and shared out, from a terminal."""

import json
from pathlib import Path
from typing import Any

from tests.house.processes import RunningHouse


async def answer(house: RunningHouse, *arguments: str) -> Any:
    done = await house.command("models", "prompts", *arguments, "--json")
    assert done.returncode == 0, done.stderr + done.stdout
    return json.loads(done.stdout)


async def test_a_prompt_is_kept_in_versions_shown_and_shared_out(
    house: RunningHouse, tmp_path: Path
) -> None:
    file = tmp_path / "brief.md"
    none = await house.command("models", "prompts", "list")
    file.write_text("Answer in one sentence.\n")
    await answer(house, "add", "Brief", str(file), "--note", "a first try")
    file.write_text("Answer in two sentences.\n")
    second = await answer(house, "add", "Brief", str(file))
    old = await house.command("models", "prompts", "show", "Brief@1")
    built_in = await house.command("models", "prompts", "show", "built-in")
    shared = await answer(house, "share", "Brief@1=20", "Brief=30", "built-in=50")
    again = await answer(house, "share", "Brief@1")
    listed = await house.command("models", "prompts", "list")
    everything = await answer(house, "list")

    assert "what is built in answers conversations" in none.stdout
    assert second["latest"]["number"] == 2
    assert old.stdout == "Answer in one sentence.\n\n"
    assert "Never guess." in built_in.stdout
    arms = shared["running"]["arms"]
    assert [(it["number"], it["share"]) for it in arms] == [(1, 20), (2, 30), (None, 50)]
    assert again["version"] == 2
    assert listed.stdout == "Brief@2  assistant\n100 % of conversations: Brief@1\n"
    assert [it["name"] for it in everything["prompts"]] == ["Brief"]


async def test_what_cannot_be_is_exit_code_1_with_the_reason(
    house: RunningHouse, tmp_path: Path
) -> None:
    file = tmp_path / "free.md"
    file.write_text("About {{question}}.")
    misfit = await house.command("models", "prompts", "add", "Bad", str(file))
    await answer(house, "add", "Good", str(file), "--purpose", "free")
    other = await house.command(
        "models", "prompts", "add", "Good", str(file), "--purpose=assistant"
    )
    free = await house.command("models", "prompts", "share", "Good")
    unknown = await house.command("models", "prompts", "show", "Good@9")
    half = await house.command("models", "prompts", "share", "built-in=50")
    odd = await house.command("models", "prompts", "share", "built-in=most")

    assert "{{question}}" in misfit.stderr
    assert "another purpose" in other.stderr
    assert "no such version" in free.stderr
    assert "'Good@9' is none" in unknown.stderr
    assert "the shares must come to 100" in half.stderr
    assert {it.returncode for it in (misfit, other, free, unknown, half, odd)} == {1}
