"""The groups and the fallbacks of LiteLLM as aliases."""

from typing import Any

from samoey.domains.models.importing.entries import Entry
from samoey.domains.models.importing.plan import Plan, PlannedAlias

_STRATEGIES = {
    "simple-shuffle": "weighted",
    "latency-based-routing": "latency",
    "cost-based-routing": "cost",
}
_FALLBACKS = ("fallbacks", "context_window_fallbacks", "content_policy_fallbacks")
_TAKEN = {
    "routing_strategy", "num_retries", "timeout", "request_timeout", "model_group_alias",
    "default_fallbacks", *_FALLBACKS,
}  # fmt: skip
_MOST_RETRIES, _LONGEST_S = 10, 3600
# Own targets are shared out by weight; what weighs nothing is asked when all others failed.
_LAST = 0


def lead(
    plan: Plan,
    groups: dict[str, list[Entry]],
    router: dict[str, Any],
    general: dict[str, Any],
) -> None:
    """Make an alias of every group; then have them fall back as the file says."""
    for name, section in (("router_settings", router), ("litellm_settings", general)):
        for setting in sorted(section.keys() - _TAKEN):
            plan.note(f"{name}.{setting}: not imported.")
    settings = general | router
    for group, entries in groups.items():
        _alias(plan, group, entries, settings)
    own = {name: dict(alias.targets) for name, alias in plan.aliases.items()}
    _other_names(plan, settings.get("model_group_alias"), own)
    for which in _FALLBACKS:
        for told in (router.get(which), general.get(which)):
            _fall_back(plan, which, told, own)
    _fall_back_all(plan, settings.get("default_fallbacks"), own)


def _alias(plan: Plan, group: str, entries: list[Entry], settings: dict[str, Any]) -> None:
    wild = [entry for entry in entries if "*" in entry.deployment]
    if wild or "*" in group:
        _note_pattern(plan, group, entries)
        return
    ordered = any(entry.order is not None for entry in entries)
    entries = sorted(entries, key=lambda it: it.order if it.order is not None else 10**9)
    shares = [_share(entry, entries) for entry in entries]
    targets: dict[str, int] = {}
    for entry, share in zip(entries, shares, strict=True):
        targets[entry.deployment] = targets.get(entry.deployment, 0) + share
    strategy = "priority"
    if len(targets) > 1 and not ordered:
        strategy = _strategy(plan, settings.get("routing_strategy"))
    if not any(targets.values()):
        targets = dict.fromkeys(targets, 1)
    plan.aliases[group] = PlannedAlias(group, strategy, targets, _patience(plan, settings))


def _note_pattern(plan: Plan, group: str, entries: list[Entry]) -> None:
    for entry in entries:
        if entry.deployment.endswith("/*"):
            plan.note(f"{group}: is asked for as {entry.deployment.removesuffix('*')}… here.")
        else:
            plan.deployments.pop(entry.deployment, None)
            plan.note(f"{group}: not imported; only whole names and vendor/* are understood.")


def _share(entry: Entry, entries: list[Entry]) -> int:
    if entry.weight is not None:
        return entry.weight
    if all(it.rpm for it in entries):
        return entry.rpm or 1
    return 1


def _strategy(plan: Plan, told: object) -> str:
    name = told if isinstance(told, str) else "simple-shuffle"
    if name not in _STRATEGIES:
        plan.note(f"router_settings.routing_strategy: {name} is not known; weights decide instead.")
    return _STRATEGIES.get(name, "weighted")


def _patience(plan: Plan, settings: dict[str, Any]) -> dict[str, Any]:
    patience: dict[str, Any] = {}
    retries = settings.get("num_retries")
    if isinstance(retries, int) and not isinstance(retries, bool) and retries >= 0:
        patience["retries"] = min(retries, _MOST_RETRIES)
        if retries > _MOST_RETRIES:
            plan.note(f"num_retries: {_MOST_RETRIES} is the most.")
    timeout = settings.get("timeout", settings.get("request_timeout"))
    if isinstance(timeout, int | float) and not isinstance(timeout, bool) and timeout > 0:
        patience["deadline_s"] = min(float(timeout), _LONGEST_S)
    return patience


def _other_names(plan: Plan, told: object, own: dict[str, dict[str, int]]) -> None:
    for name, group in told.items() if isinstance(told, dict) else ():
        leads = group.get("model") if isinstance(group, dict) else group
        there = plan.aliases.get(leads) if isinstance(leads, str) else None
        if there is None or not isinstance(name, str) or name in plan.aliases:
            plan.note(f"model_group_alias.{name}: not imported; it leads to no name of the file.")
            continue
        targets = dict(own[there.name])
        plan.aliases[name] = PlannedAlias(name, there.strategy, targets, dict(there.settings))
        own[name] = dict(targets)


def _fall_back(plan: Plan, which: str, told: object, own: dict[str, dict[str, int]]) -> None:
    for pair in told if isinstance(told, list) else ():
        for group, others in pair.items() if isinstance(pair, dict) else ():
            names = others if isinstance(others, list) else [others]
            alias = plan.aliases.get(group) if isinstance(group, str) else None
            if alias is None:
                plan.note(f"{which}: {group} is no name of the file; its fallbacks are left out.")
                continue
            if which != "fallbacks":
                plan.note(f"{which} of {group}: asked after any failure that another may not have.")
            _append(plan, which, alias, names, own)


def _fall_back_all(plan: Plan, told: object, own: dict[str, dict[str, int]]) -> None:
    names = told if isinstance(told, list) else []
    for alias in plan.aliases.values():
        _append(plan, "default_fallbacks", alias, [it for it in names if it != alias.name], own)


def _append(
    plan: Plan,
    which: str,
    alias: PlannedAlias,
    names: list[Any],
    own: dict[str, dict[str, int]],
) -> None:
    """Have an alias lead to what other names lead to, after its own."""
    for name in names:
        further = own.get(name) if isinstance(name, str) else None
        if further is None:
            plan.note(f"{which} of {alias.name}: {name} is no name of the file.")
            continue
        for deployment in further:
            alias.targets.setdefault(deployment, 1 if alias.strategy == "priority" else _LAST)
        if alias.strategy in {"latency", "cost"}:
            plan.note(f"{which} of {alias.name}: chosen like its own deployments, by the strategy.")
