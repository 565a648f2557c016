"""The one way in: a daily series becomes an outlook, or is refused with a reason."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import numpy as np

from anfl_assets.errors import TooFewPoints
from anfl_assets.forecast.backtest import Backtest
from anfl_assets.forecast.candidates.candidate import Candidate
from anfl_assets.forecast.combine import combined
from anfl_assets.forecast.gate import verdict_of
from anfl_assets.forecast.intervals import Margins, intervals_of, margins_of
from anfl_assets.forecast.outlook import LEADS, Interval, OriginScore, Outlook
from anfl_assets.forecast.paths import paths_of
from anfl_assets.forecast.pool import MODELS
from anfl_assets.forecast.series import DailySeries
from anfl_assets.forecast.skill import held_out, skill_of
from anfl_assets.forecast.texture import texture_of
from anfl_assets.forecast.yardstick import by_yardstick, yardstick_of

# Past origins with at least one known day after them.
LEAST_SCORED = 4


def outlook_of(
    series: DailySeries, horizon_days: int, *, seed: int, models: Sequence[Candidate] = MODELS
) -> Outlook:
    """Forecast a series `horizon_days` ahead and judge the forecast by rolling origins.

    `models` take part beside the naive methods; the seed is that of the paths.

    Raises:
        TooFewPoints: the series is too short to be forecast and judged; the message says what
            there is and what it takes.
    """
    made = combined(series, horizon_days, models)
    _refuse_unjudged(made.backtest)
    margins = margins_of(made.backtest, made.mean, series.bounds)
    others = held_out(made.backtest, series.bounds)
    texture = texture_of(by_yardstick(made.backtest, yardstick_of(made.backtest, series.bounds)))
    skill = skill_of(made.backtest, others)
    verdict, reason = verdict_of(made.backtest, skill, made.floor_name)
    return Outlook(
        first_day=series.last_day + timedelta(days=1),
        mean=made.mean,
        intervals=intervals_of(made.mean, margins, series.bounds),
        floor_name=made.floor_name,
        floor=made.floor,
        paths=paths_of(made.mean, margins, texture, series.bounds, seed=seed),
        candidates=made.candidates,
        scale=made.backtest.scale,
        scores=_scores(series, made.backtest, others),
        skill=skill,
        verdict=verdict,
        reason=reason,
        notes=made.notes,
    )


def _refuse_unjudged(backtest: Backtest) -> None:
    scored = int(np.isfinite(backtest.truth).any(axis=1).sum())
    if scored < LEAST_SCORED:
        raise TooFewPoints(
            f"{scored} of {backtest.origins.size} past forecasts can be held against a day that "
            f"has a value; judging takes {LEAST_SCORED}"
        )


def _scores(series: DailySeries, backtest: Backtest, margins: list[Margins]) -> list[OriginScore]:
    scores: list[OriginScore] = []
    for row in range(backtest.origins.size):
        held = intervals_of(backtest.combined[row], margins[row], series.bounds)
        scores.extend(
            _score(series, backtest, (row, lead), held)
            for lead in LEADS
            if lead <= backtest.truth.shape[1] and np.isfinite(backtest.truth[row, lead - 1])
        )
    return scores


def _score(
    series: DailySeries, backtest: Backtest, place: tuple[int, int], held: dict[int, Interval]
) -> OriginScore:
    row, lead = place
    day = lead - 1
    return OriginScore(
        origin_day=series.first_day + timedelta(days=int(backtest.origins[row])),
        lead_days=lead,
        actual=float(backtest.truth[row, day]),
        forecast=float(backtest.combined[row, day]),
        floor=float(backtest.floor[row, day]),
        lower_80=float(held[80].lower[day]),
        upper_80=float(held[80].upper[day]),
        lower_95=float(held[95].lower[day]),
        upper_95=float(held[95].upper[day]),
    )
