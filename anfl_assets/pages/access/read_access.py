"""`access.yaml` of a data folder: who may see its pages from other machines.

```yaml
users:
  ana: {password_hash: "$argon2id$…", role: operator}     # `anfl users add ana` writes it
proxy:
  header: X-Forwarded-User
  from: [127.0.0.1, 10.0.0.0/8]
  operators: [ana]
  default_role: viewer
```

What stands under `users` is never repeated in a message: people put passwords in wrong places.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from ipaddress import ip_network
from pathlib import Path

from anfl_assets.config.file import read_section
from anfl_assets.config.secret import Secret
from anfl_assets.config.section import Section, nearest, scalar_text
from anfl_assets.errors import FaultyConfiguration
from anfl_assets.pages.access.people import Access, Network, Proxy, Role, User

FILE = "access.yaml"
USER_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@+-]{0,63}")
USER_NAME_RULE = "a name of up to 64 letters, digits and . _ @ + -"
_HEADER = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,63}")
# What every request has, or a person's browser lets a stranger's page choose.
_NO_HEADERS = ("authorization", "cookie", "host", "origin", "referer", "user-agent", "accept")
_HIDDEN = "something else (not shown)"
_WIDEST = {4: 8, 6: 16}
# 1 GiB: more would let each wrong password take the machine's memory.
_MOST_MEMORY_KIB = 1024 * 1024


class AccessError(FaultyConfiguration):
    """access.yaml is wrong."""


def read_access(path: Path) -> Access:
    """Read who may come in; nobody is named where there is no file.

    Raises:
        AccessError: unreadable or wrong, with all faults at once.
    """
    if not path.exists():
        return Access()
    section = _shown(read_section(path, AccessError))
    section.only(("users", "proxy"))
    access = Access(_users(section), _proxy(section.section("proxy")))
    if section.faults:
        raise AccessError(section.faults)
    return access


def _shown(section: Section) -> Section:
    """Return the file's section without what a fault of YAML's shape could repeat."""
    users = section.content.get("users")
    if users is None or isinstance(users, Mapping):
        return section
    section.fault("users", "a mapping of names to password_hash and role", _HIDDEN)
    return Section(section.file, "", {**section.content, "users": None}, section.faults)


def _users(section: Section) -> dict[str, User]:
    found = {}
    users = section.section("users")
    for name, content in users.content.items() if users else ():
        if not USER_NAME.fullmatch(name):
            section.fault("users", USER_NAME_RULE, "a name that is none")
        elif not isinstance(content, Mapping):
            section.fault(f"users.{name}", "a mapping with password_hash and role", _HIDDEN)
        elif users is not None:
            user = _user(name, users.inner(name, content))
            if user is not None:
                found[name] = user
    return found


def _user(name: str, section: Section) -> User | None:
    section.only(("password_hash", "role"))
    role = _role(section, "role", Role.VIEWER)
    text = section.content.get("password_hash")
    if not isinstance(text, str) or not is_password_hash(text):
        expected = f"an argon2id hash; `anfl users add {name}` asks for a password and writes it"
        section.fault("password_hash", expected, "nothing" if text is None else _HIDDEN)
        return None
    return User(name, role, Secret(text))


def is_password_hash(text: str) -> bool:
    """Whether a text is an argon2id hash that this machine can afford to check."""
    from argon2 import Type, extract_parameters
    from argon2.exceptions import InvalidHashError

    try:
        parameters = extract_parameters(text)
    except (InvalidHashError, ValueError):
        return False
    return parameters.type is Type.ID and parameters.memory_cost <= _MOST_MEMORY_KIB


def _proxy(section: Section | None) -> Proxy | None:
    if section is None:
        return None
    section.only(("header", "from", "operators", "default_role"))
    header = section.text("header")
    if header is not None and (not _HEADER.fullmatch(header) or header.casefold() in _NO_HEADERS):
        section.fault("header", "a header that only the proxy sets, such as X-Forwarded-User")
    networks = tuple(_networks(section))
    operators = frozenset(section.texts("operators") or ())
    role = _role(section, "default_role", Role.VIEWER)
    return Proxy(networks, header and header.lower(), operators, role)


def _networks(section: Section) -> list[Network]:
    given = section.texts("from")
    if not given:
        section.fault("from", "the proxy's addresses, such as [127.0.0.1]", "nothing")
    found = []
    for position, text in enumerate(given or ()):
        try:
            network = ip_network(text.strip(), strict=False)
        except ValueError:
            section.fault(f"from[{position}]", "an address or network such as 10.0.0.0/8", text)
            continue
        if network.prefixlen < _WIDEST[network.version]:
            section.fault(f"from[{position}]", "the proxy alone, not half the internet", text)
        found.append(network)
    return found


def _role(section: Section, key: str, default: Role) -> Role:
    text = scalar_text(section.content.get(key, default.value))
    options = [role.value for role in Role]
    if text not in options:
        section.fault(key, f"one of {', '.join(options)}{nearest(text, options)}", _HIDDEN)
        return default
    return Role(text)
