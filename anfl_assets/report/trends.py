"""Trends as they were computed last (§3.1): rows of the lake, worst first, for whoever shows them.

Computing is `flow/analysis`' work. Simulated data and old data are told by whoever shows a row, as
for any other value.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import datetime
from typing import TYPE_CHECKING

from anfl_assets.report.analysis_tables import stored_rows

if TYPE_CHECKING:
    from anfl_assets.report.published import Published

TABLE = "trends"
VERDICTS = ("worsening", "improving", "flat", "insufficient")


@dataclass(frozen=True)
class TrendRow:
    """One subject of one metric over one window of a trend of the catalog. Times are UTC.

    `level`, `last` and `change` (slope over the window) are in `unit`, slopes in unit per
    `slope_per`; intervals are of 95 %, an end of None says that the data do not bound it.
    `told` is the change the verdict speaks of: the slope's, or
    what the jumps add up to where there is no slope. Numbers are None where the verdict is
    insufficient. `points` of `expected` windows had a value, worth
    `effective` independent ones. `season` is a period (`1 day`), `season_strength` its share of the
    variance; `jumps` are the ends of the windows with which a new level
    began, `jumped_by` (in `unit`) how far each is from the one before. `spark` has at most
    48 values of the window, oldest first. `is_whole`: its parts are rows of their own.
    """

    trend: str
    metric_id: str
    subject: str
    is_whole: bool
    verdict: str
    reason: str
    unit: str
    direction: str
    grain: str | None
    window_start_at: datetime
    window_end_at: datetime
    points: int
    expected: int
    effective: float | None
    level: float | None
    last: float | None
    slope: float | None
    slope_low: float | None
    slope_high: float | None
    slope_per: str
    change: float | None
    change_low: float | None
    change_high: float | None
    told: float | None
    season: str | None
    season_strength: float | None
    jumps: list[datetime]
    jumped_by: list[float]
    spark: list[float | None]
    as_of: datetime
    computed_at: datetime
    build_id: str


def stored_trends(published: Published) -> list[TrendRow] | None:
    """Return the trends computed of this build, worst first; None where none were."""
    rows = stored_rows(published, TABLE, [field.name for field in fields(TrendRow)])
    return None if rows is None else worst_first([TrendRow(**row) for row in rows])


def worst_first(rows: list[TrendRow]) -> list[TrendRow]:
    """Sort by trend as they come, then by verdict, metric and the size of the change."""
    order = list(dict.fromkeys(row.trend for row in rows))
    return sorted(
        rows,
        key=lambda row: (
            order.index(row.trend),
            VERDICTS.index(row.verdict),
            row.is_whole,
            row.metric_id,
            -abs((row.told or 0.0) / (row.level or 1.0)),
            row.subject,
        ),
    )


def difference_unit(unit: str) -> str:
    """Return the unit of a difference: of percentages it is points, 5 % of 80 % being another."""
    return "points" if unit == "%" else unit
