"""What every model of the pool is: fitted on a past, it forecasts from that past or a later one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Protocol

from anfl_assets.forecast.series import Floats


@dataclass(frozen=True)
class Past:
    """All that may be known at an origin: treated values of every day up to it, none missing."""

    first_day: date
    values: Floats


class Fitted(Protocol):
    """Parameters, carried forward to later origins without another fit."""

    def forecast(self, past: Past, horizon_days: int) -> Floats:
        """Return shape (horizon,): the days after the past, which may go on after the fit's."""
        ...


class Candidate(Protocol):
    """A model of the pool."""

    @property
    def name(self) -> str:
        """What people read in the list of candidates."""
        ...

    @property
    def shortest(self) -> int:
        """The fewest days of a past it can be fitted on."""
        ...

    def fit(self, past: Past) -> Fitted:
        """Learn from a past; raises ForecastError where it cannot."""
        ...
