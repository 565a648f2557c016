"""Who looks at the pages, and what an organisation has said about who may."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import TypeAlias

from anfl_assets.config.secret import Secret

Network: TypeAlias = IPv4Network | IPv6Network
Address: TypeAlias = IPv4Address | IPv6Address
# How we know who sits at this machine: we do not, nobody logs in there.
HERE = "this machine"


class Role(StrEnum):
    """What somebody may do: a viewer reads; an operator acknowledges and silences as well."""

    VIEWER = "viewer"
    OPERATOR = "operator"


@dataclass(frozen=True)
class Viewer:
    """Somebody at the pages; `via` says how we know: this machine, login, password or proxy."""

    name: str
    role: Role
    via: str

    @property
    def is_operator(self) -> bool:
        """Whether they may acknowledge and silence."""
        return self.role is Role.OPERATOR


@dataclass(frozen=True)
class User:
    """Somebody with a password of ours."""

    name: str
    role: Role
    password_hash: Secret


@dataclass(frozen=True)
class Proxy:
    """A reverse proxy that is believed: who somebody is, where the request began, and its TLS.

    Without a `header` it is believed about the latter two only, and our users log in behind it.
    """

    networks: tuple[Network, ...]
    header: str | None = None
    operators: frozenset[str] = frozenset()
    default_role: Role = Role.VIEWER

    def is_at(self, address: str | None) -> bool:
        """Whether a request from this address comes from the proxy."""
        found = parsed_address(address)
        return found is not None and any(
            found in network for network in self.networks if network.version == found.version
        )

    def viewer(self, name: str) -> Viewer:
        """Return who the proxy says it is."""
        role = Role.OPERATOR if name in self.operators else self.default_role
        return Viewer(name, role, "proxy")


@dataclass(frozen=True)
class Access:
    """Who may come in, as `access.yaml` says; nothing at all where there is no such file."""

    users: Mapping[str, User] = field(default_factory=dict)
    proxy: Proxy | None = None

    @property
    def is_open(self) -> bool:
        """Whether nobody is asked who they are: then this machine's own address is the only one."""
        return not self.users and self.proxy is None

    @property
    def has_entrance(self) -> bool:
        """Whether somebody from elsewhere can come in at all."""
        return bool(self.users) or (self.proxy is not None and self.proxy.header is not None)


def parsed_address(text: str | None) -> Address | None:
    """Return an IP address, an IPv4 one also where it is written as IPv6; None for other text."""
    try:
        found = ip_address(text or "")
    except ValueError:
        return None
    mapped = found.ipv4_mapped if isinstance(found, IPv6Address) else None
    return found if mapped is None else mapped
