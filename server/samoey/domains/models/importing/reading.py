"""Reads LiteLLM's configuration: what maps becomes a plan, and of the rest nothing is silent."""

from collections.abc import Mapping
from typing import Any

import yaml

from samoey.domains.models.errors import ImportRefused
from samoey.domains.models.importing.entries import Entry, entry_of
from samoey.domains.models.importing.plan import Plan
from samoey.domains.models.importing.routes_of import lead

_LONGEST = 1_000_000
_SECTIONS = {"model_list", "router_settings", "litellm_settings"}
_ELSEWHERE = {
    "general_settings": "keys, the database and the server have settings of their own here",
    "environment_variables": "set them where samoey starts",
    "include": "import those files, too",
}


def read(text: str, environment: Mapping[str, str]) -> Plan:
    """Understand a configuration of LiteLLM; `environment` is where `os.environ/NAME` is looked up.

    Raises:
        ImportRefused: it is no such file.
    """
    told = _document(text)
    plan = Plan()
    for section in told.keys() - _SECTIONS:
        why = _ELSEWHERE.get(str(section), "nothing here is called so")
        plan.note(f"{section}: not imported; {why}.")
    groups: dict[str, list[Entry]] = {}
    for place, one in enumerate(told["model_list"], 1):
        entry = entry_of(plan, one, place, environment)
        if entry is not None:
            groups.setdefault(entry.group, []).append(entry)
    settings = {
        name: _section(plan, told, name) for name in ("router_settings", "litellm_settings")
    }
    lead(plan, groups, settings["router_settings"], settings["litellm_settings"])
    plan.notes.sort(key=str.lower)
    return plan


def _document(text: str) -> dict[Any, Any]:
    if len(text) > _LONGEST:
        raise ImportRefused(f"It is longer than {_LONGEST:,} characters.")
    try:
        told = yaml.safe_load(text)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        where = f"In line {mark.line + 1}: " if mark else ""
        raise ImportRefused(f"It is no YAML. {where}{error.problem or 'unreadable'}.") from None
    except (yaml.YAMLError, ValueError, RecursionError):
        raise ImportRefused("It is no YAML that can be read.") from None
    if not isinstance(told, dict) or not isinstance(told.get("model_list"), list):
        raise ImportRefused("It has no list called model_list, as LiteLLM's configuration does.")
    return told


def _section(plan: Plan, told: dict[Any, Any], name: str) -> dict[str, Any]:
    section = told.get(name)
    if section is None:
        return {}
    if not isinstance(section, dict):
        plan.note(f"{name}: not imported; it is no list of settings.")
        return {}
    return {str(key): value for key, value in section.items()}
