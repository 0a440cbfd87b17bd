"""What the families of Anthropic's models take, told from a model's name."""

import re
from dataclasses import dataclass

# A vendor before the name, as proxies and clouds write it, and a date or version after it.
_CLAUDE = re.compile(
    r"claude-(?:(?P<old>instant|[123](?:[-.][0-9](?![0-9]))?)\b"
    r"|(?P<kind>[a-z]+)-(?P<major>\d{1,2})(?:[-.](?P<minor>\d{1,2})(?!\d))?)"
)
_LIMIT = 16_384


@dataclass(frozen=True, slots=True)
class Family:
    """How a request to a model must look; a name that nobody knows is taken for a new one."""

    most_tokens: int = _LIMIT
    # Temperature and its like; newer families refuse them.
    sampling: bool = False
    # `output_config.format`; older families are given a tool to fill in.
    formats: bool = True
    effort: bool = True


def of(model: str) -> Family:
    """The family of a model."""
    found = _CLAUDE.search(model.lower())
    if found is None:
        return Family()
    if old := found["old"]:
        limit = 8192 if old.replace(".", "-") in {"3-5", "3-7"} else 4096
        return Family(limit, sampling=True, formats=False, effort=False)
    version = int(found["major"]), int(found["minor"] or 0)
    if version < (4, 0):
        return Family(4096, sampling=True, formats=False, effort=False)
    return Family(
        sampling=version < (4, 7),
        formats=version >= (4, 5),
        effort=version >= (4, 6) or (found["kind"] == "opus" and version >= (4, 5)),
    )


def counts_thoughts(model: str) -> bool:
    """Whether one of OpenAI's models reasons first: it counts that, and takes no temperature."""
    return bool(re.search(r"(?:^|/)(?:o\d|gpt-5)(?!.*chat)", model))


def takes_breakpoints(model: str) -> bool:
    """Whether one of OpenAI's models takes `prompt_cache_breakpoint`: from gpt-5.6 on."""
    found = re.search(r"\bgpt-(\d+)(?:\.(\d+))?", model)
    return found is not None and (int(found[1]), int(found[2] or 0)) >= (5, 6)


def takes_cache_control(model: str) -> bool:
    """Whether a model behind OpenAI's words is Anthropic's, whose marks a proxy hands on."""
    return "claude" in model.lower()
