"""Where people may send this installation, and that what was judged is what is gone to."""

import asyncio
import socket
from typing import Any

import pytest

from samoey.adapters.models.connect.http import Vendors
from samoey.adapters.network import NetworkGuard
from samoey.kit.ports.network import HostUnknown, OutsideAddress, PrivateAddress
from samoey.kit.ports.upstreams import TimeLimits

PRIVATE = ["127.0.0.1", "127.1", "0x7f000001", "2130706433", "10.0.0.5", "::1", "fd00::1"]
CLOUDS_OWN = ["169.254.169.254", "fe80::1", "0.0.0.0", "224.0.0.1", "::ffff:169.254.169.254"]  # noqa: S104 - nothing is bound


def guard(**changes: Any) -> NetworkGuard:
    return NetworkGuard("models.private_addresses", **({"private_allowed": True} | changes))


@pytest.mark.parametrize("host", PRIVATE)
def test_a_number_of_a_private_network_is_refused_in_any_spelling(host: str) -> None:
    with pytest.raises(PrivateAddress, match=r"models\.private_addresses"):
        guard(private_allowed=False).check(host, 80)

    guard().check(host, 80)


@pytest.mark.parametrize("host", CLOUDS_OWN)
def test_where_a_cloud_keeps_its_credentials_nobody_goes(host: str) -> None:
    with pytest.raises(PrivateAddress, match="nothing here may go"):
        guard().check(host, 80)


def test_an_address_is_not_said_to_lead_to_itself() -> None:
    with pytest.raises(PrivateAddress) as itself:
        guard(private_allowed=False).check("127.0.0.1", 80)
    with pytest.raises(PrivateAddress) as spelt:
        guard(private_allowed=False).check("127.1", 80)

    assert str(itself.value) == (
        "127.0.0.1 is an address of this machine or of a private network. An operator can allow "
        "this with the setting models.private_addresses."
    )
    assert str(spelt.value).startswith("127.1 leads to 127.0.0.1, an address of this machine")


def test_what_must_stay_inside_does_not_go_outside() -> None:
    inside = guard(outside_allowed=False)

    with pytest.raises(OutsideAddress):
        inside.check("8.8.8.8", 443)
    inside.check("192.168.1.7", 443)


def test_what_the_operators_own_settings_name_needs_no_permission() -> None:
    guard(private_allowed=False, trusted=frozenset({"127.0.0.1"})).check("127.0.0.1", 80)


async def test_a_name_without_a_number_is_told() -> None:
    with pytest.raises(HostUnknown, match=r"nowhere\.invalid"):
        await guard().pin("nowhere.invalid", 80)


def answering(number: str) -> list[tuple[Any, ...]]:
    return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (number, 80))]


async def test_a_name_that_leads_into_a_private_network_is_never_connected_to(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def inside(*_: Any, **__: Any) -> list[tuple[Any, ...]]:
        return answering("127.0.0.1")

    loop = asyncio.get_running_loop()
    monkeypatch.setattr(loop, "getaddrinfo", inside)

    with pytest.raises(PrivateAddress):
        await Vendors(guard(private_allowed=False)).get(
            "http://models.example.org/v1/models", (), TimeLimits()
        )


async def test_a_name_is_looked_up_once_and_that_number_is_gone_to(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    looked: list[str] = []

    async def rebinding(host: str, *_: Any, **__: Any) -> list[tuple[Any, ...]]:
        looked.append(host)
        return answering("127.0.0.1" if len(looked) == 1 else "169.254.169.254")

    async def serve(_: asyncio.StreamReader, out: asyncio.StreamWriter) -> None:
        out.write(b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n")
        await out.drain()
        out.close()

    loop = asyncio.get_running_loop()
    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    monkeypatch.setattr(loop, "getaddrinfo", rebinding)

    vendors = Vendors(guard())
    async with server:
        reply = await vendors.get(f"http://models.example.org:{port}/", (), TimeLimits())
        await vendors.close()
    assert reply.status == 204
    assert looked == ["models.example.org"]
