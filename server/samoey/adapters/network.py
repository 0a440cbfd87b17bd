"""Which addresses this installation goes to, for everything that a person can send somewhere.

What was judged is what is used: a host's resolved addresses are pinned, so that a name which
answers differently a moment later gains nothing.
"""

import asyncio
import ipaddress
import socket
from dataclasses import dataclass

from samoey.kit.ports.network import HostUnknown, OutsideAddress, PrivateAddress

_NAT64 = ipaddress.ip_network("64:ff9b::/96")

Ip = ipaddress.IPv4Address | ipaddress.IPv6Address


def is_local(host: str) -> bool:
    """Whether a host name or address lies in the own network, judged without asking DNS."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return "." not in host or host.endswith((".local", ".internal", ".localhost"))
    return address.is_private or address.is_loopback


@dataclass(frozen=True, slots=True)
class NetworkGuard:
    """The port's guard by the machine's own resolver; `setting` is named to who is refused."""

    setting: str
    private_allowed: bool
    outside_allowed: bool = True
    # Hosts that the operator's own settings name, which may lie in private networks.
    trusted: frozenset[str] = frozenset()

    def check(self, host: str, port: int) -> None:
        """Refuse a number of a network that is not gone to, in any spelling; asks nobody."""
        try:
            # Everything that `getaddrinfo` takes for a number, such as 127.1 and 0x7f000001.
            found = socket.getaddrinfo(
                host, port, type=socket.SOCK_STREAM, flags=socket.AI_NUMERICHOST
            )
        except OSError:
            return
        for one in found:
            self._judge(host, str(one[4][0]))

    async def pin(self, host: str, port: int) -> tuple[str, ...]:
        """The numbers behind a name, all of which may be gone to."""
        loop = asyncio.get_running_loop()
        try:
            found = await loop.getaddrinfo(
                host, port, type=socket.SOCK_STREAM, flags=socket.AI_ADDRCONFIG
            )
        except OSError:
            raise HostUnknown(f"The host name {host} cannot be resolved.") from None
        numbers = list(dict.fromkeys(str(one[4][0]) for one in found))
        for number in numbers:
            self._judge(host, number)
        return tuple(numbers)

    def _judge(self, host: str, number: str) -> None:
        address: Ip = ipaddress.ip_address(number.partition("%")[0])
        real = _embedded(address) or address
        # Link-local never: that is where clouds keep the machine's own credentials.
        if real.is_link_local or real.is_multicast or real.is_unspecified:
            raise PrivateAddress(f"{_led(host, number)} an address that nothing here may go to.")
        public = real.is_global and not real.is_reserved
        if not public and not self.private_allowed and host not in self.trusted:
            raise PrivateAddress(
                f"{_led(host, number)} an address of this machine or of a private network. "
                f"An operator can allow this with the setting {self.setting}."
            )
        if public and not self.outside_allowed:
            raise OutsideAddress(f"{_led(host, number)} an address outside your own network.")


def _led(host: str, number: str) -> str:
    """The beginning of a sentence about what a host stands for, which may be itself."""
    return f"{host} is" if host == number else f"{host} leads to {number},"


def _embedded(number: Ip) -> ipaddress.IPv4Address | None:
    """The IPv4 address inside an IPv6 one, for the ways in which networks translate."""
    if isinstance(number, ipaddress.IPv4Address):
        return None
    if number in _NAT64:
        return ipaddress.IPv4Address(int(number) & 0xFFFFFFFF)
    return number.ipv4_mapped or number.sixtofour
