"""Addresses of repositories, and whether this installation may go there.

What was checked is what is used: the host's resolved addresses are pinned for the fetch, so that a
name which answers differently a moment later gains nothing.
"""

import asyncio
import ipaddress
import re
import socket
from dataclasses import dataclass
from urllib.parse import urlsplit

from samoey.kit.ports.git import PrivateAddress, SourceRefused, SourceUnreachable

_PORTS = {"https": 443, "http": 80, "ssh": 22}
_SCP = re.compile(r"(?:(?P<user>[^@:/]+)@)?(?P<host>[^@:/\[\]]+):(?P<path>[^:].*)")
_PLAIN = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]*")
_NAT64 = ipaddress.ip_network("64:ff9b::/96")

Ip = ipaddress.IPv4Address | ipaddress.IPv6Address


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


def check_literal(address: Address, *, private_allowed: bool) -> None:
    """Refuse an address that is a number of a private network in any form; asks nobody.

    Raises:
        PrivateAddress: it is one.
    """
    try:
        # Everything that `getaddrinfo` takes for a number, such as 127.1 and 0x7f000001.
        found = socket.getaddrinfo(
            address.host, address.port, type=socket.SOCK_STREAM, flags=socket.AI_NUMERICHOST
        )
    except OSError:
        return
    for one in found:
        number = ipaddress.ip_address(str(one[4][0]).split("%")[0])
        _check(address.host, number, private_allowed)


async def pin(address: Address, *, private_allowed: bool) -> tuple[str, ...]:
    """The numbers behind the host's name, all of which may be gone to.

    Raises:
        SourceUnreachable: the name has none.
        PrivateAddress: one of them is in a private network.
    """
    loop = asyncio.get_running_loop()
    try:
        found = await loop.getaddrinfo(
            address.host, address.port, type=socket.SOCK_STREAM, flags=socket.AI_ADDRCONFIG
        )
    except OSError:
        raise SourceUnreachable(
            f"The host name {address.host} cannot be resolved. It is tried again by itself."
        ) from None
    numbers = list(dict.fromkeys(str(one[4][0]) for one in found))
    for number in numbers:
        _check(address.host, ipaddress.ip_address(number.split("%")[0]), private_allowed)
    return tuple(numbers)


def _check(host: str, number: Ip, private_allowed: bool) -> None:  # noqa: FBT001 - one caller
    real = _embedded(number) or number
    # Link-local never: that is where clouds keep the machine's own credentials.
    if real.is_link_local or real.is_multicast or real.is_unspecified:
        raise PrivateAddress(f"{host} leads to {number}, which is never fetched from.")
    if not private_allowed and not (real.is_global and not real.is_reserved):
        raise PrivateAddress(
            f"{host} leads to {number}. An operator can allow this with the setting "
            "repositories.private_addresses."
        )


def _embedded(number: Ip) -> ipaddress.IPv4Address | None:
    """The IPv4 address inside an IPv6 one, for the ways in which networks translate."""
    if isinstance(number, ipaddress.IPv4Address):
        return None
    if number in _NAT64:
        return ipaddress.IPv4Address(int(number) & 0xFFFFFFFF)
    return number.ipv4_mapped or number.sixtofour
