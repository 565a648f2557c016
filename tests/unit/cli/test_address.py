"""Only this machine, and a port nobody else has."""

import socket

import pytest

from anfl_assets.cli.address import check_loopback, free_port
from anfl_assets.errors import UserError


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.8.8", "localhost", "::1"])
def test_a_loopback_address_is_taken(host: str) -> None:
    assert check_loopback(host) == host


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.4", "example.org", ""])  # noqa: S104 - refused
def test_an_address_others_can_reach_is_refused(host: str) -> None:
    with pytest.raises(UserError, match="expected a loopback address"):
        check_loopback(host)


def test_a_wanted_port_that_is_taken_is_refused_and_no_wish_gets_a_free_one() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        taken = other.getsockname()[1]
        with pytest.raises(UserError, match=f"--port {taken}: another program uses it"):
            free_port("127.0.0.1", taken)
        assert free_port("127.0.0.1", None) not in (0, taken)
