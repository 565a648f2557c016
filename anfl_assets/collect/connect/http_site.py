"""Where an HTTP source is and how it lets us in, read from a feed.

Secrets come from the environment only: a password written into a file's URL is a fault. The URL
that is kept names neither user nor password.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import SplitResult, unquote, urlsplit

from anfl_assets.config.expand import Environment
from anfl_assets.config.secret import Secret, without_user
from anfl_assets.config.section import Section

KEYS = ("url", "token", "user", "password")
_BARE_VARIABLE = re.compile(r"\$\{\w+\}")
_WRITTEN_USER = re.compile(r"://[^/@\s]*[^/@\s:][^/@\s]*@")
_HEADER_TEXT = re.compile(r"[\x20-\x7e]*")


@dataclass(frozen=True)
class Site:
    """An address, and a bearer token or a user with password where it asks for them."""

    url: str
    token: Secret | None = None
    user: Secret | None = None
    password: Secret | None = None

    @property
    def address(self) -> str:
        """The URL without its query, fit to be shown."""
        return without_user(self.url)

    @property
    def secrets(self) -> tuple[Secret | None, ...]:
        """What must not be seen in what the other side says."""
        return (self.token, self.password)


def read_site(section: Section, env: Environment) -> Site | None:
    """Return the site of a section with KEYS, None where it is at fault."""
    token = _credential(section, "token", env)
    user, password = _credential(section, "user", env), _credential(section, "password", env)
    parts = _address(section, env)
    if parts is None:
        return None
    if parts.username:
        user, password = Secret(unquote(parts.username)), Secret(unquote(parts.password or ""))
    if (user is None) is not (password is None):
        section.fault("user", "user and password, or neither", "one of them")
    if token is not None and user is not None:
        section.fault("token", "either a token, or user and password", "both")
    place = parts.netloc.rpartition("@")[2]
    return Site(parts._replace(netloc=place, fragment="").geturl(), token, user, password)


def _credential(section: Section, key: str, env: Environment) -> Secret | None:
    """Return a secret fit for a header; an empty one is none."""
    secret = env.secret(section, key)
    text = "" if secret is None else secret.text.strip()
    if key == "token" and not _HEADER_TEXT.fullmatch(text):
        section.fault(key, "a token of printable ASCII characters", "***")
        return None
    return Secret(text) if text else None


def _address(section: Section, env: Environment) -> SplitResult | None:
    text = section.text("url")
    if text is None:
        section.fault("url", "an address such as http://127.0.0.1:9090", "nothing")
        return None
    shown = without_user(text)
    if _WRITTEN_USER.search(_BARE_VARIABLE.sub("", text)):
        expected = "an address without user and password: they come from variables"
        section.fault("url", expected, shown)
        return None
    before = len(section.faults)
    expanded = env.expanded(section, "url", text).strip()
    if len(section.faults) > before:
        return None
    parts = _split(expanded)
    if parts is None:
        section.fault("url", "http:// or https://, a host and perhaps a port and a path", shown)
    return parts


def _split(url: str) -> SplitResult | None:
    try:
        parts = urlsplit(url)
        is_whole = parts.scheme in ("http", "https") and bool(parts.hostname)
        # A port out of range is found when it is asked for. An @ behind the host is a password's
        # that should have been written %40: the rest of it must not pass for a path.
        is_whole = is_whole and (parts.port is None or parts.port > 0) and "@" not in parts.path
    except ValueError:
        return None
    return parts if is_whole and url.isprintable() and " " not in url else None
