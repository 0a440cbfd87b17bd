"""Texts with variables: `{{name}}` stands for a value, and for itself behind a backslash."""

import re
from collections.abc import Iterable, Mapping

from samoey.domains.models.errors import PromptVariablesMisfit

# Whatever else has braces is text: code has many of them.
_VARIABLE = re.compile(r"(\\?)\{\{[ \t]*([a-z][a-z0-9_]{0,39})[ \t]*\}\}")
_BYTES_PER_TOKEN = 4


def variables_of(text: str) -> list[str]:
    """The names of a text's variables, in the order in which they come."""
    return list(dict.fromkeys(name for escaped, name in _VARIABLE.findall(text) if not escaped))


def rendered(text: str, values: Mapping[str, str]) -> str:
    """The text with its values in place; what a value holds is never looked at again.

    Raises:
        PromptVariablesMisfit: a variable has no value, or a value no variable.
    """
    wanted = variables_of(text)
    missing = [name for name in wanted if name not in values]
    unknown = [name for name in values if name not in wanted]
    if missing or unknown:
        told = [*_told("has no value", missing), *_told("is no variable of it", unknown)]
        raise PromptVariablesMisfit(" ".join(told), missing=missing, unknown=unknown)
    return _VARIABLE.sub(lambda found: found[0][1:] if found[1] else values[found[2]], text)


def require_none(text: str) -> None:
    """Refuse variables where nobody would fill them in.

    Raises:
        PromptVariablesMisfit: there are some.
    """
    if names := variables_of(text):
        raise PromptVariablesMisfit(
            "The assistant's instructions take no variables; the question and the sources follow "
            f"them by themselves. Take {_named(names)} out, or write a backslash before it.",
            missing=[],
            unknown=names,
        )


def tokens(texts: Iterable[str]) -> int:
    """How many tokens a model reads in them, estimated."""
    return sum(-(-len(text.encode()) // _BYTES_PER_TOKEN) for text in texts)


def _told(what: str, names: list[str]) -> list[str]:
    return [f"{_named(names)} {what}."] if names else []


def _named(names: list[str]) -> str:
    return ", ".join(f"{{{{{name}}}}}" for name in names)
