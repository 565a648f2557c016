"""Rows of forecasts as frames, and how a frame is added to its table.

A vintage cannot be made again, so a table outlives the versions of this program: where rows have a
column the table has not, it is written again with it, once, null in the older rows
(`report/forecast_tables.py` reads them with that field's default). No column ever goes.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import fields
from datetime import date, datetime
from pathlib import Path
from typing import Any

import polars as pl

from anfl_assets.frames import TIMESTAMP
from anfl_assets.report.forecast_tables import DATE, MONTH
from anfl_assets.store import lake
from anfl_assets.store.tidy import tidy

_TYPES: dict[str, pl.DataType] = {
    "str": pl.String(),
    "bool": pl.Boolean(),
    "int": pl.Int64(),
    "float": pl.Float64(),
    "date": pl.Date(),
    "datetime": TIMESTAMP,
    "list[str]": pl.List(pl.String()),
    "list[str | None]": pl.List(pl.String()),
    "list[float]": pl.List(pl.Float64()),
    "list[float | None]": pl.List(pl.Float64()),
}


def frame_of(
    kind: type, rows: Sequence[Any], origins: Sequence[date], made_at: datetime
) -> pl.DataFrame:
    """Lay rows of a kind out as a table has them.

    `origins` has the origin day of each, by which rows are found; the month they were made in is
    their partition, so that a commit touches one.
    """
    schema = {each.name: _type(str(each.type)) for each in fields(kind)}
    frame = pl.DataFrame([vars(row) for row in rows], schema=schema, orient="row")
    month = pl.lit(made_at.date().replace(day=1)).alias(MONTH)
    return frame.with_columns(pl.Series(DATE, origins, dtype=pl.Date), month)


def absent(path: Path, rows: pl.DataFrame, key: Sequence[str]) -> pl.DataFrame:
    """Return those rows whose key no row of the table has, among those of the same origins."""
    kept = lake.scan(path, rows[DATE].unique().to_list())
    if kept is None or rows.is_empty():
        return rows
    return rows.join(kept.select(key).unique().collect(), on=key, how="anti", nulls_equal=True)


def add(path: Path, rows: pl.DataFrame, *, metadata: Mapping[str, str]) -> None:
    """Append rows in one commit and keep the table tidy; no commit where there are none.

    Raises:
        WorkspaceError: no space left.
        LandingError: the commit failed; nothing of it is visible.
    """
    if rows.is_empty():
        return
    kept = lake.scan(path)
    if kept is not None:
        rows = _as_wide(rows, _widened(path, rows.schema, metadata))
    lake.append(path, rows, metadata=metadata)
    tidy(path, metadata=metadata)


def _widened(path: Path, wanted: pl.Schema, metadata: Mapping[str, str]) -> pl.Schema:
    """Write the table again where it lacks a column, month by month; return its schema."""
    kept = lake.scan(path)
    assert kept is not None  # noqa: S101 - only a table that is there is widened
    schema = kept.collect_schema()
    wide = pl.Schema({**schema, **wanted})
    if wide.names() != schema.names():
        rows = lake.Stream(wide, _by_month(kept, wide))
        lake.overwrite(path, rows, metadata=metadata)
    return wide


def _by_month(kept: pl.LazyFrame, wide: pl.Schema) -> Iterator[pl.DataFrame]:
    months: Collection[date] = kept.select(MONTH).unique().collect()[MONTH].sort().to_list()
    for month in months:
        yield _as_wide(kept.filter(pl.col(MONTH) == month).collect(), wide)


def _as_wide(rows: pl.DataFrame, wide: pl.Schema) -> pl.DataFrame:
    return rows.select(
        pl.col(name).cast(kind) if name in rows.columns else pl.lit(None, dtype=kind).alias(name)
        for name, kind in wide.items()
    )


def _type(annotation: str) -> pl.DataType:
    return _TYPES.get(annotation) or _TYPES[annotation.removesuffix(" | None")]
