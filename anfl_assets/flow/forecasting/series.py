"""The daily series that a forecast of the catalog asks for (§3.2), read from a published build.

One for each form of each metric it names and each subject that stands. A series ends with its own
newest day: a source that delivers late is forecast from as far as it told.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from anfl_assets.catalog.bounds import possible_values
from anfl_assets.catalog.forms import FORMS, Form
from anfl_assets.catalog.model import Catalog, Metric
from anfl_assets.catalog.sections import Forecast
from anfl_assets.flow.analysis.subjects import Subject, data_as_of, subjects_of
from anfl_assets.flow.forecasting.days import Days, Reach, days_of
from anfl_assets.flow.forecasting.definition import definition_of
from anfl_assets.flow.forecasting.marks import Disturbances, disturbances
from anfl_assets.forecast.series import Bounds, DailySeries, Floats
from anfl_assets.report.published import Published

_DAY = timedelta(days=1)
# Two turns of the year to learn from and one to be judged by; what lies before is another company.
_REACH_DAYS = 3 * 366
_SILENT = timedelta(days=7)


@dataclass(frozen=True)
class AskedSeries:
    """One series to be forecast `horizon_days` ahead, and what its subject is held to.

    `definition` is the hash of what computed it. Either there is a `series` or a `reason`, in words
    for people, why there is none: no value ever, or none for longer than its source may be silent.
    """

    model: str
    metric: Metric
    subject: str
    is_whole: bool
    form: str
    target: float
    threshold: float
    definition: str
    horizon_days: int
    series: DailySeries | None
    reason: str | None


def asked_series(
    published: Published, catalog: Catalog, asked: Forecast, *, as_of: datetime | None = None
) -> list[AskedSeries]:
    """Return what a forecast asks for, in the catalog's order, subjects by name.

    Only days that had closed by `as_of`, by default by the end of the newest judged window; empty
    where no window had ended by then.
    """
    subjects = subjects_of(published, catalog, asked.metric_ids, as_of=as_of)
    at = data_as_of(published, subjects, as_of)
    if at is None:
        return []
    last = (at - _DAY).date()
    reach = Reach(last - _REACH_DAYS * _DAY, last)
    read = _Read(
        published,
        asked,
        last,
        days_of(published, asked.metric_ids, reach),
        disturbances(published, reach),
    )
    return [
        each
        for metric_id, form in _forms(catalog, asked)
        for each in _of_form(read, subjects[metric_id], form)
    ]


@dataclass(frozen=True)
class _Read:
    published: Published
    asked: Forecast
    last: date
    days: Days
    disturbances: Disturbances


def _forms(catalog: Catalog, asked: Forecast) -> list[tuple[str, Form]]:
    """Return each metric with each of its forms once, though several words may name it."""
    named = (
        (metric.metric_id, FORMS[form])
        for word, forms in asked.series.items()
        for metric in catalog.resolve(word)
        for form in forms
    )
    return list(dict.fromkeys(named))


def _of_form(read: _Read, subjects: list[Subject], form: Form) -> Iterator[AskedSeries]:
    metric = subjects[0].metric
    found = read.days.of(metric.metric_id, form)
    grain = read.days.grain(metric.metric_id, form) or form.source
    definition = definition_of(read.published, metric, grain)
    horizon = read.asked.horizon.timedelta or _DAY
    for subject in subjects:
        series, reason = _series(read, subject, found.get(subject.name), form)
        yield AskedSeries(
            model=read.asked.name,
            metric=metric,
            subject=subject.name,
            is_whole=subject.is_whole,
            form=form.name,
            target=subject.target,
            threshold=subject.threshold,
            definition=definition,
            horizon_days=horizon.days,
            series=series,
            reason=reason,
        )


def _series(
    read: _Read, subject: Subject, found: tuple[date, Floats] | None, form: Form
) -> tuple[DailySeries | None, str | None]:
    if found is None:
        return None, f"no {form.name} yet: {_LACKS[form.source]}"
    first, values = found
    newest = first + (values.size - 1) * _DAY
    if read.last - newest > max(_SILENT, subject.metric.stale_after.timedelta or _SILENT):
        return None, f"no value since {newest}"
    marked = read.disturbances.marked(subject.metric.metric_id, subject.name, first, values.size)
    bounds = Bounds(*possible_values(subject.metric.target))
    return DailySeries(first, values, bounds, marked), None


_LACKS = {
    "day": "no day is closed",
    "hour": "no closed day has hours all through it",
    "moving": "no window that moves by a day has a value",
}
