"""What is known of the forecasts that stand, as plain facts a check may look at (§3.2)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True)
class ForecastFacts:
    """What stands of one form of one metric of a forecast: the newest vintage of each series.

    `series` counts all of them, `forecastable` those that may be trusted, `refused` those of which
    nothing was forecast; `horizon_days` are the lengths of the others.
    """

    model: str
    metric_id: str
    form: str
    series: int
    forecastable: int
    refused: int
    horizon_days: frozenset[int]
    origin_day: date
    computed_at: datetime
