"""What can be refused when the code is indexed or searched."""

from samoey.kit.problems import InvalidRequest, NotFound, Unavailable


class IndexNotFound(NotFound):
    title = "There is no index of this repository that you can see."


class NothingToIndex(NotFound):
    title = "This repository has no commit yet."


class PathPatternRefused(InvalidRequest):
    title = "This path pattern is too tangled to search by."


class IndexBroken(Unavailable):
    title = "The index of this repository cannot be read; it is made again."
