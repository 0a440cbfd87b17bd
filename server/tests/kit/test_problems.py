"""A problem tells the same story at every door, and standard members cannot be overwritten."""

import pickle

import pytest
from pydantic import BaseModel

from samoey.kit.fitting import fitting, misfits
from samoey.kit.problems import Conflict, InvalidRequest, Problem, TooMany


class TeapotIsFull(Conflict):
    title = "The teapot is full."


def test_a_problem_is_named_by_its_class_and_speaks_of_the_occurrence() -> None:
    document = TeapotIsFull("Pour some out first.", cups=3).document("/kitchen")

    assert document == {
        "type": "/problems/teapot-is-full",
        "title": "The teapot is full.",
        "status": 409,
        "detail": "Pour some out first.",
        "instance": "/kitchen",
        "cups": 3,
    }


def test_extension_members_cannot_overwrite_the_standard_ones() -> None:
    document = TeapotIsFull(status=200, type="/elsewhere").document()

    assert document["status"] == 409
    assert document["type"] == "/problems/teapot-is-full"


def test_a_problem_survives_the_way_between_processes() -> None:
    sent = TeapotIsFull("Pour some out.", cups=3)

    came = pickle.loads(pickle.dumps(sent))  # noqa: S301 - our own bytes

    assert isinstance(came, TeapotIsFull)
    assert came.document() == sent.document()


def test_too_many_requests_say_when_to_come_back() -> None:
    assert TooMany(retry_after=7).headers() == {"Retry-After": "7"}
    assert TooMany().headers() == {}
    assert TooMany.transient
    assert not Problem.transient


def test_a_pointer_names_its_place_as_rfc_6901_writes_it() -> None:
    class Shape(BaseModel):
        sizes: dict[str, int]

    with pytest.raises(InvalidRequest) as told, fitting():
        Shape.model_validate({"sizes": {"a/b~c": "many"}})

    assert "'/sizes/a~1b~0c'" in str(told.value.document()["errors"])


def test_what_is_no_json_is_the_whole_body() -> None:
    broken = {"type": "json_invalid", "loc": ("body", 17), "msg": "JSON decode error"}

    assert misfits([broken]).extra["errors"] == [{"pointer": "/body", "detail": broken["msg"]}]
