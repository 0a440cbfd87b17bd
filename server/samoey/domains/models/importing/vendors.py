"""How LiteLLM calls the vendors that this gateway can speak with."""

from dataclasses import dataclass

from samoey.domains.models.providers.schemas import ProviderKind
from samoey.kit.known_providers import KNOWN_PROVIDERS

# LiteLLM's own names for vendors of our table.
_OTHER_NAMES = {
    "together_ai": "together",
    "fireworks_ai": "fireworks",
    "ollama_chat": "ollama",
    "hosted_vllm": "vllm",
    "text-completion-openai": "openai",
    "custom_openai": "openai",
    "openai_like": "openai",
    "litellm_proxy": "openai",
}
_LOCAL = {"ollama": "http://localhost:11434/v1", "lm_studio": "http://localhost:1234/v1"}
# Vendors that speak OpenAI's protocol and are no part of the table.
_MORE = {
    "perplexity": "https://api.perplexity.ai",
    "cerebras": "https://api.cerebras.ai/v1",
    "deepinfra": "https://api.deepinfra.com/v1/openai",
    "nvidia_nim": "https://integrate.api.nvidia.com/v1",
    "sambanova": "https://api.sambanova.ai/v1",
}


@dataclass(frozen=True, slots=True)
class Vendor:
    """A vendor by our name; `address` none means that the file must tell it."""

    name: str
    kind: ProviderKind
    address: str | None


def vendor_of(name: str) -> Vendor | None:
    """The vendor that LiteLLM calls so; None for one that cannot be spoken with here."""
    ours = _OTHER_NAMES.get(name, name)
    if ours in _MORE:
        return Vendor(ours, "openai", _MORE[ours])
    known = next((it for it in KNOWN_PROVIDERS if it.name == ours), None)
    if known is None:
        return None
    return Vendor(ours, known.kind, known.address or _LOCAL.get(ours))


def split(model: str, told: str | None) -> tuple[str, str]:
    """The vendor and the vendor's own name of a model, as LiteLLM would read `model`."""
    if told:
        return told, model.removeprefix(f"{told}/")
    vendor, slash, rest = model.partition("/")
    if slash:
        return vendor, rest
    # Without a vendor LiteLLM goes by the model's name.
    return ("anthropic" if model.startswith("claude") else "openai"), model
