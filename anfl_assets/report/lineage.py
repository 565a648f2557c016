"""Where a metric's numbers come from and go to, told by the SQL that a build ran.

The project may have changed since; what a build shows is explained by its own statements.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

_RELATION = re.compile(r'"lake"\."(\w+)"\."(\w+)"')
_RAW, _META = "raw", ("meta", "catalog")
_STAGING, _INTERMEDIATE = "stg_", "int_"


@dataclass(frozen=True)
class Lineage:
    """The models on the way to and from one: parents before children in each.

    `settings` are tables that say how to read (watermarks, targets), not what was measured.
    """

    entities: tuple[str, ...]
    staging: tuple[str, ...]
    intermediate: tuple[str, ...]
    marts: tuple[str, ...]
    settings: tuple[str, ...]


def lineage(compiled: Mapping[str, str], model: str) -> Lineage:
    """Return the lineage of a model; empty where the build has no such model."""
    read = {name: _relations(sql) for name, sql in compiled.items()}
    before = _reached(model, {name: [each for _, each in found] for name, found in read.items()})
    children: dict[str, list[str]] = {}
    for name, found in read.items():
        for _, parent in found:
            children.setdefault(parent, []).append(name)
    after = _reached(model, children) if model in read else []
    relations = [each for name in before for each in read.get(name, ())]
    models = [name for name in reversed(before) if name in read]
    return Lineage(
        entities=_named(relations, (_RAW,)),
        staging=tuple(name for name in models if name.startswith(_STAGING)),
        intermediate=tuple(name for name in models if name.startswith(_INTERMEDIATE)),
        marts=tuple(name for name in after if name != model),
        settings=_named(relations, _META),
    )


def _relations(sql: str) -> list[tuple[str, str]]:
    """Return the (schema, name) a statement reads, each once, in order of mention."""
    return list(dict.fromkeys(_RELATION.findall(sql)))


def _reached(start: str, edges: Mapping[str, list[str]]) -> list[str]:
    """Return what can be reached, nearest first; a name comes after all that lead to it."""
    seen: set[str] = set()
    ordered: list[str] = []

    def visit(name: str) -> None:
        if name in seen:
            return
        seen.add(name)
        for further in edges.get(name, ()):
            visit(further)
        ordered.append(name)

    visit(start)
    return ordered[::-1]


def _named(relations: list[tuple[str, str]], schemas: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for schema, name in relations if schema in schemas))
