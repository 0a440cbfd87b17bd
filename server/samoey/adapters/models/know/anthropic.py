"""What Anthropic's own list of models tells."""

import re

# The version stands behind the kind, or before it in older names; a date may follow.
_NEWER = re.compile(r"^claude-(?P<kind>[a-z]+)-(?P<major>\d{1,2})(?:-(?P<minor>\d{1,2}))?(?!\d)")
_OLDER = re.compile(r"^claude-(?P<major>\d)(?:-(?P<minor>\d))?-(?P<kind>[a-z]+)")
# Between what thinks longest and what answers soonest.
_KIND = "sonnet"


def preferred(models: list[str]) -> str | None:
    """Which model to take when the operator named none; None where the list is not Anthropic's."""
    if not models or not all(model.startswith("claude") for model in models):
        return None
    return max(models, key=_rank)


def _rank(model: str) -> tuple[bool, int, int, str]:
    found = _NEWER.match(model) or _OLDER.match(model)
    if found is None:
        return False, 0, 0, model
    return found["kind"] == _KIND, int(found["major"]), int(found["minor"] or 0), model
