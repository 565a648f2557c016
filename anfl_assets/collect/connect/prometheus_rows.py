"""Points of several queries become rows: one for each time and combination of labels.

Counts are rounded to whole numbers, each by at most a half, and as rounding keeps order, failures
stay among the requests. Cumulative buckets become log buckets of whole counts. A row in which no
query has a value says nothing and is left out.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from hashlib import blake2b
from itertools import accumulate, pairwise

import polars as pl

from anfl_assets.collect.batch import LINE
from anfl_assets.collect.connect.prometheus_answer import LE, Series, keyed
from anfl_assets.collect.connect.prometheus_queries import (
    TIME,
    WINDOW_START,
    Histogram,
    Queries,
    Query,
)
from anfl_assets.collect.convert.histogram import log_histogram
from anfl_assets.errors import SourceError
from anfl_assets.frames import TIMESTAMP

Key = tuple[int, tuple[str | None, ...]]  # time, then the values of `by`
Cell = float | list[int] | None
Values = dict[Key, dict[str, Cell]]
_DIGEST_BYTES = 8
_WHOLE = pl.List(pl.Int64)


def add_points(
    values: Values, asked: Query | Histogram, series: tuple[Series, ...], by: tuple[str, ...]
) -> None:
    """Add what was asked; a point of a histogram of which a bucket has no value has none.

    Raises:
        SourceError: the series are not one for each combination of the labels, or the bounds `le`
            are no bounds up to `+Inf`.

    """
    if isinstance(asked, Query):
        _add_query(values, asked, series, by)
    else:
        _add_histogram(values, asked, series, by)


def _add_query(
    values: Values, query: Query, series: tuple[Series, ...], by: tuple[str, ...]
) -> None:
    for labels, one in keyed(series, by):
        for at, value in one.points.items():
            is_counted = query.is_count and value is not None
            kept = float(round(value)) if is_counted and value is not None else value
            values.setdefault((at, labels), {})[query.name] = kept


def _add_histogram(
    values: Values, histogram: Histogram, series: tuple[Series, ...], by: tuple[str, ...]
) -> None:
    found: dict[Key, dict[float, float | None]] = {}
    for (*labels, bound), one in keyed(series, (*by, LE)):
        upper = _bound(bound)
        for at, value in one.points.items():
            found.setdefault((at, tuple(labels)), {})[upper] = value
    for key, cumulative in found.items():
        lists = _log_buckets(histogram, cumulative)
        if lists is not None:
            values.setdefault(key, {}).update(zip(histogram.columns, lists, strict=True))


def _bound(text: str | None) -> float:
    try:
        upper = float(text or "")
    except ValueError:
        upper = math.nan
    if math.isnan(upper):
        msg = f"le={text!r} is no bound: keep the label, as in sum by (…, le) (…)"
        raise SourceError(msg)
    return upper


def _log_buckets(
    histogram: Histogram, cumulative: dict[float, float | None]
) -> tuple[list[int], list[int]] | None:
    bounds = sorted(cumulative)
    below = [value for bound in bounds if (value := cumulative[bound]) is not None]
    if len(below) < len(bounds):
        return None
    # Extrapolation and sums over instances with unlike bounds may let a wider bucket hold less.
    rising = [round(value) for value in accumulate(below, max, initial=0.0)]
    counts = [above - under for under, above in pairwise(rising)]
    return log_histogram(bounds, counts, ms_per_unit=histogram.ms_per_unit)


def filled(values: Values, queries: Queries) -> Values:
    """Return the rows that say something, in order, absent points filled as the feed says."""
    rows: Values = {}
    for key in sorted(values, key=lambda key: (key[0], [label or "" for label in key[1]])):
        row = dict(values[key])
        if all(value is None for value in row.values()):
            continue
        for query in queries.read:
            row.setdefault(query.name, query.absent)
        rows[key] = row
    return rows


def digests(rows: Values) -> dict[Key, str]:
    """Return a short hash of each row; values equal to 12 digits are the same."""
    return {key: _digest(key, row) for key, row in rows.items()}


def _digest(key: Key, row: dict[str, Cell]) -> str:
    shown = [f"{v:.12g}" if isinstance(v, float) else repr(v) for _, v in sorted(row.items())]
    return blake2b(repr((key, shown)).encode(), digest_size=_DIGEST_BYTES).hexdigest()


def rows_frame(rows: Values, queries: Queries) -> pl.DataFrame:
    """Return the rows as source rows; LINE counts them from 1."""
    times = [key[0] for key in rows]
    columns: dict[str, pl.Series] = {
        TIME: _moments(times),
        WINDOW_START: _moments(at - queries.grid.step_s for at in times),
    }
    for position, label in enumerate(queries.by):
        columns[label] = pl.Series([key[1][position] for key in rows], dtype=pl.String)
    for query in queries.read:
        columns[query.name] = pl.Series(_cells(rows, query.name), dtype=pl.Float64)
    for name in () if queries.histogram is None else queries.histogram.columns:
        columns[name] = pl.Series(_cells(rows, name), dtype=_WHOLE)
    columns[LINE] = pl.Series(range(1, len(rows) + 1), dtype=pl.Int64)
    return pl.DataFrame(columns)


def _cells(rows: Values, name: str) -> Sequence[Cell]:
    return [row.get(name) for row in rows.values()]


def _moments(seconds: Iterable[int]) -> pl.Series:
    return pl.Series([datetime.fromtimestamp(at, UTC) for at in seconds], dtype=TIMESTAMP)
