"""What programs of these tests say, and how they read what they are told."""

import json
from typing import Any

ASKED: dict[str, Any] = {"model": "fast", "messages": [{"role": "user", "content": "How?"}]}
STREAMED = ASKED | {"stream": True}
CHUNK = b'data: {"choices":[{"index":0,"delta":{"content":"Half a"},"finish_reason":null}]}\n\n'


def events(body: bytes) -> list[Any]:
    lines = [line[6:] for line in body.split(b"\n") if line.startswith(b"data: ")]
    return [json.loads(line) if line != b"[DONE]" else "[DONE]" for line in lines]


def words(body: bytes) -> str:
    return "".join(
        choice["delta"].get("content") or ""
        for event in events(body)
        if isinstance(event, dict)
        for choice in event.get("choices", [])
    )
