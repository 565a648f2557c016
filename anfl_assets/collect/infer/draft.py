"""A guess as a feeds file: YAML in columns, with the reasons and what to check beside it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import yaml

from anfl_assets.collect.infer.expressions import Line, flow
from anfl_assets.frames import TABLES

_WIDEST = 60


@dataclass(frozen=True)
class Draft:
    """One feed of a draft.

    `place` are the keys that say where rows come from, as YAML values; `reasons` why the entity was
    taken; `others` which entities fit nearly as well; `unused` the columns nothing is made of.
    """

    name: str
    entity: str
    place: Mapping[str, str]
    columns: tuple[Line, ...]
    reasons: tuple[str, ...]
    root: str = "."
    notes: Mapping[str, str] = field(default_factory=dict)
    after: Mapping[str, str] = field(default_factory=dict)
    others: tuple[str, ...] = ()
    unused: tuple[str, ...] = ()


def feeds_yaml(draft: Draft, path: str) -> str:
    """Return the text of the feeds file; `path` is where it will stand, for the commands to try."""
    table = TABLES[draft.entity]
    head = [
        f"# A draft, to be checked by a person: {draft.entity} ({table.source}).",
        *_wrapped("# Why: ", draft.reasons),
        *_wrapped("# It might also be: ", draft.others),
        *_wrapped("# Not used: ", draft.unused),
        "#",
        f"#   anfl feeds check --feeds {path}",
        f"#   anfl feeds preview {draft.name} --feeds {path}",
        "",
        "organisation:",
        "  name: Example # the company these numbers are of",
        "",
        *([f"root: {flow(draft.root)}", ""] if draft.root != "." else []),
        "feeds:",
        f"  {draft.name}:",
        f"    entity: {draft.entity}",
    ]
    place = [
        line
        for key, value in draft.place.items()
        for line in _spread(Line(key, value, draft.notes.get(key, "")))
    ]
    after = [Line(key, value, draft.notes.get(key, "")) for key, value in draft.after.items()]
    body = [*_block(place, 4), "    columns:", *_block(draft.columns, 6), *_block(after, 4)]
    return "\n".join([*head, *body]) + "\n"


def _spread(line: Line) -> list[Line]:
    """Return a long mapping as a line for each of its keys, below its own."""
    content = yaml.safe_load(line.value) if len(line.value) > _WIDEST else None
    if not isinstance(content, dict):
        return [line]
    inner = [Line(f"  {key}", flow(value)) for key, value in content.items()]
    return [Line(line.column, "", line.why), *inner]


def _block(found: Sequence[Line], indent: int) -> list[str]:
    """Return lines whose comments begin in one column, unless a line is long."""
    texts = [f"{' ' * indent}{line.column}: {line.value}".rstrip() for line in found]
    short = [len(text) for text in texts if len(text) <= _WIDEST]
    width = max(short, default=0)
    return [
        f"{text:<{width}} # {line.why}" if line.why else text
        for text, line in zip(texts, found, strict=True)
    ]


def _wrapped(head: str, names: Sequence[str]) -> list[str]:
    if not names:
        return []
    rows, row = list[str](), head
    for place, name in enumerate(names):
        part = f"{name}{';' if place + 1 < len(names) else '.'} "
        if len(row) + len(part) > 96 and row != head:  # noqa: PLR2004 (a line of text)
            rows.append(row.rstrip())
            row = "#   "
        row += part
    return [*rows, row.rstrip()]
