"""A daily series as it is forecast: one value a calendar day, its unit's bounds, marked days."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

WEEK = 7


@dataclass(frozen=True)
class Bounds:
    """The values the unit allows, both included; None where it has no end that way."""

    lower: float | None = None
    upper: float | None = None

    def clip(self, values: Floats) -> Floats:
        """Return the values, moved to the nearest allowed one."""
        if self.lower is None and self.upper is None:
            return values
        return np.clip(values, self.lower, self.upper)


@dataclass(frozen=True)
class DailySeries:
    """What was observed. The last value belongs to the newest closed day that has one.

    `values`: shape (days,), NaN on a day without a value; never infinite. `marked`: shape (days,),
    the days of incidents and maintenance, which are not learned from.
    """

    first_day: date
    values: Floats
    bounds: Bounds
    marked: Bools

    @property
    def last_day(self) -> date:
        """The newest day, which forecasts follow."""
        return self.first_day + timedelta(days=self.values.size - 1)
