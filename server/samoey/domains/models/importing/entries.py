"""One entry of LiteLLM's model_list: a provider and a deployment, with what is known of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from pydantic import SecretStr

from samoey.domains.models.importing.plan import Plan, PlannedDeployment, PlannedProvider
from samoey.domains.models.importing.vendors import Vendor, split, vendor_of

_FROM_ENVIRONMENT = "os.environ/"
_PARAMS = {
    "model", "api_base", "base_url", "api_key", "api_version", "custom_llm_provider", "weight",
    "order", "rpm", "tpm", "timeout", "stream_timeout", "max_parallel_requests",
    "input_cost_per_token", "output_cost_per_token", "cache_read_input_token_cost",
    "cache_creation_input_token_cost",
}  # fmt: skip
_INFO = {
    "id", "mode", "max_tokens", "max_input_tokens", "max_output_tokens", "base_model",
    "supports_function_calling", "supports_vision", "input_cost_per_token",
    "output_cost_per_token", "cache_read_input_token_cost", "cache_creation_input_token_cost",
}  # fmt: skip
_COSTS = {
    "input": "input_cost_per_token",
    "output": "output_cost_per_token",
    "cache_read": "cache_read_input_token_cost",
    "cache_write": "cache_creation_input_token_cost",
}
# Dollars per token, in millionths of a dollar per million tokens.
_MICRO_PER_MILLION = 10**12


@dataclass(frozen=True, slots=True)
class Entry:
    """What one entry adds to the name that it stands under."""

    group: str
    deployment: str
    weight: int | None
    order: int | None
    rpm: int | None


def entry_of(plan: Plan, told: object, place: int, environment: Mapping[str, str]) -> Entry | None:
    """Add what one entry says to the plan; None when nothing of it can be kept."""
    params = told.get("litellm_params") if isinstance(told, dict) else None
    if not isinstance(told, dict) or not isinstance(params, dict):
        plan.note(f"Entry {place} of model_list: not imported; it has no litellm_params.")
        return None
    params = {str(key): value for key, value in params.items()}
    info = told.get("model_info")
    info = {str(key): value for key, value in info.items()} if isinstance(info, dict) else {}
    model, group = params.get("model"), told.get("model_name")
    if not isinstance(model, str) or not isinstance(group, str) or not model or not group:
        plan.note(f"Entry {place} of model_list: not imported; it names no model.")
        return None
    called, own = split(model, _text(params.get("custom_llm_provider")))
    vendor = vendor_of(called)
    if vendor is None or not own:
        plan.note(f"{group} ({model}): not imported; nothing here speaks with {called!r}.")
        return None
    provider = _provider(plan, f"{group} ({model})", vendor, params, environment)
    if provider is None:
        return None
    deployment = PlannedDeployment(provider.name, own, _known(plan, group, params, info))
    there = plan.deployments.setdefault(deployment.name, deployment)
    if there.known != deployment.known:
        plan.note(f"{group} ({model}): stands there twice; what the first entry knows is kept.")
    _note_the_rest(plan, group, params, info)
    return Entry(
        group,
        deployment.name,
        weight=_count(params.get("weight")),
        order=_count(params.get("order")),
        rpm=_count(params.get("rpm")),
    )


def _provider(
    plan: Plan,
    what: str,
    vendor: Vendor,
    params: dict[str, Any],
    environment: Mapping[str, str],
) -> PlannedProvider | None:
    told = _text(params.get("api_base")) or _text(params.get("base_url"))
    place = _looked_up(plan, what, told, environment)
    # Where an address was meant, the vendor's own is not asked in its stead.
    lost = told is not None and place is None
    address = None if lost else _address(vendor, place, _text(params.get("api_version")))
    if address is None:
        plan.note(f"{what}: not imported; it needs an api_base, which must be an http(s) address.")
        return None
    key = _looked_up(plan, what, _text(params.get("api_key")), environment)
    secret = None if key is None else SecretStr(key)
    for known in plan.providers.values():
        if (known.kind, known.base_url, known.key) == (vendor.kind, address, secret):
            return known
    name, number = vendor.name, 2
    while name in plan.providers:
        name, number = f"{vendor.name}-{number}", number + 1
    plan.providers[name] = PlannedProvider(name, vendor.kind, address, secret)
    return plan.providers[name]


def _looked_up(
    plan: Plan, what: str, text: str | None, environment: Mapping[str, str]
) -> str | None:
    if text is None or not text.startswith(_FROM_ENVIRONMENT):
        return text
    name = text.removeprefix(_FROM_ENVIRONMENT)
    if not environment.get(name):
        plan.note(f"{what}: {name} is not set here; what it would say is missing.")
        return None
    return environment[name]


def _address(vendor: Vendor, told: str | None, version: str | None) -> str | None:
    address = (told or vendor.address or "").rstrip("/")
    try:
        parts = urlsplit(address)
    except ValueError:
        return None
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        return None
    if vendor.kind == "azure" and version and not parts.query:
        return f"{address}?api-version={version}"
    if vendor.kind == "anthropic":
        return address.removesuffix("/messages").removesuffix("/v1")
    if vendor.name in {"ollama", "lm_studio"} and not parts.path:
        return f"{address}/v1"
    return address


def _known(plan: Plan, group: str, params: dict[str, Any], info: dict[str, Any]) -> dict[str, Any]:
    known: dict[str, Any] = {
        "context_tokens": _count(info.get("max_input_tokens")) or None,
        "tools": _flag(info.get("supports_function_calling")),
        "vision": _flag(info.get("supports_vision")),
        "max_parallel": _count(params.get("max_parallel_requests")) or None,
        "price": _price(plan, group, info | params),
        "limits": _limits(params),
    }
    return {name: value for name, value in known.items() if value is not None}


def _price(plan: Plan, group: str, told: dict[str, Any]) -> dict[str, int] | None:
    costs = {ours: _number(told.get(theirs)) for ours, theirs in _COSTS.items()}
    price = {
        name: round(cost * _MICRO_PER_MILLION) for name, cost in costs.items() if cost is not None
    }
    if not price:
        return None
    if "input" not in price or "output" not in price:
        plan.note(f"{group}: its price is not imported; one of input and output is missing.")
        return None
    return price


def _limits(params: dict[str, Any]) -> dict[str, float] | None:
    whole, first = _number(params.get("timeout")), _number(params.get("stream_timeout"))
    limits = {"whole_s": whole, "first_s": first or whole}
    return {name: value for name, value in limits.items() if value} or None


def _note_the_rest(plan: Plan, group: str, params: dict[str, Any], info: dict[str, Any]) -> None:
    left = sorted((params.keys() - _PARAMS) | {f"model_info.{it}" for it in info.keys() - _INFO})
    if left:
        plan.note(f"{group}: not imported: {', '.join(left)}. Whoever asks sends what they want.")
    if "tpm" in params:
        plan.note(f"{group}: its tpm is not imported; limits belong to keys here.")
    if "rpm" in params:
        plan.note(f"{group}: its rpm is only kept as a share; limits belong to keys here.")


def _text(told: object) -> str | None:
    return told.strip() or None if isinstance(told, str) else None


def _flag(told: object) -> bool | None:
    return told if isinstance(told, bool) else None


def _number(told: object) -> float | None:
    """A number above nothing; LiteLLM takes words for numbers, too."""
    if isinstance(told, bool) or not isinstance(told, int | float | str):
        return None
    try:
        number = float(told)
    except (ValueError, OverflowError):
        return None
    return number if 0 <= number < 10**9 else None


def _count(told: object) -> int | None:
    number = _number(told)
    return None if number is None else round(number)
