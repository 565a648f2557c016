"""The operational measures in words: of each number its newest window, what changed, its course."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import groupby

from anfl_assets.catalog import Measure
from anfl_assets.pages.render import iso
from anfl_assets.report.metric_words import difference_words, title
from anfl_assets.report.operational import Measured
from anfl_assets.wording.numbers import NOTHING, counted, quantity

# Finest first: where a number is there at several lengths of windows the finest is shown.
_GRAINS = ("hour", "day", "week", "month")
_SHOWN = {"hour": timedelta(days=7), "day": timedelta(days=30), "week": timedelta(weeks=26)}


@dataclass(frozen=True)
class Number:
    """One number of one subject; its course is [ISO time, value], oldest first."""

    subject: str
    value: str
    change: str
    samples: str
    course: Sequence[tuple[str, float]]


@dataclass(frozen=True)
class Statistic:
    """One of a measure's numbers, of every subject, the whole first."""

    name: str
    title: str
    grain: str
    unit: str
    numbers: tuple[Number, ...]
    series: tuple[Measured, ...]


@dataclass(frozen=True)
class MeasureView:
    """A measure with its numbers; without any there is no data for it yet."""

    measure: Measure
    title: str
    statistics: tuple[Statistic, ...]


def measure_views(
    measures: Sequence[Measure], found: Sequence[Measured]
) -> tuple[MeasureView, ...]:
    """Return every measure of a dashboard, also those of which nothing is known yet."""
    return tuple(
        MeasureView(
            measure,
            title(measure.measure_id),
            tuple(_statistics([each for each in found if each.measure_id == measure.measure_id])),
        )
        for measure in measures
    )


def _statistics(found: Sequence[Measured]) -> list[Statistic]:
    ordered = sorted(found, key=lambda each: each.statistic)
    made = []
    for name, same in groupby(ordered, key=lambda each: each.statistic):
        every = list(same)
        finest = min((each.grain for each in every), key=_GRAINS.index)
        series = tuple(_recent(each) for each in every if each.grain == finest and each.points)
        if series:
            made.append(_statistic(name, finest, series))
    return made


def _statistic(name: str, grain: str, series: tuple[Measured, ...]) -> Statistic:
    unit = series[0].unit
    numbers = tuple(_number(each) for each in series)
    return Statistic(name, title(name), grain, unit, numbers, series)


def _recent(of: Measured) -> Measured:
    """Keep what is shown: the newest windows."""
    since = of.points[-1].window_end_at - _SHOWN.get(of.grain, timedelta(days=365))
    points = [point for point in of.points if point.window_end_at > since]
    return Measured(of.measure_id, of.panel, of.subject, of.statistic, of.grain, of.unit, points)


def _number(of: Measured) -> Number:
    last = of.points[-1]
    before = of.points[-2].value if len(of.points) > 1 else None
    return Number(
        subject=of.subject,
        value=quantity(last.value, of.unit),
        change=NOTHING
        if before is None
        else difference_words(round(last.value - before, 2), of.unit),
        samples=counted(last.sample_count, "sample", "samples"),
        course=[(iso(point.window_end_at), point.value) for point in of.points],
    )
