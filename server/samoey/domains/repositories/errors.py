"""What can be wrong with a repository, beyond what git itself says (`kit.ports.git`)."""

from samoey.kit.problems import Conflict, Forbidden, InvalidRequest, NotFound


class RepositoryNotFound(NotFound):
    """It does not exist, or this person may not know that it does."""

    title = "There is no such repository that you can see."


class RepositoryKnown(Conflict):
    """The workspace already has this source with the same branch."""

    title = "This repository is already connected."


class NotFetchedYet(Conflict):
    """Nothing can be read before the first fetch has finished."""

    title = "This repository has not been fetched yet."


class LocalPathRefused(Forbidden):
    """Folders of the server are open only to those whom a setting names."""

    title = "You may not add folders of the server."


class FolderNotFound(InvalidRequest):
    """The path names no folder that the server can read."""

    title = "There is no such folder on the server."


class SourceIsFile(InvalidRequest):
    """A file was named where a folder or a repository is; its folder or repository is told."""

    title = "This is a file, not a folder."


class FolderInsideRepository(InvalidRequest):
    """The folder is a part of a git repository, whose paths and commits an answer has to cite."""

    title = "This folder is a part of a git repository."


class BranchNotFound(InvalidRequest):
    """The chosen branch is not, or no longer, in the repository."""

    title = "The chosen branch does not exist in the repository."


class PatternRefused(InvalidRequest):
    """An include or exclude pattern cannot be understood."""

    title = "This is not a path pattern."


class CredentialMisplaced(InvalidRequest):
    """A token was given for an SSH address, or a key for an HTTP one."""

    title = "This kind of credential does not open this kind of address."
