import errno
import socket

import pytest

from samoey.kit.listening import PortTaken, listen


def test_a_free_port_is_taken_for_us() -> None:
    with listen("127.0.0.1", 0) as listening:
        host, port = listening.getsockname()

    assert host == "127.0.0.1"
    assert port > 0


def test_both_families_of_addresses_can_be_listened_on() -> None:
    with listen("::1", 0) as listening:
        assert listening.family is socket.AF_INET6


def test_a_port_in_use_is_refused_with_what_to_do() -> None:
    with listen("127.0.0.1", 0) as other:
        other.listen()
        port = other.getsockname()[1]

        with pytest.raises(PortTaken, match=f"127.0.0.1:{port} is in use") as refusal:
            listen("127.0.0.1", port)

    assert "--port" in str(refusal.value)


def test_an_address_of_another_machine_is_refused_with_what_to_do() -> None:
    with pytest.raises(PortTaken, match="no address of this machine") as refusal:
        listen("192.0.2.1", 8600)

    assert "--host" in str(refusal.value)


def test_a_port_for_administrators_is_called_so() -> None:
    from samoey.kit.listening import _reason

    assert "administrator" in _reason(PermissionError(errno.EACCES, "Permission denied"))
