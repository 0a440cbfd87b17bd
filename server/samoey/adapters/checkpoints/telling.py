"""What a model wrote, in the shapes in which OpenAI tells chats and completions."""

import time
import uuid
from typing import Any

import msgspec

from samoey.adapters.checkpoints.writing import Finish

DONE = b"data: [DONE]\n\n"


class Telling:
    """One answer under its id; `chat` or a plain completion."""

    def __init__(self, model: str, *, chat: bool) -> None:
        self._model, self._chat = model, chat
        self._id = f"{'chatcmpl' if chat else 'cmpl'}-{uuid.uuid4().hex}"
        self._created = int(time.time())

    def whole(self, text: str, finish: Finish | None, usage: dict[str, int]) -> bytes:
        """All of it at once."""
        said: dict[str, Any] = {"index": 0, "finish_reason": finish, "logprobs": None}
        if self._chat:
            said["message"] = {"role": "assistant", "content": text, "refusal": None}
        else:
            said["text"] = text
        kind = "chat.completion" if self._chat else "text_completion"
        return msgspec.json.encode(self._head(kind) | {"choices": [said], "usage": usage})

    def begin(self) -> bytes:
        """The first event of a chat: who speaks."""
        return self._event({"role": "assistant", "content": ""}, None) if self._chat else b""

    def piece(self, text: str, finish: Finish | None) -> bytes:
        """An event for a piece of it; the end of a chat is an event of its own."""
        if not self._chat:
            said = {"index": 0, "text": text, "finish_reason": finish, "logprobs": None}
            return self._block([said], None)
        told = self._event({"content": text}, None) if text else b""
        return told + (self._event({}, finish) if finish else b"")

    def used(self, usage: dict[str, int]) -> bytes:
        """The event that says what was used."""
        return self._block([], usage)

    def _event(self, delta: dict[str, str], finish: Finish | None) -> bytes:
        return self._block(
            [{"index": 0, "delta": delta, "finish_reason": finish, "logprobs": None}], None
        )

    def _block(self, choices: list[Any], usage: dict[str, int] | None) -> bytes:
        kind = "chat.completion.chunk" if self._chat else "text_completion"
        told = self._head(kind) | {"choices": choices, "usage": usage}
        return b"data: " + msgspec.json.encode(told) + b"\n\n"

    def _head(self, kind: str) -> dict[str, Any]:
        return {
            "id": self._id,
            "object": kind,
            "created": self._created,
            "model": self._model,
            "system_fingerprint": None,
        }


def usage_of(prompt: int, completion: int) -> dict[str, int]:
    """How OpenAI counts."""
    return {
        "prompt_tokens": prompt,
        "completion_tokens": completion,
        "total_tokens": prompt + completion,
    }
