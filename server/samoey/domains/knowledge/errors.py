"""What can be refused when the code is indexed or searched."""

from samoey.kit.problems import InvalidRequest, NotFound, Unavailable


class IndexNotFound(NotFound):
    title = "There is no index of this repository that you can see."


class NothingToIndex(NotFound):
    title = "This repository has no commit yet."


class PathPatternRefused(InvalidRequest):
    title = "This path pattern is too tangled to search by."


class SourceVanished(NotFound):
    title = "The commit vanished from the repository while it was being indexed."


class IndexingFailed(Unavailable):
    title = "The repository could not be indexed."
    transient = True
