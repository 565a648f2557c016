"""`histogram`: counts below fixed bounds, a column each, become the lake's log histogram.

Made for Prometheus's `…_bucket` counters, after `rate` has turned them into counts of a window.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise

import polars as pl

from anfl_assets.collect.batch import Batch
from anfl_assets.collect.convert.casting import failures, merged
from anfl_assets.collect.convert.histogram import log_histogram
from anfl_assets.collect.convert.numbers import to_integers
from anfl_assets.collect.rejects import rejects_of
from anfl_assets.collect.shape.step import Origin
from anfl_assets.config.expand import Environment
from anfl_assets.config.section import Section

BUCKETS, COUNTS = "latency_buckets", "latency_counts"
_MS_PER_UNIT = {"ms": 1.0, "s": 1000.0}


@dataclass(frozen=True)
class Histogram:
    """Columns by upper bound, each counting all that is not above it (`le`), the last infinite.

    Makes `latency_buckets` and `latency_counts`. Windows cut counters at their edges to whole
    numbers, so that a count may be one below that of a smaller bound: it is taken as equal. A row
    without one of its counts is a reject.
    """

    columns: Mapping[float, str]
    ms_per_unit: float

    @property
    def reads_all(self) -> bool:
        """Only its columns."""
        return False

    def before(self, names: tuple[str, ...]) -> tuple[str, ...]:
        """Return its columns, and all names but those it makes."""
        others = (name for name in names if name not in (BUCKETS, COUNTS))
        return tuple(dict.fromkeys((*others, *self.columns.values())))

    def apply(self, batch: Batch, _: Origin) -> Batch:
        """Add the two columns."""
        rows = batch.rows
        casts = [to_integers(rows[name], pl.Int64(), 1.0) for name in self.columns.values()]
        missing = [
            failures(rows[name], rows[name].is_null(), "missing_reading", "is missing")
            for name in self.columns.values()
        ]
        failed = merged([*(part for cast in casts for part in cast.failures), *missing])
        kept = rows.with_row_index("__row__").filter(~pl.col("__row__").is_in(list(failed["row"])))
        counts = pl.DataFrame([cast.values for cast in casts])[kept["__row__"]]
        made = [self._spread(row) for row in counts.iter_rows()]
        lists = {BUCKETS: [str(one) for one, _ in made], COUNTS: [str(two) for _, two in made]}
        columns = (pl.Series(name, texts, pl.String) for name, texts in lists.items())
        return Batch(
            kept.drop("__row__").with_columns(*columns),
            pl.concat([batch.rejects, rejects_of(rows, failed)]),
        )

    def _spread(self, cumulative: Sequence[int]) -> tuple[list[int], list[int]]:
        rising = [0, *accumulate(cumulative, max)]
        counts = [high - low for low, high in pairwise(rising)]
        return log_histogram(tuple(self.columns), counts, ms_per_unit=self.ms_per_unit)


def read_histogram(item: Section, _: Environment) -> Histogram | None:
    """Read `histogram: {unit: s, columns: {0.1: COLUMN, +Inf: COLUMN}}`."""
    section = item.section("histogram")
    if section is None:
        item.fault("histogram", "unit, and columns by upper bound")
        return None
    section.only(("unit", "columns"))
    unit = section.choice("unit", tuple(_MS_PER_UNIT))
    if "unit" not in section.content:
        section.fault("unit", f"what the bounds are in: {' or '.join(_MS_PER_UNIT)}", "nothing")
    inner = section.section("columns")
    if inner is None:
        section.fault("columns", "upper bound to column, such as {0.1: fast, +Inf: all}")
        return None
    columns = {
        bound: inner.text(text) or ""
        for text in inner.content
        if (bound := _bound(inner, text)) is not None
    }
    ascending = dict(sorted(columns.items()))
    if len(ascending) < 2 or math.inf not in ascending:  # noqa: PLR2004
        section.fault("columns", "at least one finite bound, and +Inf for all")
        return None
    return Histogram(ascending, _MS_PER_UNIT[unit]) if unit else None


def _bound(section: Section, text: str) -> float | None:
    try:
        bound = float(text)
    except ValueError:
        bound = math.nan
    if math.isnan(bound) or bound == -math.inf:
        section.fault(text, "an upper bound such as 0.25 or +Inf", text)
        return None
    return bound
