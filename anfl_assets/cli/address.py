"""Where the pages are served: on this machine only, and on a port nobody else has."""

from __future__ import annotations

import ipaddress
import socket

from anfl_assets.errors import UserError

DEFAULT_PORT = 3000
PAGES_PORT = 8400
# What developers' mail catchers use: the sandbox's page and its mail server.
SANDBOX_PORT, SANDBOX_SMTP_PORT = 8025, 1025


def check_loopback(host: str) -> str:
    """Return `host` if only this machine can reach it.

    Raises:
        UserError: others could; Dagster's pages ask nobody who they are.
    """
    try:
        is_loopback = host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        is_loopback = False
    if not is_loopback:
        raise UserError(
            f"--host {host}: expected a loopback address such as 127.0.0.1; Dagster's pages have "
            "no login, so put a proxy that has one in front of them"
        )
    return host


def free_port(host: str, wanted: int | None, usual: int = DEFAULT_PORT) -> int:
    """Return `wanted` if it is free; where none is wanted, the usual or else any that is free.

    Raises:
        UserError: the wanted port is taken.
    """
    if wanted is not None:
        if not _is_free(host, wanted):
            raise UserError(
                f"--port {wanted}: another program uses it; choose another or leave it out"
            )
        return wanted
    if _is_free(host, usual):
        return usual
    with _socket(host) as probe:
        probe.bind((host, 0))
        return int(probe.getsockname()[1])


def _is_free(host: str, port: int) -> bool:
    with _socket(host) as probe:
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def _socket(host: str) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    probe = socket.socket(family, socket.SOCK_STREAM)
    # As the web server does: a port in TIME_WAIT is free.
    probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    return probe
