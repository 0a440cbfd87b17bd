"""What can keep the embedded servers from standing, each told with what to do about it."""

from samoey.kit.problems import Conflict, Unavailable


class HomeInUse(Conflict):
    """Another process holds the home and has not begun to serve, or does not let others join."""

    title = "Another Samoey already runs on this home."


class HomeUnusable(Unavailable):
    """The home can't hold data: not a folder, not writable, not ours, or not a usable path."""

    title = "This home can't be used."


class NoEmbeddedServer(Unavailable):
    """No binary for this platform: an address of a real server is needed."""

    title = "There is no embedded server for this platform."


class ServerDidNotStart(Unavailable):
    """An embedded server ended, or did not answer in time; the detail carries its last words."""

    title = "An embedded server did not start."


class RoleDidNotStart(Unavailable):
    """One of our own programs ended before it was ready; its own words say why."""

    title = "Samoey could not start."


class RuntimeFolderUnsafe(Unavailable):
    """No short private folder for the sockets could be had."""

    title = "There is no safe folder for the servers' sockets."
