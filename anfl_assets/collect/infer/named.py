"""What a name and a cell say by themselves: the words of a name, whether a text is a value."""

from __future__ import annotations

import re

_BREAK = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|[^A-Za-z0-9%]+")
_VALUE = re.compile(r"[-+]?\d[\d.,:/ TZ+-]*(?:[eE][-+]?\d+)?")


def words(name: str) -> str:
    """Return a name's words in lower case: `InvoiceDate` is `invoice date`."""
    return " ".join(part.lower() for part in _BREAK.split(name) if part)


def is_value(text: str) -> bool:
    """Whether a cell of a first line looks like a value, not like a name."""
    return bool(_VALUE.fullmatch(text.strip()))
