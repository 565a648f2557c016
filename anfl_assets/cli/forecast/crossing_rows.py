"""When each series crosses its level within a horizon: what `anfl forecast crossing` shows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from anfl_assets.cli.forecast.words import newest

if TYPE_CHECKING:
    from anfl_assets.report.forecasts import ForecastDay, VintageRow

# Less likely than one in twenty within the horizon: nothing to plan by.
_LIKELY_ENOUGH = 0.05


@dataclass(frozen=True)
class CrossingRow:
    """One series and one level; what `--json` prints.

    `probability` is that of having crossed by `last_day`, the last of `within_days`; None where
    the forecast was refused or the series is across already. Days are None beyond `last_day`.
    `is_foretold`: trusted, likely, and what is expected crosses too; of a threshold, it alerts.
    """

    model: str
    metric_id: str
    subject: str
    form: str
    unit: str
    direction: str
    now: float | None
    level: float
    is_across_now: bool
    within_days: int
    last_day: date
    probability: float | None
    day_50: date | None
    day_90: date | None
    day_expected: date | None
    is_foretold: bool
    verdict: str
    reason: str
    origin_day: date
    vintage_id: str

    @property
    def is_likely(self) -> bool:
        """Whether it is worth a line unasked."""
        return self.is_across_now or (self.probability or 0.0) >= _LIKELY_ENOUGH


def threshold_row(
    row: VintageRow, days: Sequence[ForecastDay], *, within_days: int | None
) -> CrossingRow:
    """Return when a vintage crosses its threshold within so many days, or within its horizon.

    `days` are looked at only where fewer days are asked for than were forecast.
    """
    from anfl_assets.report.forecasts import foretells

    within = min(within_days or row.horizon_days, row.horizon_days)
    probability = row.threshold_probability
    if within < row.horizon_days and probability is not None:
        probability = days[within - 1].threshold_probability
    last_day = row.origin_day + timedelta(days=within)
    known = (row.threshold_day_50, row.threshold_day_90, row.threshold_day_expected)
    day_50, day_90, day_expected = (
        day if day is not None and day <= last_day and not row.is_across_now else None
        for day in known
    )
    return CrossingRow(
        model=row.model,
        metric_id=row.metric_id,
        subject=row.subject,
        form=row.form,
        unit=row.unit,
        direction=row.direction,
        now=newest(row),
        level=row.threshold,
        is_across_now=row.is_across_now,
        within_days=within,
        last_day=last_day,
        probability=None if row.is_across_now else probability,
        day_50=day_50,
        day_90=day_90,
        day_expected=day_expected,
        is_foretold=foretells(row) and day_50 is not None and day_expected is not None,
        verdict=row.status,
        reason=row.reason,
        origin_day=row.origin_day,
        vintage_id=row.vintage_id,
    )


def soonest_first(rows: Iterable[CrossingRow]) -> list[CrossingRow]:
    """Sort by the day of even odds, what is across already first; then by probability."""
    return sorted(
        rows,
        key=lambda row: (
            not row.is_across_now,
            row.day_50 or date.max,
            -(row.probability or 0.0),
            row.metric_id,
            row.subject,
            row.form,
        ),
    )
