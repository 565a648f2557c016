"""What came true since may take a forecast's trust away, whatever its backtest says (§3.2).

A backtest knows the past a model was built on; only days that were still to come when they were
forecast tell whether it holds.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from anfl_assets.report.forecasts import ScoreRow, VintageRow
from anfl_assets.report.scorecard import LIVE, tally

# Older days were forecast from another past, and often by another version of this program.
_WINDOW = timedelta(days=90)
# Days of one origin err together: many days of one or two origins say little.
_LEAST_DAYS, _LEAST_ORIGINS = 20, 8
_LEAST_COVERAGE_80 = 0.6


def held_to_truth(vintage: VintageRow, scores: Sequence[ScoreRow]) -> VintageRow:
    """Return the vintage, not forecastable where recent truth speaks against its series.

    `scores` are those of the series under its definition. Fewer than 20 live days, or of fewer than
    8 origins, in the 90 days before its origin say nothing yet.
    """
    if vintage.status != "forecastable":
        return vintage
    first = vintage.origin_day - _WINDOW
    live = [e for e in scores if e.kind == LIVE and first < e.day <= vintage.origin_day]
    origins = len({each.origin_day for each in live})
    if len(live) < _LEAST_DAYS or origins < _LEAST_ORIGINS:
        return vintage
    fault = _fault(live)
    if fault is None:
        return vintage
    reason = f"what came true speaks against it: {fault} ({len(live)} days of {origins} forecasts)"
    return replace(vintage, status="not_forecastable", reason=reason)


def _fault(live: Sequence[ScoreRow]) -> str | None:
    told = tally(live)
    if told.mase > told.floor_mase:
        return f"errors of {told.mase:.2f}, the floor's were {told.floor_mase:.2f}"
    if told.coverage_80 < _LEAST_COVERAGE_80:
        return f"{100 * told.coverage_80:.0f} % of days were inside the 80 % interval"
    return None
