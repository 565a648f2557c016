"""What every model of the pool is: fitted on a past, it forecasts from that past or a later one."""

from __future__ import annotations

from typing import Protocol

from anfl_assets.forecast.past import Past
from anfl_assets.forecast.series import Floats


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
    def fit_every(self) -> int:
        """How many origins one fit serves; at least 1."""
        ...

    def fit(self, past: Past) -> Fitted:
        """Learn from a past; raises ForecastError, in words, where it cannot."""
        ...
