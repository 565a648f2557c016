"""Scoring what was forecast once it came true: at the leads 1, 7, 30 and 90, each day once.

A day is scored by the first run that finds it closed, with the value it has then; the row keeps
that value, and a later correction does not change it. A marked day (an incident, maintenance) is
not scored while it is marked, as it is not learned from. Of several vintages of one origin the
newest counts. Forecasts of another definition were of other numbers and are never scored.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np
import polars as pl

from anfl_assets.flow.forecasting.due import defined
from anfl_assets.flow.forecasting.keep import keep_scores
from anfl_assets.flow.forecasting.series import AskedSeries
from anfl_assets.forecast.outlook import LEADS
from anfl_assets.report.forecast_tables import forecast_frame
from anfl_assets.report.forecasts import DAYS, SCORES, VINTAGES, ForecastDay, ScoreRow, VintageRow
from anfl_assets.report.scorecard import DEFINED
from anfl_assets.report.tally import LIVE
from anfl_assets.store.workspace import Workspace

# Truth that comes later than the longest lead and as much again is not waited for.
_REACH_DAYS = 180
_ENDS = ["mean", "floor", "lower_80", "upper_80", "lower_95", "upper_95"]


def score_due(
    workspace: Workspace, asked: Sequence[AskedSeries], *, now: datetime, build_id: str
) -> int:
    """Score every day of a kept vintage that is known by now and not scored yet; return how many.

    `asked` brings the truth: the series of the published build `build_id`.
    """
    return keep_scores(workspace, due_scores(workspace, asked, now=now), build_id=build_id)


def due_scores(
    workspace: Workspace, asked: Sequence[AskedSeries], *, now: datetime
) -> list[ScoreRow]:
    """Return the scores that are due, and keep nothing."""
    truth = _truth(asked)
    if truth.is_empty():
        return []
    first = truth["day"].max()
    since = first - timedelta(days=_REACH_DAYS) if isinstance(first, date) else date.min
    promised = _promised(workspace, since)
    if promised is None:
        return []
    due = promised.join(truth, on=[*DEFINED, "day"])
    scored = forecast_frame(workspace, SCORES, ScoreRow)
    if scored is not None:
        key = [*DEFINED, "origin_day", "lead_days"]
        known = scored.filter(pl.col("origin_day") >= since).select(key).collect()
        due = due.join(known, on=key, how="anti")
    return _scores(workspace, due, now)


def _truth(asked: Sequence[AskedSeries]) -> pl.DataFrame:
    """Return what is known of each series' newest days: one row per day."""
    schema = {**dict.fromkeys(DEFINED, pl.String), "day": pl.Date, "actual": pl.Float64}
    return pl.DataFrame(list(_known(asked)), schema=schema, orient="row")


def _known(asked: Sequence[AskedSeries]) -> Iterator[tuple[Any, ...]]:
    for each in asked:
        if each.series is None:
            continue
        name = defined(each)
        values, last = each.series.values, each.series.last_day
        usable = np.isfinite(values) & ~each.series.marked
        for back in range(min(values.size, _REACH_DAYS)):
            if usable[-1 - back]:
                yield (*name, last - timedelta(days=back), float(values[-1 - back]))


def _promised(workspace: Workspace, since: date) -> pl.DataFrame | None:
    """Return every lead of the newest vintage of each origin since a day; None without vintages.

    Frame: vintage_id, the names of the series, origin_day, scale, lead_days, day.
    """
    frame = forecast_frame(workspace, VINTAGES, VintageRow)
    if frame is None:
        return None
    newest = (
        frame.filter(pl.col("origin_day") >= since, pl.col("scale").is_not_null())
        .select("vintage_id", *DEFINED, "origin_day", "scale", "horizon_days", "computed_at")
        .sort("computed_at", "vintage_id")
        .unique([*DEFINED, "origin_day"], keep="last")
        .collect()
    )
    leads = pl.DataFrame({"lead_days": LEADS}, schema={"lead_days": pl.Int64})
    crossed = newest.join(leads, how="cross").filter(pl.col("lead_days") <= pl.col("horizon_days"))
    return crossed.with_columns(day=pl.col("origin_day") + pl.duration(days="lead_days"))


def _scores(workspace: Workspace, due: pl.DataFrame, now: datetime) -> list[ScoreRow]:
    frame = forecast_frame(workspace, DAYS, ForecastDay, due["origin_day"].unique().to_list())
    if frame is None or due.is_empty():
        return []
    key = ["vintage_id", "lead_days"]
    days = frame.filter(pl.col("vintage_id").is_in(due["vintage_id"].to_list()))
    told = due.join(days.select(*key, *_ENDS).collect(), on=key)
    columns = [*key, *DEFINED, "origin_day", "day", "scale", "actual", *_ENDS]
    rows = told.select(columns).sort(*DEFINED, "origin_day", "lead_days").to_dicts()
    return [ScoreRow(**row, kind=LIVE, scored_at=now) for row in rows]
