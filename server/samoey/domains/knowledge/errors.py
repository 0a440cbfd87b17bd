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


class SearchPatternRefused(InvalidRequest):
    """No pattern of RE2's syntax; `errors` says why, and at which position."""

    title = "This pattern cannot be searched for."


class SearchPatternTooCostly(InvalidRequest):
    """A pattern that would take too much memory to search by."""

    title = "This pattern is too large to search by."


class PlaceRefused(InvalidRequest):
    """What says where to go on was not given by an earlier answer."""

    title = "There is no such place to go on from."


class SnapshotVanished(NotFound):
    """Another commit answers by now; its own event has its vectors made."""

    title = "The index vanished while its vectors were being made."


class VectorsFailed(Unavailable):
    """The process that makes vectors ended without a result; it is tried again."""

    title = "The vectors of the repository could not be made."
    transient = True


class SymbolNotFound(NotFound):
    """No symbol stands at a place, or nothing defines a name."""

    title = "There is no such symbol here."


class SymbolsAway(Unavailable):
    """The index was lost or damaged; it is being made again."""

    title = "The symbols of this repository are being read again."
    transient = True
