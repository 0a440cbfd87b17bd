"""What cannot be said in another vendor's words."""

from samoey.kit.problems import BadRequest


class NoPlace(BadRequest):
    """The request asks for something that the words of the model's vendor have no place for.

    `param` names the field.
    """

    title = "The chosen model cannot be asked for this."


class Misshapen(BadRequest):
    """The request does not have the shape that this address takes."""

    title = "The request does not have the shape that this address takes."
