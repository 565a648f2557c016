"""Candidates into one forecast, weighted by what each was worth at earlier origins."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from anfl_assets.errors import TooFewPoints
from anfl_assets.forecast.backtest import Backtest
from anfl_assets.forecast.candidates.candidate import Candidate
from anfl_assets.forecast.candidates.floors import FLOORS
from anfl_assets.forecast.origins import LEAST_DAYS, Days, origins_of, spacing, warm_up
from anfl_assets.forecast.outlook import CandidateResult
from anfl_assets.forecast.past import Past, past_of
from anfl_assets.forecast.pool import MODELS, Made, forecasts_at
from anfl_assets.forecast.series import WEEK, DailySeries, Floats
from anfl_assets.forecast.treat import Treated, treated
from anfl_assets.forecast.weights import relative_errors, weights_of


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


def combined(
    series: DailySeries, horizon_days: int, models: Sequence[Candidate] = MODELS
) -> Combined:
    """Forecast the series by all candidates and combine them.

    At each origin only the days up to it are used: to treat, to fit, to weigh, to choose the floor.

    Raises:
        TooFewPoints: fewer values than it takes to forecast the horizon and judge it.
    """
    whole = treated(series, series.values.size)
    _refuse_few(whole)
    origins = origins_of(series.values.size, horizon_days)
    ends = np.append(origins, series.values.size - 1)
    pasts = [
        past_of(series.first_day, treated(series, int(end) + 1).values, horizon_days)
        for end in ends
    ]
    made = forecasts_at(pasts, horizon_days, series.bounds, models)
    truth = _truth(series, origins, horizon_days)
    errors = np.stack([relative_errors(made.models[:, :-1], truth, origins, e) for e in ends])
    weights = np.stack([weights_of(one, made.ran[:, place]) for place, one in enumerate(errors)])
    mean = np.einsum("oc,coh->oh", weights, np.nan_to_num(made.models))
    mean = np.stack([_going_on(one, past) for one, past in zip(mean, pasts, strict=True)])
    mean = series.bounds.clip(mean)
    chosen = [_best_floor(relative_errors(made.floors[:, :-1], truth, origins, e)) for e in ends]
    floor = np.stack([made.floors[best, place] for place, best in enumerate(chosen)])
    scale = _scale(whole)
    first = warm_up(origins, series.values.size, horizon_days)
    backtest = Backtest(origins[first:], truth[first:], mean[first:-1], floor[first:-1], scale)
    return Combined(
        mean=mean[-1],
        floor_name=tuple(FLOORS)[chosen[-1]],
        floor=floor[-1],
        candidates=_results(made, weights[-1], truth, scale),
        backtest=backtest,
        notes=(*whole.notes, *_crowded(origins, horizon_days)),
    )


def _refuse_few(whole: Treated) -> None:
    values = int(whole.observed.sum())
    if values < LEAST_DAYS:
        raise TooFewPoints(
            f"{values} values can be learned from on {whole.observed.size} days; "
            f"it takes {LEAST_DAYS}"
        )


def _crowded(origins: Days, horizon_days: int) -> tuple[str, ...]:
    apart = int(np.median(np.diff(origins)))
    if apart >= spacing(horizon_days):
        return ()
    return (f"short history: {origins.size} origins of the backtest lie {apart} days apart",)


def _going_on(forecast: Floats, past: Past) -> Floats:
    """Let what has never fallen, as totals do not, not fall; what never moved stays as it is."""
    steps = np.diff(past.observed)
    if not steps.any():
        return np.full(forecast.size, past.observed[-1])
    if (steps < 0).any():
        return forecast
    return np.maximum.accumulate(np.maximum(forecast, past.observed[-1]))


def _results(
    made: Made, weights: Floats, truth: Floats, scale: float
) -> tuple[CandidateResult, ...]:
    """Return every candidate, the heaviest first; ties in the order of simplicity."""
    errors = np.abs(made.models[:, :-1] - truth) / scale
    return tuple(
        CandidateResult(
            name=made.names[place],
            weight=float(weights[place]),
            mase=_mean(errors[place]),
            failure=made.failures.get(made.names[place]),
        )
        for place in np.argsort(-weights, kind="stable")
    )


def _mean(errors: Floats) -> float | None:
    known = errors[np.isfinite(errors)]
    return float(known.mean()) if known.size else None


def _truth(series: DailySeries, origins: Days, horizon_days: int) -> Floats:
    usable = np.where(series.marked, np.nan, series.values)
    padded = np.concatenate([usable, np.full(horizon_days, np.nan)])
    return np.asarray(padded[origins[:, None] + np.arange(1, horizon_days + 1)])


def _scale(whole: Treated) -> float:
    both = whole.observed[WEEK:] & whole.observed[:-WEEK]
    steps = np.abs(whole.values[WEEK:] - whole.values[:-WEEK])[both]
    scale = float(steps.mean()) if steps.size else 0.0
    return scale if scale > 0 else 1.0


def _best_floor(errors: Floats) -> int:
    """Return the place of the floor with the least error; the first where none was judged."""
    return int(np.nanargmin(errors)) if np.isfinite(errors).any() else 0
