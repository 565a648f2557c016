"""`explode`: one row with a list becomes one row for each of its items."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import polars as pl

from anfl_assets.collect.batch import BODY, Batch
from anfl_assets.collect.convert.casting import failures
from anfl_assets.collect.convert.texts import to_texts
from anfl_assets.collect.formats.json_values import as_text, at, decode
from anfl_assets.collect.rejects import rejects_of
from anfl_assets.collect.shape.step import Origin
from anfl_assets.config.expand import Environment
from anfl_assets.config.section import Section


@dataclass(frozen=True)
class Explode:
    """The items of `column`: parts of a text (`separator`), a JSON list, or with `key` an object.

    Afterwards the column holds one item as text, `key` an object's key, and `fields` the wanted
    parts of items that are objects, as `column.field`. A row without a text, or with an empty list,
    has no items and gives no row; a text that is no list is a reject. A row made of a part of
    another has no BODY.
    """

    column: str
    separator: str | None = None
    key: str | None = None
    fields: tuple[str, ...] = ()

    @property
    def reads_all(self) -> bool:
        """Only its column."""
        return False

    def bound(self, names: tuple[str, ...]) -> Explode:
        """Return the step with the fields that are asked for after it."""
        inner = f"{self.column}."
        found = [name.removeprefix(inner) for name in names if name.startswith(inner)]
        return replace(self, fields=tuple(dict.fromkeys(found)))

    def before(self, names: tuple[str, ...]) -> tuple[str, ...]:
        """Return its column, and all names but the key and the fields."""
        made = {self.key, *(f"{self.column}.{name}" for name in self.fields)}
        return tuple(dict.fromkeys((*(name for name in names if name not in made), self.column)))

    def apply(self, batch: Batch, _: Origin) -> Batch:
        """Make the rows of the items, in order."""
        rows = batch.rows.with_columns(to_texts(batch.rows[self.column]).values.alias(self.column))
        if self.separator is not None:
            return Batch(self._split(rows, self.separator), batch.rejects)
        items = self._items(rows[self.column])
        is_failed = pl.Series(items.failed, dtype=pl.Boolean)
        kind = "JSON list" if self.key is None else "JSON object"
        failed = failures(rows[self.column], is_failed, "not_a_list", f"is no {kind}")
        rejects = [batch.rejects, rejects_of(batch.rows, failed)]
        long = rows.drop(BODY, strict=False)[items.rows].with_columns(
            pl.Series(name, texts, pl.String) for name, texts in items.columns.items()
        )
        return Batch(long, pl.concat(rejects))

    def _split(self, rows: pl.DataFrame, separator: str) -> pl.DataFrame:
        text = pl.col(self.column)
        told = rows.drop(BODY, strict=False).filter(text.str.strip_chars() != "")
        split = told.with_columns(text.str.split(separator)).explode(self.column)
        return split.with_columns(text.str.strip_chars())

    def _items(self, texts: pl.Series) -> _Items:
        paths = {name: tuple(name.split(".")) for name in self.fields}
        made = [f"{self.column}.{name}" for name in self.fields]
        items = _Items({name: [] for name in (self.column, *filter(None, [self.key]), *made)})
        for row, text in enumerate(texts.to_list()):
            found = _listed(text, is_keyed=self.key is not None)
            items.failed.append(found is None)
            for key, item in found or ():
                items.rows.append(row)
                items.columns[self.column].append(as_text(item))
                if self.key is not None:
                    items.columns[self.key].append(key)
                for name, path in paths.items():
                    items.columns[f"{self.column}.{name}"].append(as_text(at(item, name, path)))
        return items


@dataclass
class _Items:
    """Items of every row: their columns, the row each came from, and the rows that failed."""

    columns: dict[str, list[str | None]]
    rows: list[int] = field(default_factory=list)
    failed: list[bool] = field(default_factory=list)


def _listed(text: str | None, *, is_keyed: bool) -> list[tuple[str, object]] | None:
    """Return the items with their keys; None where the text is no such list."""
    if text is None or not text.strip():
        return []
    try:
        value = decode(text)
    except (ValueError, RecursionError):
        return None
    if is_keyed:
        return list(value.items()) if isinstance(value, dict) else None
    return [("", item) for item in value] if isinstance(value, list) else None


def read_explode(item: Section, _: Environment) -> Explode | None:
    """Read `explode: {column: NAME, separator: ";"}`, or with `key`, or with the column alone."""
    section = item.section("explode")
    if section is None:
        item.fault("explode", "column, and where it applies separator or key")
        return None
    section.only(("column", "separator", "key"))
    column, separator, key = (section.text(name) for name in ("column", "separator", "key"))
    if not column:
        section.fault("column", "the column that holds the list")
        return None
    if separator is not None and (key is not None or not separator):
        section.fault("separator", "a text between items, and no key: only JSON objects have keys")
    return Explode(column, separator or None, key)
