"""What was recorded of each translation, and how it is run again."""

import json
import re
from pathlib import Path
from typing import Any

from samoey.domains.models.gateway.dialects.sse import DONE, Event, Events, wire
from samoey.domains.models.gateway.dialects.translation import Translation

_FOLDER = Path(__file__).parents[3] / "data" / "dialects"


def recorded(kind: str) -> dict[str, dict[str, Any]]:
    """The recordings of a kind by name: requests, answers or streams."""
    found = sorted((_FOLDER / kind).glob("*.json"))
    assert found
    return {path.stem: json.loads(path.read_text()) for path in found}


def asked(recording: dict[str, Any]) -> tuple[Translation, dict[str, Any]]:
    """The translation with its request made, and what went to the vendor."""
    translation = Translation(recording["asked_in"], recording["spoken"])
    body = translation.request(json.dumps(recording["asked"]).encode(), recording["model"])
    return translation, json.loads(body)


def steady(document: Any) -> Any:
    """A document without its times and chance ids."""
    text = json.dumps(document)
    text = re.sub(r'"(created|created_at|completed_at)": ?\d+', r'"\1": 1', text)
    return json.loads(re.sub(r"(resp|msg|fc)_[0-9a-f]{48}", r"\1_0", text))


def sent(recording: dict[str, Any]) -> bytes:
    """The bytes that the vendor streamed."""
    return wire(
        Event(
            one.get("event", ""),
            DONE.data
            if one["data"] == "[DONE]"
            else json.dumps(one["data"], ensure_ascii=False).encode(),
        )
        for one in recording["vendor"]
    )


def read(stream: bytes) -> list[dict[str, Any]]:
    """What a stream tells, as it is recorded."""
    return [
        ({"event": name} if name else {})
        | {"data": "[DONE]" if data == DONE.data else steady(json.loads(data))}
        for name, data in Events().feed(stream)
    ]
