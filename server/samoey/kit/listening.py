"""Taking the port that people will open, or saying plainly why it can't be had."""

import errno
import socket

from samoey.kit.problems import Conflict


class PortTaken(Conflict):
    """Another program listens where we want to, or the system does not let us."""

    title = "The port can't be listened on."


def listen(host: str, port: int) -> socket.socket:
    """Take the port; the caller closes it.

    Raises:
        PortTaken: another program has it, or the address is not this machine's.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((host, port))
    except OSError as error:
        listening.close()
        raise PortTaken(f"{host}:{port} {_reason(error)}", host=host, port=port) from error
    return listening


def _reason(error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        return (
            "is in use by another program. Stop that one, or choose another port with --port "
            "or SAMOEY_SERVER__PORT."
        )
    if error.errno == errno.EACCES:
        return "may only be opened by an administrator. Choose a port above 1023 with --port."
    return (
        f"is no address of this machine ({error.strerror}). Choose another with --host or "
        "SAMOEY_SERVER__HOST."
    )
