"""A request to a provider, and what the provider answers: plain data, without a web framework."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

from anfl_assets.deliver.sandbox.received import Draft


@dataclass(frozen=True)
class Call:
    """One request: `name` is the part of the path that says what is asked for."""

    name: str
    headers: Mapping[str, str]
    body: bytes
    query: Mapping[str, str] = field(default_factory=dict)
    origin: str = ""

    @property
    def identity(self) -> str:
        """Return what is equal for two attempts with the same content."""
        return hashlib.sha256(self.name.encode() + b"\0" + self.body).hexdigest()[:16]

    def json(self) -> object:
        """Return the body as JSON, None if it is none."""
        try:
            return json.loads(self.body)
        except ValueError:
            return None

    def form(self) -> dict[str, str]:
        """Return the body as the fields of a form."""
        return dict(parse_qsl(self.body.decode(errors="replace"), keep_blank_values=True))

    @property
    def is_json(self) -> bool:
        """Whether the body says it is JSON."""
        return self.headers.get("content-type", "").startswith("application/json")


@dataclass(frozen=True)
class Answer:
    """What the provider says; `draft` is what is remembered, None for mere questions."""

    status: int
    body: Mapping[str, Any] | str
    draft: Draft | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


def object_of(value: object) -> dict[str, Any]:
    """Return a JSON object as it is, anything else as an empty one."""
    return value if isinstance(value, dict) else {}


def text_of(value: object) -> str | None:
    """Return a name or number as text, None for anything else and for an empty text."""
    is_text = isinstance(value, str | int) and not isinstance(value, bool)
    return str(value) or None if is_text else None
