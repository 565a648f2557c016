"""Forecasts as frames: those that stand, the days of one with its chart, and how they have done.

They are as they are now, whatever the build; `known_at` goes back to what had been made by then.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Unpack

import polars as pl

from anfl_assets.errors import UserError
from anfl_assets.report.forecast_words import crossing_words, skill_words, soonest_first
from anfl_assets.report.forecasts import VintageRow, days_of, foretells, standing_vintages
from anfl_assets.report.scorecard import scorecard as scorecard_rows
from anfl_assets.wording.inert import one_line

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    import altair as alt

    from anfl_assets.chart.types import Drawn
    from anfl_assets.report.forecasts import ForecastDay
    from anfl_assets.store.workspace import Workspace

_UTC = pl.Datetime("us", "UTC")
_NUMBERS = ("mase", "floor_mase", "smape_pct", "coverage_80", "coverage_95", "skill")
SCHEMA = pl.Schema(
    {
        **dict.fromkeys(("metric_id", "subject", "form", "model", "unit"), pl.String()),
        "is_whole": pl.Boolean(),
        **dict.fromkeys(("status", "reason", "crossing"), pl.String()),
        "is_foretold": pl.Boolean(),
        "is_across_now": pl.Boolean(),
        "threshold": pl.Float64(),
        "threshold_probability": pl.Float64(),
        **dict.fromkeys(
            ("threshold_day_50", "threshold_day_90", "threshold_day_expected"), pl.Date()
        ),
        "target": pl.Float64(),
        "target_probability": pl.Float64(),
        **dict.fromkeys(("target_day_50", "target_day_90", "target_day_expected"), pl.Date()),
        "origin_day": pl.Date(),
        "horizon_days": pl.Int64(),
        "train_days": pl.Int64(),
        "candidates": pl.List(pl.String()),
        "weights": pl.List(pl.Float64()),
        "floor_name": pl.String(),
        "origins": pl.Int64(),
        **dict.fromkeys(_NUMBERS, pl.Float64()),
        "computed_at": _UTC,
        "vintage_id": pl.String(),
    }
)
DAYS_SCHEMA = pl.Schema(
    {
        "day": pl.Date(),
        "lead_days": pl.Int64(),
        **dict.fromkeys(
            ("mean", "lower_80", "upper_80", "lower_95", "upper_95", "floor",
             "threshold_probability", "target_probability"),
            pl.Float64(),
        ),
    }
)  # fmt: skip
SCORECARD_SCHEMA = pl.Schema(
    {
        **dict.fromkeys(("metric_id", "subject", "form", "model", "unit"), pl.String()),
        "is_whole": pl.Boolean(),
        "lead_days": pl.Int64(),
        "n_backtest": pl.Int64(),
        "n_live": pl.Int64(),
        **dict.fromkeys(_NUMBERS, pl.Float64()),
        "verdict": pl.String(),
        "reason": pl.String(),
        "vintage_id": pl.String(),
    }
)


@dataclass(frozen=True)
class ForecastView:
    """One standing forecast; values are in the metric's unit."""

    vintage: VintageRow
    _days: Sequence[ForecastDay] = field(repr=False)

    @property
    def is_forecastable(self) -> bool:
        """Whether it may be relied on: `vintage.reason` says why, or why not."""
        return self.vintage.status == "forecastable"

    @property
    def crossing(self) -> str:
        """When the threshold is crossed, in words; empty where it is not to be relied on."""
        return crossing_words(self.vintage)

    @property
    def skill(self) -> str:
        """How it did from past days, beside the best naive method."""
        return skill_words(self.vintage)

    @property
    def days(self) -> pl.DataFrame:
        """The days to come, the first one first; empty where nothing was forecast.

        Frame: day, lead_days, mean, the ends of both intervals, floor (the best naive method),
        and the probabilities that threshold and target have been crossed by then.
        """
        rows = [asdict(each) for each in self._days]
        return pl.DataFrame(rows, schema=DAYS_SCHEMA, strict=False)

    def chart(self, **drawn: Unpack[Drawn]) -> alt.LayerChart:
        """Draw the fan behind what was observed; `drawn` as for a metric's chart."""
        from anfl_assets.explore.drawing import altair_chart
        from anfl_assets.report.fan import drawn_fan

        vintage = self.vintage
        drawn.setdefault("title", f"{vintage.metric_id}: {vintage.form} of {vintage.subject}")
        drawn.setdefault("subtitle", f"{self.crossing or vintage.reason}")
        return altair_chart(drawn_fan(vintage, self._days, "light", **drawn))

    def __str__(self) -> str:
        """Return it in one line."""
        row = self.vintage
        said = self.crossing or f"{row.status.replace('_', ' ')}: {row.reason}"
        return f"{row.metric_id}, {row.subject}, {row.form}, from {row.origin_day}: {said}"


def forecasts(workspace: Workspace, *, known_at: datetime | None = None) -> pl.DataFrame:
    """Return the standing forecasts, the soonest foretold crossing first.

    Frame: SCHEMA, one row per metric, subject and form; empty where nothing was forecast.
    """
    rows = [
        {**asdict(row), "crossing": crossing_words(row), "is_foretold": foretells(row)}
        for row in soonest_first(standing_vintages(workspace, known_at=known_at))
    ]
    return _frame(rows, SCHEMA)


def scorecard(workspace: Workspace, *, known_at: datetime | None = None) -> pl.DataFrame:
    """Return how each standing series was forecast; `lead_days` null is all leads together.

    Frame: SCORECARD_SCHEMA; empty where no forecast day was ever scored.
    """
    rows = [asdict(row) for row in scorecard_rows(workspace, known_at=known_at)]
    return _frame(rows, SCORECARD_SCHEMA)


def forecast(
    workspace: Workspace, metric_id: str, subject: str | None, form: str | None
) -> ForecastView:
    """Return the standing forecast of a subject; without one the first that crosses.

    Raises:
        UserError: none stands for it; the message says which do, or what to run.
    """
    found = soonest_first(
        [row for row in standing_vintages(workspace) if row.metric_id == metric_id]
    )
    for row in found:
        if subject in {None, row.subject} and form in {None, row.form}:
            return ForecastView(row, days_of(workspace, row.vintage_id))
    asked = ", ".join(one_line(each, 60) for each in (subject, form) if each) or "any subject"
    known = ", ".join(f"{one_line(row.subject, 60)} ({row.form})" for row in found[:12])
    hint = f"there are {known}" if known else "`anfl forecast run` makes forecasts"
    raise UserError(f"no forecast of {metric_id} for {asked}; {hint}")


def _frame(rows: Sequence[dict[str, object]], schema: pl.Schema) -> pl.DataFrame:
    return pl.DataFrame(
        [{name: row[name] for name in schema} for row in rows], schema=schema, strict=False
    )
