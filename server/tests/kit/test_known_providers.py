"""The usual variables of vendors connect them, wherever they stand, and show no key."""

import os
from pathlib import Path

import pytest

from samoey.kit.known_providers import KNOWN_PROVIDERS, KnownProvider, given_providers
from samoey.kit.settings import read_settings

KEY = "sk-vendor-0123456789"


@pytest.fixture(autouse=True)
def _bare_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in list(os.environ):
        if name.endswith(("_API_KEY", "_BASE_URL", "_API_BASE", "_ENDPOINT")):
            monkeypatch.delenv(name)
    monkeypatch.setenv("SAMOEY_HOME", str(tmp_path))
    monkeypatch.delenv("SAMOEY_ENV_FILE", raising=False)


def test_with_nothing_set_nothing_is_connected() -> None:
    assert given_providers(read_settings()) == []


@pytest.mark.parametrize("known", KNOWN_PROVIDERS, ids=lambda known: known.name)
def test_a_key_connects_whoever_has_a_place_of_its_own(
    monkeypatch: pytest.MonkeyPatch, known: KnownProvider
) -> None:
    monkeypatch.setenv(f"{known.name.upper()}_API_KEY", KEY)

    found = given_providers(read_settings())

    assert [(it.known, it.base_url) for it in found] == (
        [(known, known.address)] if known.address else []
    )


@pytest.mark.parametrize("known", KNOWN_PROVIDERS, ids=lambda known: known.name)
def test_an_address_connects_everybody(
    monkeypatch: pytest.MonkeyPatch, known: KnownProvider
) -> None:
    monkeypatch.setenv(f"{known.name.upper()}_BASE_URL", "http://models.lan:8000/api/")

    [found] = given_providers(read_settings())

    assert (found.known, found.base_url, found.key) == (known, "http://models.lan:8000/api", None)


@pytest.mark.parametrize("variable", ["OLLAMA_BASE_URL", "OLLAMA_API_BASE", "SAMOEY_VLLM_BASE_URL"])
def test_a_bare_address_of_a_server_of_ones_own_is_completed(
    monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    monkeypatch.setenv(variable, "http://127.0.0.1:11434/")

    [found] = given_providers(read_settings())

    assert found.base_url == "http://127.0.0.1:11434/v1"


@pytest.mark.parametrize(
    ("variables", "name"),
    [
        ({"HF_API_KEY": KEY}, "huggingface"),
        ({"AZURE_OPENAI_API_KEY": KEY, "AZURE_OPENAI_ENDPOINT": "https://x.test"}, "azure"),
        ({"AZURE_API_KEY": KEY, "AZURE_API_BASE": "https://x.test"}, "azure"),
    ],
)
def test_other_programs_names_of_the_same_are_understood(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], name: str
) -> None:
    for variable, value in variables.items():
        monkeypatch.setenv(variable, value)

    [found] = given_providers(read_settings())

    assert found.known.name == name
    assert found.key is not None
    assert found.key.get_secret_value() == KEY


def test_the_file_of_the_home_connects_too_and_an_empty_variable_connects_nothing(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / ".env").write_text(f"ANTHROPIC_API_KEY={KEY}\nGROQ_API_KEY=\nOLLAMA_BASE_URL=\n")

    settings = read_settings()

    assert [it.known.name for it in given_providers(settings)] == ["anthropic"]
    assert KEY not in repr(settings) + settings.model_dump_json() + repr(given_providers(settings))
