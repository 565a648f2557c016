"""Candidates into one forecast, weighted by what each was worth at earlier origins."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from anfl_assets.errors import TooFewPoints
from anfl_assets.forecast.backtest import Backtest
from anfl_assets.forecast.candidates.candidate import Candidate, Past
from anfl_assets.forecast.candidates.floors import FLOORS
from anfl_assets.forecast.candidates.weekly_level import WeeklyLevel
from anfl_assets.forecast.origins import LEAST_ORIGINS, origins_of
from anfl_assets.forecast.outlook import CandidateResult
from anfl_assets.forecast.series import WEEK, DailySeries, Floats
from anfl_assets.forecast.treat import Treated, treated

Days = npt.NDArray[np.int64]

_LEAST_DAYS = 4 * WEEK
POOL: tuple[Candidate, ...] = (*FLOORS, WeeklyLevel())


@dataclass(frozen=True)
class Combined:
    """The combination's forecast beside the floor's, and how both did at past origins.

    `mean` and `floor` have shape (horizon,), finite and within the series' bounds.
    """

    mean: Floats
    floor_name: str
    floor: Floats
    candidates: tuple[CandidateResult, ...]
    backtest: Backtest
    notes: tuple[str, ...]


def combined(series: DailySeries, horizon_days: int) -> Combined:
    """Forecast the series by all candidates and combine them.

    Raises:
        TooFewPoints: fewer values than it takes to forecast the horizon and judge it.
    """
    whole = treated(series, series.values.size)
    origins = origins_of(series.values.size, horizon_days, _LEAST_DAYS)
    _refuse_short(whole, origins.size, horizon_days)
    ends = [*origins, series.values.size - 1]
    pasts = [Past(series.first_day, treated(series, int(end) + 1).values) for end in ends]
    made = np.stack([[_clipped(series, c, p, horizon_days) for p in pasts] for c in POOL])
    truth = _truth(series, origins, horizon_days)
    scale = _scale(whole)
    errors = np.abs(made[:, :-1] - truth)
    floors = [_best_floor(errors, origins, int(end)) for end in ends]
    mean = made.mean(axis=0)
    floor = np.stack([made[f, i] for i, f in enumerate(floors)])
    mases = np.nanmean(errors, axis=(1, 2)) / scale
    results = tuple(
        CandidateResult(c.name, 1 / len(POOL), float(m)) for c, m in zip(POOL, mases, strict=True)
    )
    backtest = Backtest(origins, truth, mean[:-1], floor[:-1], scale)
    return Combined(mean[-1], POOL[floors[-1]].name, floor[-1], results, backtest, whole.notes)


def _refuse_short(whole: Treated, origins: int, horizon_days: int) -> None:
    values = int(whole.observed.sum())
    if values < _LEAST_DAYS or origins < LEAST_ORIGINS:
        takes = _LEAST_DAYS + horizon_days + LEAST_ORIGINS - 1
        raise TooFewPoints(
            f"{values} values on {whole.observed.size} days; a forecast of {horizon_days} days "
            f"takes {takes} days with at least {_LEAST_DAYS} values"
        )


def _clipped(series: DailySeries, candidate: Candidate, past: Past, horizon_days: int) -> Floats:
    return series.bounds.clip(candidate.fit(past).forecast(past, horizon_days))


def _truth(series: DailySeries, origins: Days, horizon_days: int) -> Floats:
    usable = np.where(series.marked, np.nan, series.values)
    days = origins[:, None] + np.arange(1, horizon_days + 1)
    return usable[days]


def _scale(whole: Treated) -> float:
    both = whole.observed[WEEK:] & whole.observed[:-WEEK]
    steps = np.abs(whole.values[WEEK:] - whole.values[:-WEEK])[both]
    scale = float(steps.mean()) if steps.size else 0.0
    return scale if scale > 0 else 1.0


def _best_floor(errors: Floats, origins: Days, now: int) -> int:
    """Return the floor with the least error on the days known by `now`; the first where none is."""
    leads = np.arange(1, errors.shape[2] + 1)
    known = (origins[:, None] + leads <= now) & np.isfinite(errors[0])
    if not known.any():
        return 0
    return int(np.argmin([errors[f][known].mean() for f in range(len(FLOORS))]))
