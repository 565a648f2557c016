"""`join`: several columns become one text, such as a date from its parts."""

from __future__ import annotations

import re
from dataclasses import dataclass

import polars as pl

from anfl_assets.collect.batch import Batch
from anfl_assets.collect.shape.step import Origin
from anfl_assets.config.expand import Environment
from anfl_assets.config.section import Section

_PART = re.compile(r"\{([^{}]+)\}")


@dataclass(frozen=True)
class Join:
    """`templates` are (column made, text with `{source column}` in it)."""

    templates: tuple[tuple[str, str], ...]

    @property
    def reads_all(self) -> bool:
        """Only the columns it names."""
        return False

    def before(self, names: tuple[str, ...]) -> tuple[str, ...]:
        """Return the other names and every column a template names."""
        made = dict(self.templates)
        parts = [part for text in made.values() for part in _PART.findall(text)]
        return tuple(dict.fromkeys((*(name for name in names if name not in made), *parts)))

    def apply(self, batch: Batch, _: Origin) -> Batch:
        """Add the columns; a row in which a part is null or empty has a null."""
        made = [_joined(text).alias(name) for name, text in self.templates]
        return Batch(batch.rows.with_columns(made), batch.rejects)


def _joined(template: str) -> pl.Expr:
    # Odd pieces are names, for the pattern has one group.
    pieces = [
        _text_of(piece) if position % 2 else pl.lit(piece)
        for position, piece in enumerate(_PART.split(template))
    ]
    return pl.concat_str(pieces, ignore_nulls=False)


def _text_of(name: str) -> pl.Expr:
    text = pl.col(name).cast(pl.String)
    return pl.when(text != "").then(text)


def read_join(item: Section, _: Environment) -> Join | None:
    """Read `join: {COLUMN: "{year}-Q{quarter}", …}`."""
    section = item.section("join")
    if section is None or not section.content:
        item.fault("join", 'column to make: text such as "{year}-Q{quarter}"')
        return None
    templates = {name: section.text(name) or "" for name in section.content}
    for name, text in templates.items():
        if not _PART.search(text) or set("{}") & set(_PART.sub("", text)):
            section.fault(name, 'a text with names of columns in braces, such as "{date} {time}"')
    return Join(tuple(templates.items()))
