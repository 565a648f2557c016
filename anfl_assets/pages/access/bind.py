"""Where the pages may listen: this machine, or anywhere once somebody says who may come in."""

from __future__ import annotations

import socket
from pathlib import Path

from anfl_assets.errors import UserError
from anfl_assets.pages.access.people import Access, parsed_address

_WAYS = """\
{host}: found neither users nor a trusted proxy in {path}; expected one of them where other machines
can reach the pages. Either add a user:
  anfl users add NAME --role operator --data-dir {folder}
or let a reverse proxy say who somebody is, in {path}:
  proxy: {{header: X-Forwarded-User, from: [127.0.0.1], operators: [NAME]}}
or listen to this machine only: --host 127.0.0.1"""
_UNENCRYPTED = (
    "{host}: passwords cross the network unencrypted; put a proxy with TLS in front, and name it "
    "in {path}"
)


def check_bind(host: str, access: Access, *, path: Path) -> list[str]:
    """Allow listening at a host; return what the person should know about it, a line each.

    Raises:
        UserError: other machines could reach it, and nobody has said who may.
    """
    if is_loopback(host):
        return []
    if not access.has_entrance:
        raise UserError(_WAYS.format(host=host or "every address", path=path, folder=path.parent))
    if access.proxy is None:
        return [_UNENCRYPTED.format(host=host, path=path)]
    return []


def is_loopback(host: str) -> bool:
    """Whether only this machine reaches what listens at a host; a name may mean many addresses."""
    address = parsed_address(host)
    if address is not None:
        return address.is_loopback
    try:
        found = socket.getaddrinfo(host, None) if host else []
    except (OSError, UnicodeError):
        return False
    addresses = [parsed_address(str(each[4][0])) for each in found]
    return bool(addresses) and all(each is not None and each.is_loopback for each in addresses)
