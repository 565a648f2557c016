"""Values inside JSON: found by a dotted path, written as the text a source column holds."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any, NoReturn

ABSENT = object()


class _NotJsonError(ValueError):
    """NaN or Infinity, which Python would read and no other reader would."""


def _refuse(constant: str) -> NoReturn:
    msg = f"{constant} is not a JSON number"
    raise _NotJsonError(msg)


# Raises ValueError or RecursionError for what is no JSON; fractions keep every digit.
decode = json.JSONDecoder(parse_float=Decimal, parse_constant=_refuse).decode


def at(record: object, name: str, path: tuple[str, ...]) -> object:
    """Return the value under the key `name`, else at the path, else ABSENT.

    A key of the record may itself hold dots (`zones.www.example.org.hits`): the shortest fits.
    """
    if isinstance(record, dict) and name in record:
        return record[name]
    value: Any = record
    key = ""
    for part in path:
        key = f"{key}.{part}" if key else part
        if not isinstance(value, dict):
            return ABSENT
        if key in value:
            value, key = value[key], ""
    return ABSENT if key else value


def as_text(value: object) -> str | None:
    """Return numbers as written, lists and objects as JSON (numbers in them to 15 digits)."""
    match value:
        case None:
            return None
        case str():
            return value
        case bool():
            return "true" if value else "false"
        case dict() | list():
            return json.dumps(value, default=float)
        case _:
            return None if value is ABSENT else str(value)
