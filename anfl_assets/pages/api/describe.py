"""The API's description in OpenAPI 3.1, made of the operations and the types they answer with."""

from __future__ import annotations

import re
from collections.abc import Sequence
from importlib.metadata import version
from typing import Any

from pydantic import TypeAdapter

from anfl_assets.pages.api.answers import Refusal
from anfl_assets.pages.api.operation import Operation

_REFUSALS = {
    "400": "The request cannot be answered as it was put",
    "401": "Nobody we know asks",
    "403": "Whoever asks may not do this",
    "404": "Nothing is there",
    "503": "It cannot be read just now",
}
_CONVERTED = re.compile(r"\{(\w+):\w+\}")


def describe(operations: Sequence[Operation]) -> dict[str, Any]:
    """Return the OpenAPI document."""
    schemas: dict[str, Any] = {}
    paths: dict[str, dict[str, Any]] = {}
    for each in operations:
        path = _CONVERTED.sub(r"{\1}", each.path)
        paths.setdefault(path, {})[each.method.lower()] = _operation(each, schemas)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "ANFL Metrics",
            "version": version("anfl-metrics"),
            "description": "Status, history and incidents of one data folder. Times are UTC.",
        },
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": {"password": {"type": "http", "scheme": "basic"}},
        },
        # On loopback nobody is asked who they are.
        "security": [{}, {"password": []}],
    }


def _operation(operation: Operation, schemas: dict[str, Any]) -> dict[str, Any]:
    described: dict[str, Any] = {
        "operationId": operation.operation_id,
        "summary": operation.summary,
        "parameters": [each.described() for each in operation.parameters],
        "responses": {
            "200": _content("The answer", _schema(operation.answers, schemas)),
            **{
                code: _content(about, _schema(Refusal, schemas))
                for code, about in _REFUSALS.items()
            },
        },
    }
    if operation.body is not None:
        described["requestBody"] = {
            "required": False,
            **_content("", _schema(operation.body, schemas)),
        }
        del described["requestBody"]["description"]
    return described


def _content(about: str, schema: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
    return {"description": about, "content": {"application/json": {"schema": schema}}}


def _schema(kind: Any, schemas: dict[str, Any]) -> Any:  # noqa: ANN401 - any type, JSON
    made = TypeAdapter(kind).json_schema(
        ref_template="#/components/schemas/{model}", mode="serialization"
    )
    schemas.update(made.pop("$defs", {}))
    title = made.get("title")
    if title and made.get("type") == "object":
        schemas[title] = made
        return {"$ref": f"#/components/schemas/{title}"}
    return made
