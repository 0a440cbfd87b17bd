"""Importing LiteLLM's configuration: what maps is made at once; of the rest nothing is silent."""

from typing import Any

import httpx
import pytest

from samoey.domains.models.errors import ImportRefused, ModelNameTaken
from samoey.domains.models.importing import service as importing
from samoey.domains.models.importing.reading import read
from samoey.domains.models.importing.service import Imported
from samoey.domains.models.snapshots.service import load
from samoey.domains.workspaces.errors import NotPermitted
from samoey.kit.context import Tools
from tests.domains.models.door import PLACE
from tests.make import Make, Somebody

KEY = "sk-from-the-environment-0123456789"
ENVIRONMENT = {"OPENAI_API_KEY": KEY, "OLLAMA": "http://10.0.0.7:11434"}

CONFIG = """
model_list:
  - model_name: smart
    litellm_params:
      model: openai/gpt-4o
      api_key: os.environ/OPENAI_API_KEY
      api_base: http://127.0.0.1:9/v1
      weight: 3
      input_cost_per_token: 0.0000025
      output_cost_per_token: 0.00001
      temperature: 0.2
    model_info:
      max_input_tokens: 128000
      supports_function_calling: true
  - model_name: smart
    litellm_params:
      model: azure/eu-gpt-4o
      api_base: http://127.0.0.1:10
      api_key: plain-azure-key-0123456789
      api_version: "2024-10-21"
      weight: 1
      rpm: 60
      tpm: 1000
  - model_name: fast
    litellm_params:
      model: ollama/llama3
      api_base: os.environ/OLLAMA
      timeout: 20
  - model_name: cloudy
    litellm_params:
      model: bedrock/anthropic.claude
  - model_name: lost
    litellm_params:
      model: hosted_vllm/qwen
      api_base: os.environ/NOT_SET
router_settings:
  routing_strategy: simple-shuffle
  num_retries: 4
  timeout: 45
  fallbacks: [{"smart": ["fast"]}, {"cloudy": ["fast"]}]
  model_group_alias: {"gpt-4": "smart"}
  redis_host: localhost
litellm_settings:
  drop_params: true
general_settings:
  master_key: sk-master-key
surprise: 1
"""


@pytest.fixture
async def ada(make: Make) -> Somebody:
    return await make.user()


async def imported(tools: Tools, who: Somebody, text: str = CONFIG) -> Imported:
    return await importing.import_litellm(tools, who.actor, who.workspace_id, text, ENVIRONMENT)


async def everything(client: httpx.AsyncClient, who: Somebody) -> list[Any]:
    kinds = ("providers", "deployments", "aliases")
    return [(await client.get(f"{PLACE}/{it}", headers=who.headers)).json() for it in kinds]


async def test_what_maps_is_made_and_the_rest_is_told_in_plain_words(
    tools: Tools, ada: Somebody
) -> None:
    done = await imported(tools, ada)

    assert done.providers == ["openai", "azure", "ollama"]
    assert done.deployments == ["openai/gpt-4o", "azure/eu-gpt-4o", "ollama/llama3"]
    assert done.aliases == ["smart", "fast", "gpt-4"]
    told = "\n".join(done.notes)
    for expected in (
        "cloudy (bedrock/anthropic.claude): not imported; nothing here speaks with 'bedrock'.",
        "lost (hosted_vllm/qwen): NOT_SET is not set here",
        "lost (hosted_vllm/qwen): not imported; it needs an api_base",
        "smart: not imported: temperature.",
        "smart: its tpm is not imported",
        "fallbacks: cloudy is no name of the file",
        "router_settings.redis_host: not imported.",
        "litellm_settings.drop_params: not imported.",
        "general_settings: not imported",
        "surprise: not imported",
    ):
        assert expected in told
    assert KEY not in told
    assert "sk-master-key" not in told
    assert "plain-azure-key" not in told


async def test_what_was_imported_is_what_the_gateway_decides_by(
    tools: Tools, ada: Somebody
) -> None:
    await imported(tools, ada)

    snapshot = await load(tools)

    by_model = {it.model: it for it in snapshot.deployments.values()}
    openai, azure, ollama = by_model["gpt-4o"], by_model["eu-gpt-4o"], by_model["llama3"]
    assert openai.key is not None
    assert openai.key.reveal() == KEY
    assert openai.price is not None
    assert (openai.price.input, openai.price.output) == (2_500_000, 10_000_000)
    assert (openai.context_tokens, openai.tools, openai.vision) == (128_000, True, None)
    assert (azure.kind, azure.base_url) == ("azure", "http://127.0.0.1:10?api-version=2024-10-21")
    assert (ollama.base_url, ollama.key) == ("http://10.0.0.7:11434/v1", None)
    assert (ollama.limits.whole_s, ollama.limits.first_s) == (20, 20)
    smart = snapshot.aliases["smart"]
    assert [(it.deployment_id, it.weight) for it in smart.targets] == [
        (openai.id, 3),
        (azure.id, 1),
        (ollama.id, 0),
    ]
    assert (smart.strategy, smart.retries, smart.deadline_s) == ("weighted", 4, 45)
    assert snapshot.aliases["fast"].strategy == "priority"
    assert len(snapshot.aliases["gpt-4"].targets) == 2


def test_an_order_makes_the_first_ones_be_asked_first() -> None:
    text = """
model_list:
  - {model_name: m, litellm_params: {model: groq/second, order: 2}}
  - {model_name: m, litellm_params: {model: groq/first, order: 1}}
"""

    alias = read(text, {}).aliases["m"]

    assert (alias.strategy, list(alias.targets)) == ("priority", ["groq/first", "groq/second"])


def test_a_model_without_its_vendor_is_found_by_its_name() -> None:
    text = """
model_list:
  - {model_name: a, litellm_params: {model: gpt-4o}}
  - {model_name: b, litellm_params: {model: claude-sonnet-4, api_base: "https://x.test/v1"}}
  - {model_name: c, litellm_params: {model: together_ai/meta/llama, api_key: k}}
"""

    plan = read(text, {})

    assert list(plan.deployments) == [
        "openai/gpt-4o",
        "anthropic/claude-sonnet-4",
        "together/meta/llama",
    ]
    assert plan.providers["anthropic"].base_url == "https://x.test"
    assert plan.providers["together"].base_url == "https://api.together.xyz/v1"


def test_every_model_of_a_vendor_can_be_imported_at_once() -> None:
    text = """
model_list:
  - {model_name: "groq/*", litellm_params: {model: "groq/*", api_key: k}}
  - {model_name: "*", litellm_params: {model: "openai/gpt-*", api_key: k}}
"""

    plan = read(text, {})

    assert list(plan.deployments) == ["groq/*"]
    assert plan.aliases == {}
    assert any(note.startswith("groq/*: is asked for as groq/…") for note in plan.notes)
    assert any(note.startswith("*: not imported") for note in plan.notes)


async def test_a_second_import_of_the_same_makes_nothing(
    tools: Tools, ada: Somebody, client: httpx.AsyncClient
) -> None:
    await imported(tools, ada)
    before = await everything(client, ada)

    with pytest.raises(ModelNameTaken):
        await imported(tools, ada)

    assert await everything(client, ada) == before


async def test_who_is_no_admin_imports_nothing(tools: Tools, make: Make, ada: Somebody) -> None:
    mia = await make.user("Mia", role="member")

    with pytest.raises(NotPermitted):
        await imported(tools, mia)


@pytest.mark.parametrize(
    "rubbish",
    [
        "",
        "just words",
        "[1, 2]",
        "model_list: 7",
        "model_list: [",
        "a: b: c",
        "\x00",
        "[" * 20_000,
        "!!python/object/apply:os.system ['echo hello']",
        "model_list: !!python/name:os.system",
        "x" * 1_000_001,
    ],
)
def test_rubbish_is_refused(rubbish: str) -> None:
    with pytest.raises(ImportRefused):
        read(rubbish, {})


@pytest.mark.parametrize(
    "entry",
    [
        "7",
        "{}",
        "{model_name: x}",
        "{model_name: x, litellm_params: 7}",
        "{model_name: x, litellm_params: {}}",
        "{model_name: 7, litellm_params: {model: openai/a}}",
        "{model_name: x, litellm_params: {model: openai/}}",
        "{model_name: x, litellm_params: {model: openai/a, api_base: 'ftp://x'}}",
        "{model_name: x, litellm_params: {model: openai/a, api_base: 'http://[x'}}",
    ],
)
def test_an_entry_that_cannot_be_understood_is_told(entry: str) -> None:
    plan = read(f"model_list: [{entry}]", {})

    assert (plan.deployments, plan.aliases) == ({}, {})
    assert len(plan.notes) == 1


def test_strange_values_do_not_break_the_reading() -> None:
    strange = ["null", "true", "[]", "{}", "-1", "1.5", "word", ".nan", ".inf", "2020-01-01"]
    for value in strange:
        params = ", ".join(
            f"{name}: {value}"
            for name in (
                "api_key",
                "api_version",
                "weight",
                "order",
                "rpm",
                "tpm",
                "timeout",
                "stream_timeout",
                "max_parallel_requests",
                "input_cost_per_token",
                "output_cost_per_token",
                "custom_llm_provider",
            )
        )
        read(
            f"""
model_list:
  - model_name: x
    litellm_params: {{model: groq/a, {params}}}
    model_info: {value}
  - model_name: x
    litellm_params: {{model: groq/b}}
    model_info: {{max_input_tokens: {value}, supports_vision: {value}}}
router_settings:
  routing_strategy: {value}
  num_retries: {value}
  timeout: {value}
  model_group_alias: {value}
  fallbacks: {value}
  default_fallbacks: {value}
litellm_settings: {value}
""",
            {},
        )


async def test_what_does_not_fit_is_left_out_and_told_without_its_key(
    tools: Tools, ada: Somebody
) -> None:
    text = """
model_list:
  - {model_name: two, litellm_params: {model: groq/a, api_key: "kéy", api_base: "http://[::1]:9"}}
  - {model_name: fine words, litellm_params: {model: vllm/b, api_base: "http://127.0.0.1:9/v1"}}
  - {model_name: fine, litellm_params: {model: vllm/b, api_base: "http://127.0.0.1:9/v1"}}
  - {model_name: far, litellm_params: {model: lm_studio/c, api_base: "http://169.254.169.254/v1"}}
"""

    done = await imported(tools, ada, text)

    assert (done.providers, done.deployments, done.aliases) == (["vllm"], ["vllm/b"], ["fine"])
    told = "\n".join(done.notes)
    assert "The provider groq: not imported; api_key: Value error, must be one line" in told
    assert "The name fine words: not imported; name: String should match" in told
    assert "The provider lm_studio: not imported; 169.254.169.254" in told
    assert "kéy" not in told
