"""Addresses of repositories: what is one, and how the guard of the network judges it."""

import ipaddress
import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from samoey.adapters.network import NetworkGuard
from samoey.kit.ports.git import SourceRefused, SourceUnreachable
from samoey.kit.ports.network import AddressGuard, HostUnknown
from samoey.kit.settings import RepositorySettings

_PORTS = {"https": 443, "http": 80, "ssh": 22}
_SCP = re.compile(r"(?:(?P<user>[^@:/]+)@)?(?P<host>[^@:/\[\]]+):(?P<path>[^:].*)")
_PLAIN = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]*")


@dataclass(frozen=True, slots=True)
class Address:
    """Where a repository is on the network."""

    scheme: str
    host: str
    port: int
    text: str

    @property
    def by_ssh(self) -> bool:
        """Whether SSH brings it here."""
        return self.scheme == "ssh"


def read(source: str) -> Address:
    """Understand an address that carries no secret.

    Raises:
        SourceRefused: it is none, or not of a kind that is ever fetched from.
    """
    if source.startswith("-"):
        raise SourceRefused(
            "It begins with a dash, as an option does. Give an https:// or ssh:// address, or the "
            "full path of a folder."
        )
    if re.search(r"[\s\x00-\x1f\x7f]", source):
        raise SourceRefused("An address has no spaces. One that belongs to it is written %20.")
    if "://" not in source:
        return _read_scp(source)
    try:
        parts = urlsplit(source)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise SourceRefused("This is not a well-formed address.") from None
    if parts.scheme not in _PORTS:
        raise SourceRefused("Repositories are fetched by https:// or ssh:// only.")
    secret = parts.password is not None or (parts.username and parts.scheme != "ssh")
    if secret or parts.query or parts.fragment:
        raise SourceRefused("An address carries no password, no query and no fragment.")
    if parts.username and not _PLAIN.fullmatch(parts.username):
        raise SourceRefused("The user in this address is not a plain name.")
    if not parts.path.strip("/"):
        raise SourceRefused("This address names a server and no repository on it.")
    return Address(parts.scheme, _host(host), port or _PORTS[parts.scheme], source)


def _read_scp(source: str) -> Address:
    """Understand `user@host:path`, the short form of SSH addresses."""
    found = _SCP.fullmatch(source)
    if found is None:
        raise SourceRefused("Give an https:// or ssh:// address, or the full path of a folder.")
    if found["path"].startswith("-") or not _PLAIN.fullmatch(found["user"] or "git"):
        raise SourceRefused("No part of an address begins with a dash.")
    return Address("ssh", _host(found["host"]), _PORTS["ssh"], source)


def _host(host: str) -> str:
    try:
        return str(ipaddress.ip_address(host))
    except ValueError:
        pass
    if not host:
        raise SourceRefused("This address names no host.")
    if not _PLAIN.fullmatch(host):
        raise SourceRefused(f"“{host[:100]}” cannot be the name of a host.")
    return host


def guard(settings: RepositorySettings) -> NetworkGuard:
    """Where repositories may be fetched from."""
    return NetworkGuard("repositories.private_addresses", settings.private_addresses)


async def pin(address: Address, judge: AddressGuard) -> tuple[str, ...]:
    """The numbers behind the host's name, all of which may be gone to.

    Raises:
        SourceUnreachable: the name has none.
        PrivateAddress: one of them is in a private network.
    """
    try:
        return await judge.pin(address.host, address.port)
    except HostUnknown as unknown:
        raise SourceUnreachable(f"{unknown.detail} It is tried again by itself.") from None
