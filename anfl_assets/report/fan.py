"""A forecast as it was kept, drawn: the newest known days, the fan, and where it crosses."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Unpack

from anfl_assets.chart.fan import fan_chart
from anfl_assets.chart.fan_rows import described
from anfl_assets.chart.types import Ahead, Drawn, Fan, Limits, Look, Meeting, Point, Spec
from anfl_assets.report.forecasts import ForecastDay, VintageRow

# As much of what was as twice what is to come, so that the fan can be read beside it.
_PAST = 2


def drawn_fan(
    vintage: VintageRow, days: Sequence[ForecastDay], look: Look, **drawn: Unpack[Drawn]
) -> Spec:
    """Return the chart of a vintage and its days, oldest first; of a refused one what is known."""
    fan, limits = fan_of(vintage, days), _limits(vintage)
    return fan_chart(fan, limits=limits, unit=vintage.unit, look=look, **drawn)


def fan_words(vintage: VintageRow, days: Sequence[ForecastDay]) -> str:
    """Say what the chart of a vintage shows."""
    return described(fan_of(vintage, days), _limits(vintage), vintage.unit)


def fan_of(vintage: VintageRow, days: Sequence[ForecastDay]) -> Fan:
    """Return what is drawn of a vintage: every day at its begin, UTC."""
    recent = vintage.recent[-_PAST * vintage.horizon_days :]
    first = vintage.origin_day - timedelta(days=len(recent) - 1)
    return Fan(
        past=[Point(_at(first + timedelta(days=n)), value) for n, value in enumerate(recent)],
        ahead=[
            Ahead(_at(day.day), day.mean, day.lower_80, day.upper_80, day.lower_95, day.upper_95)
            for day in days
        ],
        meetings=_meetings(vintage),
    )


def _limits(vintage: VintageRow) -> Limits:
    return Limits(vintage.target, vintage.threshold, vintage.unit)


def _meetings(vintage: VintageRow) -> list[Meeting]:
    """Return where the threshold is crossed with even odds.

    None where that is past, or where a forecast that is not trusted says so.
    """
    day = vintage.threshold_day_50
    if day is None or vintage.is_across_now or vintage.status != "forecastable":
        return []
    text = f"even odds {day.day} {day:%b}"
    return [Meeting(_at(day), vintage.threshold, text)]


def _at(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
