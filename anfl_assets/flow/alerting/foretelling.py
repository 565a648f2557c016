"""What forecasts say of breaches to come, as readings: one for each model, metric and subject.

Rows in, readings out. The forms of one series (its daily peak and mean) are one thing to people:
the sooner crossing is told. A vintage is one judgement, however often it is looked at.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from itertools import groupby
from operator import attrgetter
from typing import NamedTuple

from anfl_assets.catalog import Catalog
from anfl_assets.flow.alerting import foretold_words as words
from anfl_assets.report.forecast_rows import VintageRow
from anfl_assets.report.forecasts import foretells, is_stale
from anfl_assets.store.alerts.records import Reading

_of_one_subject = attrgetter("model", "metric_id", "subject")


class _Said(NamedTuple):
    """What the forms of one subject come to, in words, and the vintage that says it."""

    status: str
    detail: str
    row: VintageRow


def foretold_readings(
    standing: Iterable[VintageRow], catalog: Catalog, *, now: datetime
) -> list[Reading]:
    """Return what the standing vintages say of breaches to come.

    Status `forecast` where one is foretold (`report.forecasts.foretells`), `unlikely` where none
    is, `insufficient` where nothing can be told: no forecast to trust, a stale one, or odds between
    what tells and what ends. A whole is shown only, where it has parts. A vintage whose last day is
    over, or whose model or metric the catalog does not know, is not spoken of.
    """
    rows = [
        row
        for row in sorted(standing, key=_of_one_subject)
        if row.model in catalog.forecasts and row.metric_id in catalog.metrics
        if words.last_day(row) >= now.astimezone(UTC).date()
    ]
    has_parts = {(row.model, row.metric_id) for row in rows if not row.is_whole}
    readings = []
    for _, forms in groupby(rows, key=_of_one_subject):
        said = _said(list(forms), catalog, now)
        row = said.row
        is_alertable = not (row.is_whole and (row.model, row.metric_id) in has_parts)
        readings.append(_reading(said, catalog, is_alertable=is_alertable))
    return readings


def speaks_for(
    forms: Sequence[VintageRow], catalog: Catalog, *, now: datetime
) -> VintageRow | None:
    """Return the vintage of one model, metric and subject that its reading tells of."""
    known = [row for row in forms if row.model in catalog.forecasts]
    return _said(known, catalog, now).row if known else None


def _said(forms: Sequence[VintageRow], catalog: Catalog, now: datetime) -> _Said:
    fresh = [row for row in forms if not is_stale(row, catalog.forecasts[row.model], now)]
    if not fresh:
        return _Said("insufficient", words.stale(forms[0]), forms[0])
    across = next((row for row in fresh if row.is_across_now), None)
    if across is not None:
        return _Said("unlikely", words.across(across), across)
    told = sorted(filter(foretells, fresh), key=_even_odds_day)
    if told:
        return _Said("forecast", words.coming(told[0]), told[0])
    # A form that cannot be trusted is silent where another one speaks.
    trusted = [row for row in fresh if row.status == "forecastable"]
    if not trusted:
        return _Said("insufficient", words.untrusted(fresh[0]), fresh[0])
    likeliest = max(trusted, key=words.odds)
    if words.odds(likeliest) >= catalog.alert_rules.forecast.ends_below:
        return _Said("insufficient", words.wavering(likeliest), likeliest)
    return _Said("unlikely", words.unlikely(likeliest), likeliest)


def _even_odds_day(row: VintageRow) -> date:
    return row.threshold_day_50 or words.last_day(row)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


def _reading(said: _Said, catalog: Catalog, *, is_alertable: bool) -> Reading:
    row = said.row
    return Reading(
        metric_id=row.metric_id,
        subject=row.subject,
        grain=row.model,
        status=said.status,
        value=words.newest(row),
        unit=row.unit,
        target=row.target,
        target_operator=catalog.metrics[row.metric_id].target_operator,
        threshold=row.threshold,
        sample_count=row.train_days,
        since=None,
        window_start_at=None,
        window_end_at=_midnight(row.origin_day + timedelta(days=1)),
        judged_at=row.computed_at,
        is_alertable=is_alertable,
        detail=said.detail,
        due_at=_midnight(_even_odds_day(row)) if said.status == "forecast" else None,
    )
