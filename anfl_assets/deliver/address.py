"""Which addresses a request may go to.

A webhook's address is written by whoever writes `alerts.yaml`; it must not turn this machine into a
door to its own network. A public host is https and all its addresses are public.
"""

from __future__ import annotations

import ipaddress
import socket
from dataclasses import dataclass
from urllib.parse import urlsplit

from anfl_assets.deliver.channel import Refused

_LOOPBACK_NAMES = frozenset({"localhost"})
# Addresses of these carry an IPv4 address that is reached through a translator (RFC 6052, 8215).
_NAT64 = (ipaddress.ip_network("64:ff9b::/96"), ipaddress.ip_network("64:ff9b:1::/48"))
# Shared by many customers of one provider (RFC 6598); IPv4-compatible addresses.
_NOT_PUBLIC = (ipaddress.ip_network("100.64.0.0/10"), ipaddress.ip_network("::/96"))

_Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class Unreachable(Exception):
    """A host has no address now."""


@dataclass(frozen=True)
class Guard:
    """What may be connected to; `only_public` refuses every address of a network of our own."""

    only_public: bool

    def addresses(self, host: str, port: int) -> list[str]:
        """Return the addresses of a host, each of them allowed.

        Raises:
            Unreachable: it has none now.
            Refused: one of them is not public, so none is used.
        """
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            raise Unreachable(f"its name could not be resolved ({_words(error)})") from None
        addresses = list(dict.fromkeys(str(entry[4][0]) for entry in found))
        for address in addresses:
            if self.only_public and not is_public(address):
                raise Refused(
                    f"{host} is at {address}, not a public address; "
                    "write `allow_private: true` beside the url if it is meant"
                )
        return addresses


def is_public(address: str) -> bool:
    """Return whether an address is one of the internet, also where it wraps another."""
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    return all(_is_public(each) for each in (parsed, *_wrapped(parsed)))


def url_fault(url: str) -> str | None:
    """Return what a channel's address must be, None where it is: https, or http to loopback."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return "a web address"
    if not host or any(letter.isspace() or not letter.isprintable() for letter in url):
        return "a web address such as https://hooks.example.org/alerts"
    if parts.scheme == "https" or (parts.scheme == "http" and _is_loopback(host)):
        return None
    return "an https:// address (http:// only to 127.0.0.1, ::1 or localhost)"


def host_of(url: str) -> str:
    """Return the host of an address, fit to be shown where the rest is a secret."""
    return urlsplit(url).hostname or ""


def is_loopback_url(url: str) -> bool:
    """Return whether an address is this machine's own."""
    return _is_loopback(host_of(url))


def _is_loopback(host: str) -> bool:
    try:
        return host in _LOOPBACK_NAMES or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _is_public(address: _Address) -> bool:
    if address.is_multicast or address.is_unspecified or address.is_reserved:
        return False
    if any(address in network for network in _NOT_PUBLIC if network.version == address.version):
        return False
    return address.is_global


def _wrapped(address: _Address) -> list[_Address]:
    if isinstance(address, ipaddress.IPv4Address):
        return []
    inner: list[_Address] = [each for each in (address.ipv4_mapped, address.sixtofour) if each]
    inner.extend(address.teredo or ())
    if any(address in network for network in _NAT64):
        inner.append(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF))
    return inner


def _words(error: Exception) -> str:
    return (error.strerror if isinstance(error, OSError) else None) or type(error).__name__
