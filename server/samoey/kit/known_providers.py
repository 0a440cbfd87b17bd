"""The vendors whose usual variables connect them: one table, from which the settings are made."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import urlsplit

from pydantic import AliasChoices, Field, SecretStr, create_model
from pydantic_settings import BaseSettings


@dataclass(frozen=True, slots=True)
class KnownProvider:
    """How one vendor is known: the fields are `<name>_api_key` and `<name>_base_url`."""

    name: str
    title: str
    kind: Literal["openai", "azure", "anthropic"]
    # Where it answers when only a key is given; none has no place of its own.
    address: str | None = None
    # Other programs' names for the same variables.
    keys: tuple[str, ...] = ()
    urls: tuple[str, ...] = ()

    @property
    def key_field(self) -> str:
        """The setting that holds its key."""
        return f"{self.name}_api_key"

    @property
    def url_field(self) -> str:
        """The setting that holds its address."""
        return f"{self.name}_base_url"


KNOWN_PROVIDERS = (
    KnownProvider("openai", "OpenAI", "openai", "https://api.openai.com/v1"),
    KnownProvider("anthropic", "Anthropic", "anthropic", "https://api.anthropic.com"),
    KnownProvider(
        "azure",
        "Azure OpenAI",
        "azure",
        keys=("AZURE_OPENAI_API_KEY",),
        urls=("AZURE_API_BASE", "AZURE_OPENAI_ENDPOINT"),
    ),
    KnownProvider("openrouter", "OpenRouter", "openai", "https://openrouter.ai/api/v1"),
    KnownProvider("deepseek", "DeepSeek", "openai", "https://api.deepseek.com/v1"),
    KnownProvider("mistral", "Mistral", "openai", "https://api.mistral.ai/v1"),
    KnownProvider("groq", "Groq", "openai", "https://api.groq.com/openai/v1"),
    KnownProvider("together", "Together", "openai", "https://api.together.xyz/v1"),
    KnownProvider("fireworks", "Fireworks", "openai", "https://api.fireworks.ai/inference/v1"),
    KnownProvider(
        "gemini",
        "Google Gemini",
        "openai",
        "https://generativelanguage.googleapis.com/v1beta/openai",
    ),
    KnownProvider("xai", "xAI", "openai", "https://api.x.ai/v1"),
    KnownProvider(
        "huggingface",
        "Hugging Face (its router, or a server of Text Generation Inference)",
        "openai",
        "https://router.huggingface.co/v1",
        keys=("HF_API_KEY",),
        urls=("HF_BASE_URL",),
    ),
    KnownProvider("ollama", "Ollama", "openai", urls=("OLLAMA_API_BASE",)),
    KnownProvider("vllm", "vLLM", "openai"),
    KnownProvider("lm_studio", "LM Studio", "openai", urls=("LM_STUDIO_API_BASE",)),
)
# These stand in the settings by hand: they are older than the table.
_BY_HAND = "openai"


def _variable(field: str, others: tuple[str, ...], description: str) -> Any:
    own = field.upper()
    return Field(
        None,
        validation_alias=AliasChoices(f"SAMOEY_{own}", *others, own),
        description=description,
    )


def _fields() -> dict[str, Any]:
    fields: dict[str, Any] = {}
    for known in KNOWN_PROVIDERS:
        if known.name == _BY_HAND:
            continue
        place = f"none means {known.address}." if known.address else "connects it."
        opens = "connects it." if known.address else "where it wants one."
        fields[known.key_field] = (
            SecretStr | None,
            _variable(known.key_field, known.keys, f"Key of {known.title}; {opens}"),
        )
        fields[known.url_field] = (
            str | None,
            _variable(known.url_field, known.urls, f"Address of {known.title}; {place}"),
        )
    return fields


if TYPE_CHECKING:
    ProviderVariables = BaseSettings
else:
    ProviderVariables = create_model("ProviderVariables", __base__=BaseSettings, **_fields())


@dataclass(frozen=True, slots=True)
class GivenProvider:
    """A provider that the environment connects."""

    known: KnownProvider
    base_url: str
    key: SecretStr | None


def given_providers(settings: BaseSettings) -> list[GivenProvider]:
    """Those of the table that the settings connect: by an address, or by a key where that does."""
    found = []
    for known in KNOWN_PROVIDERS:
        key: SecretStr | None = getattr(settings, known.key_field) or None
        if key is not None and not key.get_secret_value():
            key = None
        url: str | None = getattr(settings, known.url_field) or (known.address if key else None)
        if url:
            found.append(GivenProvider(known, _with_path(known, url.rstrip("/")), key))
    return found


def _with_path(known: KnownProvider, url: str) -> str:
    # Ollama and its like are known by their bare address, and speak OpenAI's words below /v1.
    bare = known.kind == "openai" and known.name != _BY_HAND and not urlsplit(url).path
    return f"{url}/v1" if bare else url
