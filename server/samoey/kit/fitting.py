"""What does not fit a shape, told as a problem; apart from problems, which need no pydantic."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from pydantic import ValidationError

from samoey.kit.problems import InvalidRequest


def misfits(errors: Sequence[Mapping[str, Any]]) -> InvalidRequest:
    """What pydantic found, as a problem whose pointers are those of RFC 6901."""
    return InvalidRequest(
        errors=[{"pointer": _pointer(error), "detail": error["msg"]} for error in errors]
    )


def _pointer(error: Mapping[str, Any]) -> str:
    # Where a document is no JSON at all, the rest is how many characters of it were read.
    loc = error["loc"][:1] if error["type"] == "json_invalid" else error["loc"]
    return "".join("/" + str(step).replace("~", "~0").replace("/", "~1") for step in loc)


@contextmanager
def fitting() -> Iterator[None]:
    """Build shapes of what a person gave inside the block; what does not fit is their problem.

    Raises:
        InvalidRequest: something of it does not fit.
    """
    try:
        yield
    except ValidationError as error:
        raise misfits(error.errors(include_url=False)) from error
