"""What can be refused when the code is indexed or searched."""

from samoey.kit.problems import InvalidRequest, NotFound, Unavailable


class NothingToIndex(NotFound):
    """An index belongs to a commit, and there is none."""

    title = "This repository has no commit yet."


class PathPatternRefused(InvalidRequest):
    """A glob that would take too long to match."""

    title = "This path pattern is too tangled to search by."


class SourceVanished(NotFound):
    """A force-push or a deletion took it away; the next sync brings the new one."""

    title = "The commit vanished from the repository while it was being indexed."


class IndexingFailed(Unavailable):
    """The process that indexes ended without a result; it is tried again."""

    title = "The repository could not be indexed."
    transient = True
