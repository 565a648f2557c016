"""Correlations as they were computed last (§3.1): rows of the lake, the surest first."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import datetime
from typing import TYPE_CHECKING

from anfl_assets.report.analysis_tables import stored_rows

if TYPE_CHECKING:
    from anfl_assets.report.published import Published

TABLE = "correlations"
VERDICTS = ("together", "opposite", "unrelated", "insufficient")


@dataclass(frozen=True)
class CorrelationRow:
    """How one subject of a metric goes with one of another, at the best lag. Times are UTC.

    A positive `lag_s` says that left leads right by so many seconds. `r` is Pearson's, without
    trend and season, `rank_r` Spearman's at the same lag; `slope` is in `right_unit` per
    `left_unit`. The interval of 95 % pays for autocorrelation and for every lag tried; `q` is the
    share of false findings among those of `pairs` pairs that are at least as sure. Numbers are
    None where the verdict is insufficient.
    """

    correlation: str
    left_metric_id: str
    left_subject: str
    left_unit: str
    right_metric_id: str
    right_subject: str
    right_unit: str
    is_whole: bool
    verdict: str
    reason: str
    grain: str | None
    window_start_at: datetime
    window_end_at: datetime
    points: int
    expected: int
    effective: float | None
    lag_s: float | None
    max_lag_s: float
    r: float | None
    r_low: float | None
    r_high: float | None
    rank_r: float | None
    slope: float | None
    p: float | None
    q: float | None
    pairs: int
    as_of: datetime
    computed_at: datetime
    build_id: str


def stored_correlations(published: Published) -> list[CorrelationRow] | None:
    """Return the correlations computed of this build, the surest first; None where none were."""
    rows = stored_rows(published, TABLE, [field.name for field in fields(CorrelationRow)])
    return None if rows is None else surest_first([CorrelationRow(**row) for row in rows])


def surest_first(rows: list[CorrelationRow]) -> list[CorrelationRow]:
    """Sort by correlation as they come: what stands first, the largest r first."""
    order = list(dict.fromkeys(row.correlation for row in rows))
    return sorted(
        rows,
        key=lambda row: (
            order.index(row.correlation),
            row.verdict not in VERDICTS[:2],
            row.verdict == VERDICTS[3],
            -abs(row.r or 0.0),
            row.left_subject,
            row.right_subject,
        ),
    )
