"""Where the built web application lies."""

from pathlib import Path

from samoey.kit.settings import ServerSettings


def web_root(server: ServerSettings) -> Path | None:
    """The built web application: as set, inside the package, or in this checkout; or None."""
    package = Path(__file__).parents[1]
    checkout = package.parents[1] / "clients" / "web" / "out"
    for root in (server.web_root, package / "web", checkout):
        if root is not None and (root / "index.html").is_file():
            return root
    return None
