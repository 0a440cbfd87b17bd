"""What the families behind OpenAI-compatible endpoints can do, told from a model's name."""

import re
from dataclasses import dataclass
from fnmatch import fnmatchcase

from samoey.adapters.models.know import anthropic

# Families that reason before they write: they take no temperature and count hidden tokens.
_REASONING = re.compile(r"^(o\d|gpt-5)(?!.*chat)")
# Listed by `/models` beside the chat models, and of no use in a chat.
_NO_CHAT = re.compile(
    r"embed|whisper|tts|dall-e|moderation|transcribe|realtime|audio|image|rerank|davinci-002|"
    r"babbage-002|sora|codex-mini|instruct",
    re.IGNORECASE,
)
# Where OpenAI itself answers, for an operator who gave a key and no address.
ADDRESS = "https://api.openai.com/v1"
# OpenAI's own list has no order that would tell what to take.
_FIRST_CHOICES = ("gpt-5-mini", "gpt-4.1-mini", "gpt-4o-mini")


@dataclass(frozen=True, slots=True)
class Traits:
    """How a request to a model must look."""

    output_limit: str = "max_tokens"
    temperature: bool = True
    system_role: str = "system"


def traits(model: str) -> Traits:
    """What the family of `model` wants; an unknown one is spoken to in the plainest way."""
    if _REASONING.match(model):
        return Traits("max_completion_tokens", temperature=False, system_role="developer")
    return Traits()


def chats(model: str) -> bool:
    """Whether a listed model can hold a chat."""
    return not _NO_CHAT.search(model)


def is_among(name: str, listed: list[str]) -> bool:
    """Whether a list has a name: as it stands, without Ollama's tag, or by a proxy's pattern."""
    return (
        name in listed
        or f"{name}:latest" in listed
        or any("*" in one and fnmatchcase(name, one) for one in listed)
    )


def preferred(models: list[str]) -> str | None:
    """Which model to take when the operator named none."""
    for choice in _FIRST_CHOICES:
        if choice in models:
            return choice
    return anthropic.preferred(models) or next((it for it in models if chats(it)), None)
