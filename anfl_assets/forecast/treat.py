"""A series made fit to learn from: gaps and marked days filled, absurd days set aside."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from anfl_assets.forecast.series import Bools, DailySeries, Floats
from anfl_assets.forecast.weekdays import lone_days, usual

_ABSURD = 10.0


@dataclass(frozen=True)
class Treated:
    """Shape (days,) each: values without gaps, and the days whose value was learned from."""

    values: Floats
    observed: Bools
    notes: tuple[str, ...]


def treated(series: DailySeries, days: int) -> Treated:
    """Treat the first `days` days of the series, as if the others were not known yet."""
    raw = series.bounds.clip(series.values[:days])
    seen = np.isfinite(raw)
    marked = seen & series.marked[:days]
    spikes = lone_days(np.where(marked, np.nan, raw), _ABSURD)
    observed = seen & ~marked & ~spikes
    counts = (
        (int((~seen).sum()), "day without a value filled", "days without a value filled"),
        (int(marked.sum()), "marked day set aside", "marked days set aside"),
        (int(spikes.sum()), "spike set aside", "spikes set aside"),
    )
    notes = tuple(f"{count} {one if count == 1 else many}" for count, one, many in counts if count)
    return Treated(_filled(np.where(observed, raw, np.nan)), observed, notes)


def _filled(values: Floats) -> Floats:
    """Fill with what is usual on the weekday; far from any value, along a straight line."""
    if not np.isfinite(values).any():
        return np.zeros(values.size)
    values = np.where(np.isfinite(values), values, usual(values))
    days = np.arange(values.size)
    known = np.isfinite(values)
    return np.interp(days, days[known], values[known])
