"""JSON Schemas of structured answers: each vendor is strict in its own way."""

from typing import Any

_INSIDE_ONE = ("items", "additionalItems", "not", "if", "then", "else")
_INSIDE_MANY = ("anyOf", "allOf", "oneOf", "prefixItems")
_INSIDE_NAMED = ("properties", "$defs", "definitions")


def closed(schema: Any) -> Any:
    """The schema with every object closed, which Anthropic wants to be said."""
    if not isinstance(schema, dict):
        return schema
    new = dict(schema)
    for key in _INSIDE_ONE:
        if key in new:
            new[key] = closed(new[key])
    for key in _INSIDE_MANY:
        if isinstance(new.get(key), list):
            new[key] = [closed(one) for one in new[key]]
    for key in _INSIDE_NAMED:
        if isinstance(new.get(key), dict):
            new[key] = {name: closed(one) for name, one in new[key].items()}
    if new.get("type") == "object" or "properties" in new:
        new.setdefault("additionalProperties", False)
    return new


def is_strict(schema: Any) -> bool:
    """Whether OpenAI takes the schema as `strict`: objects closed, each property required."""
    if not isinstance(schema, dict):
        return True
    properties = schema.get("properties", {})
    if schema.get("type") == "object" or properties:
        if schema.get("additionalProperties") is not False:
            return False
        if set(schema.get("required", ())) != set(properties):
            return False
    inside = [schema[key] for key in _INSIDE_ONE if key in schema]
    inside += [one for key in _INSIDE_MANY for one in schema.get(key, ())]
    inside += [one for key in _INSIDE_NAMED for one in schema.get(key, {}).values()]
    return all(is_strict(one) for one in inside)
