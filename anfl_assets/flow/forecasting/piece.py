"""What one process does for one series: the outlook and when it crosses, or why there is none."""

from __future__ import annotations

import warnings
from dataclasses import dataclass, replace

import numpy as np

from anfl_assets.errors import ForecastError
from anfl_assets.forecast.crossing import Crossing, Side, crossing_of
from anfl_assets.forecast.engine import outlook_of
from anfl_assets.forecast.outlook import Outlook
from anfl_assets.forecast.series import DailySeries


@dataclass(frozen=True)
class Piece:
    """A series, how far ahead it is asked for and the two levels whose crossing is of interest."""

    series: DailySeries
    horizon_days: int
    seed: int
    threshold: float
    target: float
    side: Side


@dataclass(frozen=True)
class Foreseen:
    """An outlook, its paths left out once the crossings are told: they are a megabyte a series."""

    outlook: Outlook
    threshold: Crossing
    target: Crossing


@dataclass(frozen=True)
class Refused:
    """There is no outlook; `reason` says why, in words for people."""

    reason: str


def foresee(piece: Piece) -> Foreseen | Refused:
    """Forecast one series. What numerical code raises when it fails is a reason, not a crash.

    What its optimisers warn of is not told: a model that did not converge is judged by its errors
    at past origins as any other.
    """
    try:
        # Recorded, not only ignored: statsmodels asks, as it is imported, that its own be told.
        with warnings.catch_warnings(record=True):
            warnings.simplefilter("ignore")
            outlook = outlook_of(piece.series, piece.horizon_days, seed=piece.seed)
    except ForecastError as error:
        return Refused(str(error))
    except (ArithmeticError, LookupError, RuntimeError, ValueError) as error:
        return Refused(f"forecasting it failed ({type(error).__name__}: {error})")
    if not _is_finite(outlook):
        return Refused("forecasting it gave no finite numbers")
    threshold, target = (
        crossing_of(outlook.paths, outlook.mean, level, piece.side)
        for level in (piece.threshold, piece.target)
    )
    return Foreseen(replace(outlook, paths=outlook.paths[:0]), threshold, target)


def _is_finite(outlook: Outlook) -> bool:
    ends = [end for each in outlook.intervals.values() for end in (each.lower, each.upper)]
    return all(bool(np.isfinite(days).all()) for days in (outlook.mean, outlook.floor, *ends))
