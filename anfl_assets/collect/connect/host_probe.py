"""What is probed: one page or one port, and reading them from YAML.

- {component: pages, url: "http://127.0.0.1:3000/server_info"}     # up: status below 400
- {component: login, url: "https://x.example/login", expect: 401}  # up: this status
- {component: database, address: 127.0.0.1, port: 5432}            # up: the port takes a call
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from anfl_assets.config.expand import Environment
from anfl_assets.config.section import Section

_STATUSES = range(100, 600)
_PORTS = range(1, 65_536)
_FORMS = "either url, or address and port"


@dataclass(frozen=True)
class Page:
    """An HTTP page; `expect` None: any status below 400."""

    component: str
    url: str
    expect: int | None = None

    @property
    def address(self) -> str:
        """The URL without its query, where tokens stand."""
        return self.url.partition("?")[0]

    def is_up(self, status: int) -> bool:
        """Whether a status says that the page is as it should be."""
        return status < 400 if self.expect is None else status == self.expect  # noqa: PLR2004 (HTTP)


@dataclass(frozen=True)
class Port:
    """A TCP port that takes calls."""

    component: str
    host: str
    port: int

    @property
    def address(self) -> str:
        """Host and port."""
        return f"{self.host}:{self.port}"


Probe = Page | Port


def read_probes(section: Section, env: Environment) -> tuple[Probe, ...]:
    """Return the probes of the list at `probes`; faults noted, empty where one is wrong."""
    before = len(section.faults)
    probes = tuple(_probes(section, env))
    if not probes and len(section.faults) == before:
        section.fault("probes", "a list of at least one {component, url} or {component, …}")
    names = [probe.component for probe in probes]
    for name in sorted({name for name in names if names.count(name) > 1}):
        section.fault("probes", "each component once", repr(name))
    return probes if len(section.faults) == before else ()


def _probes(section: Section, env: Environment) -> Iterator[Probe]:
    for item in section.items("probes"):
        item.only(("component", "url", "expect", "address", "port"))
        component = item.text("component")
        if not component:
            item.fault("component", "a name for what is probed", "nothing")
        kinds = [kind for kind in ("url", "address") if kind in item.content]
        if len(kinds) != 1:
            item.fault("", _FORMS, ", ".join(kinds) or "neither")
            continue
        read = _page if kinds == ["url"] else _port
        if (probe := read(item, component or "", env)) is not None:
            yield probe


def _page(item: Section, component: str, env: Environment) -> Page | None:
    url = env.expanded(item, "url", item.text("url") or "")
    if not _is_page(url):
        item.fault("url", "http://host/path or https://…, without user and password", "***")
        return None
    if "port" in item.content:
        item.fault("port", _FORMS)
    return Page(component, url, _number(item, "expect", _STATUSES, env))


def _is_page(url: str) -> bool:
    try:
        parts = urlsplit(url)
        has_host = bool(parts.hostname) and (parts.port is None or parts.port in _PORTS)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and has_host and "@" not in parts.netloc


def _port(item: Section, component: str, env: Environment) -> Port | None:
    host = env.expanded(item, "address", item.text("address") or "")
    port = _number(item, "port", _PORTS, env)
    if "port" not in item.content:
        item.fault("port", "the port's number, 1 to 65535", "nothing")
    if "expect" in item.content:
        item.fault("expect", "no expect: only pages answer with a status")
    if not host:
        item.fault("address", "a host name or address", "nothing")
    return Port(component, host, port) if host and port is not None else None


def _number(item: Section, key: str, allowed: range, env: Environment) -> int | None:
    text = item.text(key)
    if text is None:
        return None
    expanded = env.expanded(item, key, text)
    if not expanded.isdecimal() or int(expanded) not in allowed:
        item.fault(key, f"a whole number from {allowed[0]} to {allowed[-1]}")
        return None
    return int(expanded)
