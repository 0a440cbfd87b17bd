"""Log lines are JSON, carry the request's id, and mask secrets by their type."""

import json
import logging

from pydantic import SecretStr

from samoey.kit.telemetry import JsonLines, TextLines, request_id


def record(**extra: object) -> logging.LogRecord:
    made = logging.LogRecord("samoey.x", logging.INFO, __file__, 1, "hello %s", ("you",), None)
    vars(made).update(extra)
    return made


def test_a_line_is_one_json_object_with_the_request_id() -> None:
    token = request_id.set("r-1")
    try:
        line = json.loads(JsonLines().format(record(path="/a\nb")))
    finally:
        request_id.reset(token)

    assert line["message"] == "hello you"
    assert line["level"] == "info"
    assert line["request_id"] == "r-1"
    assert line["path"] == "/a\nb"


def test_secrets_are_masked_wherever_they_stand() -> None:
    line = JsonLines().format(record(key=SecretStr("hush"), tree={"deep": [SecretStr("hush")]}))

    assert "hush" not in line
    assert json.loads(line)["key"] == "***"


def test_the_text_form_says_the_same() -> None:
    said = TextLines().format(record(path="/a", key=SecretStr("hush")))

    assert "hello you" in said
    assert "path=/a" in said
    assert "hush" not in said
