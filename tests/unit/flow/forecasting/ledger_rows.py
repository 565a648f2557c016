"""Rows of forecasts written as literals: what a test does not name has a plain value."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import numpy as np

from anfl_assets.catalog import load_catalog
from anfl_assets.flow.forecasting.piece import Refused
from anfl_assets.flow.forecasting.series import AskedSeries
from anfl_assets.flow.forecasting.vintage import Made, Making, made_of
from anfl_assets.forecast.series import Bounds, DailySeries
from anfl_assets.report.forecasts import ForecastDay, ScoreRow, VintageRow

USE = load_catalog().metrics["resource_utilization"]
ORIGIN = date(2026, 3, 31)
MADE_AT = datetime(2026, 4, 1, 6, tzinfo=UTC)
DAY = timedelta(days=1)


def asked(*values: float, last_day: date = ORIGIN, **others: object) -> AskedSeries:
    """A series that ends on a day with these values; 1, 2, 3 where none are named."""
    told = np.array(values or (1.0, 2.0, 3.0))
    series = DailySeries(
        last_day - (told.size - 1) * DAY, told, Bounds(0.0, 100.0), np.zeros(told.size, dtype=bool)
    )
    plain = AskedSeries(
        model="capacity_planning",
        metric=USE,
        subject="h/cpu",
        is_whole=False,
        form="daily peak",
        target=80.0,
        threshold=90.0,
        definition="d1",
        horizon_days=90,
        series=series,
        reason=None,
    )
    return replace(plain, **others)  # type: ignore[arg-type]  # a test names fields of the row


def refused(each: AskedSeries, reason: str = "too short", at: datetime = MADE_AT) -> Made:
    """What is made of a series that cannot be forecast."""
    return made_of(each, Refused(reason), Making("b1", at, "0.1.0", ORIGIN))


def forecast(each: AskedSeries, *days: float, at: datetime = MADE_AT, **others: object) -> Made:
    """A vintage of a series whose mean has these values, ten either way being the intervals."""
    told = {"status": "forecastable", "reason": "fine", "scale": 2.0, **others}
    vintage = replace(refused(each, at=at).vintage, **told)  # type: ignore[arg-type]
    ahead = days or (50.0,) * each.horizon_days
    return Made(vintage, [_day(vintage, lead, mean) for lead, mean in enumerate(ahead, 1)], [])


def score(vintage: VintageRow, lead_days: int, **others: object) -> ScoreRow:
    """A scored day of a vintage: 50 was said, 53 came, the floor had said 55."""
    plain = ScoreRow(
        vintage_id=vintage.vintage_id,
        kind="live",
        model=vintage.model,
        metric_id=vintage.metric_id,
        subject=vintage.subject,
        form=vintage.form,
        definition=vintage.definition,
        origin_day=vintage.origin_day,
        day=vintage.origin_day + lead_days * DAY,
        lead_days=lead_days,
        actual=53.0,
        mean=50.0,
        floor=55.0,
        lower_80=48.0,
        upper_80=52.0,
        lower_95=46.0,
        upper_95=54.0,
        scale=2.0,
        scored_at=MADE_AT,
    )
    return replace(plain, **others)  # type: ignore[arg-type]  # a test names fields of the row


def _day(vintage: VintageRow, lead: int, mean: float) -> ForecastDay:
    return ForecastDay(
        vintage_id=vintage.vintage_id,
        day=vintage.origin_day + lead * DAY,
        lead_days=lead,
        mean=mean,
        lower_80=mean - 10,
        upper_80=mean + 10,
        lower_95=mean - 20,
        upper_95=mean + 20,
        floor=mean + 1,
        threshold_probability=0.0,
        target_probability=0.0,
    )
