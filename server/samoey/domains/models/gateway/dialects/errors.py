"""What cannot be said in another vendor's words."""

from samoey.kit.problems import BadRequest


class UnsupportedParameter(BadRequest):
    """What is asked for has no place in the words of the model's vendor; `param` is the field."""

    title = "The chosen model cannot be asked for this."


class Misshapen(BadRequest):
    """The request does not have the shape that its address takes."""

    title = "The request does not have the shape that this address takes."
