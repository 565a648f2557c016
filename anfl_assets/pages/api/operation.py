"""One operation of the API, declared once: its route and its description both come of it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from starlette.requests import Request

# Answers with a value of the type the operation declares.
Handler: TypeAlias = Callable[[Request], Awaitable[Any]]


@dataclass(frozen=True)
class Parameter:
    """A parameter in the path or the query; `kind` is a JSON schema type, or a format of text."""

    name: str
    about: str
    place: Literal["query", "path"] = "query"
    kind: Literal["string", "integer", "date-time"] = "string"

    def described(self) -> dict[str, Any]:
        """Return it as OpenAPI has it."""
        schema = (
            {"type": "string", "format": self.kind}
            if self.kind == "date-time"
            else {"type": self.kind}
        )
        return {
            "name": self.name,
            "in": self.place,
            "required": self.place == "path",
            "description": self.about,
            "schema": schema,
        }


@dataclass(frozen=True)
class Operation:
    """A method and a path, who handles it and what it answers; `body` is the JSON it takes."""

    method: Literal["GET", "POST"]
    path: str
    operation_id: str
    summary: str
    handler: Handler
    answers: Any
    parameters: tuple[Parameter, ...] = ()
    body: Any = None
