"""`unpivot`: a wide table, in which names of columns hold values, becomes a long one."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from anfl_assets.collect.batch import BODY, LINE, Batch
from anfl_assets.collect.shape.groups import group_names, groups_of
from anfl_assets.collect.shape.step import Origin
from anfl_assets.config.expand import Environment
from anfl_assets.config.section import Section
from anfl_assets.errors import SourceError

# What the named groups said, in their order; then which source column holds which measure of it.
_Places = dict[tuple[str | None, ...], dict[str, str]]


@dataclass(frozen=True)
class Unpivot:
    """One row for each combination of the groups, with every measure as a column of its own.

    `measures` are (column made, regex over the names of source columns); all have the same named
    `groups`, which become columns too. Columns that no regex finds stay with each row. Where a
    combination has no text in any of its measures there is no row: an empty cell of a wide table
    says that there is nothing to tell. A row made of a part of another has no BODY.
    """

    measures: tuple[tuple[str, str], ...]
    groups: tuple[str, ...]

    @property
    def reads_all(self) -> bool:
        """Whether it needs every column: it looks for them by pattern."""
        return True

    def before(self, names: tuple[str, ...]) -> tuple[str, ...]:
        """Return all names but the measures and the groups."""
        made = self._made
        return tuple(name for name in names if name not in made)

    def apply(self, batch: Batch, origin: Origin) -> Batch:
        """Make the long rows, in the order of the wide ones.

        Raises:
            SourceError: a measure has no column, or two columns for the same groups.

        """
        names = [name for name in batch.rows.columns if name not in (LINE, BODY)]
        places = self._places(names, origin) if batch.rows.height else {}
        held = {name for columns in places.values() for name in columns.values()}
        kept = [name for name in names if name not in held and name not in self._made]
        parts = [self._part(batch.rows, kept, at) for at in places.items()]
        if not parts:
            made = [pl.lit(None, pl.String).alias(name) for name in self._made]
            return Batch(batch.rows.select(LINE, *kept).with_columns(made), batch.rejects)
        long = pl.concat(parts, how="vertical_relaxed")
        return Batch(long.sort(LINE, maintain_order=True), batch.rejects)

    @property
    def _made(self) -> set[str]:
        return {*self.groups, *dict(self.measures)}

    def _places(self, names: list[str], origin: Origin) -> _Places:
        places: _Places = {}
        for measure, pattern in self.measures:
            found = {name: groups_of(name, pattern) for name in names}
            matches = {name: groups for name, groups in found.items() if groups is not None}
            if not matches:
                msg = f"{origin.path}: no column matches `{measure}: {pattern}` of unpivot"
                raise SourceError(f"{msg}. Found: {', '.join(names)[:2000]}")
            for name, groups in matches.items():
                place = places.setdefault(tuple(groups[group] for group in self.groups), {})
                if measure in place:
                    msg = (
                        f"{origin.path}: the columns {place[measure]!r} and {name!r} are both "
                        f"{measure} of the same {', '.join(self.groups)}; narrow the pattern"
                    )
                    raise SourceError(msg)
                place[measure] = name
        return places

    def _part(
        self,
        rows: pl.DataFrame,
        kept: list[str],
        at: tuple[tuple[str | None, ...], dict[str, str]],
    ) -> pl.DataFrame:
        parts, columns = at
        is_told = [
            _is_told(pl.col(name), rows.schema[name]) for name in dict.fromkeys(columns.values())
        ]
        return rows.filter(pl.any_horizontal(is_told)).select(
            LINE,
            *kept,
            *(
                pl.lit(part, pl.String).alias(group)
                for group, part in zip(self.groups, parts, strict=True)
            ),
            *(
                (pl.col(columns[name]) if name in columns else pl.lit(None)).alias(name)
                for name, _ in self.measures
            ),
        )


def _is_told(value: pl.Expr, dtype: pl.DataType) -> pl.Expr:
    is_there = value.is_not_null()
    return is_there & (value.str.strip_chars() != "") if dtype == pl.String else is_there


def read_unpivot(item: Section, _: Environment) -> Unpivot | None:
    """Read `unpivot: {MEASURE: REGEX, …}`."""
    section = item.section("unpivot")
    if section is None or not section.content:
        item.fault("unpivot", "column to make: regular expression over names of source columns")
        return None
    measures = {name: section.text(name) or "" for name in section.content}
    groups = {name: group_names(pattern) for name, pattern in measures.items()}
    first = next(iter(groups.values())) or ()
    for name, found in groups.items():
        if not found:
            section.fault(name, "a regular expression with named groups such as (?<service>.+)")
        elif set(found) != set(first):
            section.fault(name, f"the named groups of the first: {', '.join(first)}")
        elif set(found) & set(measures):
            section.fault(name, "groups that are not named as a measure is")
    if section.faults or not first:
        return None
    return Unpivot(tuple(measures.items()), first)
