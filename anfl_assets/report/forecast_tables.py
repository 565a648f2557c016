"""The tables that forecasts are kept in: history of its own, not tied to any build.

A vintage cannot be made again: once its days have come, nobody can forecast them. So rows that an
earlier version of this program wrote stay readable: a column that came later has a default in its
dataclass, and that is what older rows say.
"""

from __future__ import annotations

from dataclasses import MISSING, fields
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Collection
    from dataclasses import Field
    from datetime import date

    import polars as pl

    from anfl_assets.store.workspace import Workspace

# What a table has beyond the fields of a row: the origin day, by which its file is found, and the
# first day of the month it was made in, by which files are parted.
DATE = "date"
MONTH = "month"


def forecast_frame(
    workspace: Workspace, table: str, kind: type, dates: Collection[date] | None = None
) -> pl.LazyFrame | None:
    """Read lazily the rows of a table (of vintages with an origin among `dates` only).

    Frame: one column for each field of `kind`. None where nothing was kept, or where the rows lack
    something that has no default: then a version of this program wrote them that is not known here.
    """
    import polars as pl

    from anfl_assets.store import lake

    frame = lake.scan(workspace.forecast_path(table), dates)
    if frame is None:
        return None
    there = set(frame.collect_schema().names())
    if not {each.name for each in fields(kind) if each.default is MISSING} <= there:
        return None
    return frame.select(
        _column(each) if each.name in there else pl.lit(each.default).alias(each.name)
        for each in fields(kind)
    )


def rows_of(frame: pl.LazyFrame) -> list[dict[str, Any]]:
    """Collect a frame as dictionaries by column."""
    return frame.collect().to_dicts()


def _column(field: Field[Any]) -> pl.Expr:
    import polars as pl

    column = pl.col(field.name)
    is_known = field.default is not MISSING and field.default is not None
    return column.fill_null(pl.lit(field.default)) if is_known else column
