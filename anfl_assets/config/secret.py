"""Texts that must not be seen: addresses with passwords, tokens.

They come from the environment and go to the system they open, nowhere else.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

_USER_INFO = re.compile(r"(?<=://)[^/@\s]*@")
_HIDDEN = "***"


@dataclass(frozen=True)
class Secret:
    """A text that shows itself as `***` wherever it is printed, logged or serialised."""

    text: str = field(repr=False)

    def __str__(self) -> str:
        """Hide it."""
        return _HIDDEN

    def __repr__(self) -> str:
        """Hide it."""
        return f"Secret({_HIDDEN})"


def without_user(url: str) -> str:
    """Return a URL without user and password, fit to be shown."""
    return _USER_INFO.sub("", url).partition("?")[0]


def redacted(message: str, *secrets: Secret | None) -> str:
    """Return a message of another program without what must not be seen."""
    for secret in secrets:
        if secret is not None and secret.text:
            message = message.replace(secret.text, _HIDDEN)
    return _USER_INFO.sub(f"{_HIDDEN}@", message)
