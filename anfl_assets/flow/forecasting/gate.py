"""What came true since may take a forecast's trust away, whatever its backtest says (§3.2).

A backtest knows the past a model was built on; only days that were still to come when they were
forecast tell whether it holds.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta

import polars as pl

from anfl_assets.forecast.gate import EXACT_MASE
from anfl_assets.report.forecast_tables import forecast_frame
from anfl_assets.report.forecasts import SCORES, ScoreRow, VintageRow
from anfl_assets.report.scorecard import DEFINED
from anfl_assets.report.tally import LIVE, Tally, tallies
from anfl_assets.store.workspace import Workspace

# Older days were forecast from another past, and often by another version of this program.
_WINDOW = timedelta(days=90)
# Days of one origin err together: many days of few origins say little, and a forecast that is a
# little better than the floor looks a little worse in many a sample of this size.
_LEAST_DAYS, _LEAST_ORIGINS = 30, 10
_WORSE = 1.1
_LEAST_COVERAGE_80 = 0.6

# Model, metric, subject, form and definition.
Series = tuple[str, ...]


def recent_truth(workspace: Workspace, until: Mapping[Series, date]) -> dict[Series, Tally]:
    """Return how each series did on the live days of the 90 up to its own day, where there are any.

    Series are told by model, metric, subject, form and definition.
    """
    frame = forecast_frame(workspace, SCORES, ScoreRow)
    if frame is None or not until:
        return {}
    first = min(until.values()) - _WINDOW
    live = frame.filter(pl.col("kind") == LIVE, pl.col("day") > first)
    asked = pl.DataFrame(
        [(*series, day) for series, day in until.items()],
        schema=[*DEFINED, "until"],
        orient="row",
    ).lazy()
    within = (pl.col("day") > pl.col("until") - _WINDOW) & (pl.col("day") <= pl.col("until"))
    return dict(tallies(live.join(asked, on=DEFINED).filter(within), DEFINED))


def held_to_truth(vintage: VintageRow, told: Tally | None) -> VintageRow:
    """Return the vintage, not forecastable where recent truth speaks against its series.

    Fewer than 30 live days, or of fewer than 10 origins, say nothing yet.
    """
    if vintage.status != "forecastable" or told is None:
        return vintage
    fault = _fault(told)
    if told.n_live < _LEAST_DAYS or told.origins < _LEAST_ORIGINS or fault is None:
        return vintage
    of = f"{told.n_live} days of {told.origins} forecasts"
    reason = f"what came true speaks against it: {fault} ({of})"
    return replace(vintage, status="not_forecastable", reason=reason)


def _fault(told: Tally) -> str | None:
    # On a steady course the floor errs as little, and there is nothing to lose by either.
    if told.mase > max(_WORSE * told.floor_mase, EXACT_MASE):
        return f"errors of {told.mase:.2f}, the floor's were {told.floor_mase:.2f}"
    if told.coverage_80 < _LEAST_COVERAGE_80:
        return f"{100 * told.coverage_80:.0f} % of days were inside the 80 % interval"
    return None
