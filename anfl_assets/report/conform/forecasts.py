"""Checks of §3.2: the forecasts that stand, how far ahead they look, and how old the newest is.

A series that was looked at and refused has a vintage that says why, but no forecast: a word stands
for nothing as long as all of its vintages are such.
"""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

from anfl_assets.catalog.sections import Forecast
from anfl_assets.report.conform.evidence import NOTHING, Evidence, Finding, Status
from anfl_assets.report.conform.forecast_facts import ForecastFacts
from anfl_assets.report.conform.lines import Line
from anfl_assets.report.conform.schedule import Schedule, longest_wait_s
from anfl_assets.report.conform.words import counted, moment

_NOT_RUN = f"{NOTHING} none is kept; `anfl forecast run` makes them"
# A run waits for the build before it, and takes its time.
_LATE = timedelta(days=1)


def series_of_word(line: Line, live: Evidence) -> Finding:
    """Each series of each metric that a word stands for is forecast."""
    ids = [metric.metric_id for metric in live.catalog.resolve(line.value)]
    forms = _asked(line, live).series[line.value]
    configuration = f"{', '.join(ids)} ({', '.join(forms)})"
    found = [facts for facts in _of(line, live) if facts.metric_id in ids and facts.form in forms]
    if not found:
        return Finding("missing", configuration, _NOT_RUN)
    standing = {(facts.metric_id, facts.form) for facts in found if facts.series > facts.refused}
    absent = [
        f"{metric_id} {form}"
        for metric_id in ids
        for form in forms
        if (metric_id, form) not in standing
    ]
    if absent:
        missing = f"{NOTHING} no forecast of {', '.join(absent)}"
        return Finding("missing", configuration, f"{missing}; {_shown(found)}")
    return Finding("ok", configuration, _shown(found))


def horizon(line: Line, live: Evidence) -> Finding:
    """Every standing forecast looks as far ahead as is written."""
    found = [facts for facts in _of(line, live) if facts.series > facts.refused]
    if not found:
        return Finding("missing", line.value, _NOT_RUN)
    asked = (_asked(line, live).horizon.timedelta or timedelta()).days
    lengths = sorted({days for facts in found for days in facts.horizon_days})
    told = f"{' and '.join(map(str, lengths))} days ahead: {_shown(found)}"
    return Finding("ok" if lengths == [asked] else "drifted", line.value, told)


def update_frequency(line: Line, live: Evidence) -> Finding:
    """A schedule makes them often enough, and the newest speaks of days as new as the data."""
    schedule = live.forecast_schedules.get(line.path[1])
    wanted_s = longest_wait_s(_asked(line, live).update_frequency)
    if schedule is None:
        return Finding("missing", f"no schedule makes {line.path[1]}", _newest(line, live))
    if schedule.period_s > wanted_s:
        told = f"found {schedule}; expected a round every {wanted_s} s"
        return Finding("drifted", told, _newest(line, live))
    if not _of(line, live):
        return Finding("missing", str(schedule), _NOT_RUN)
    status: Status = "drifted" if _is_late(line, live, schedule) else "ok"
    return Finding(status, str(schedule), _newest(line, live))


def _asked(line: Line, live: Evidence) -> Forecast:
    return live.catalog.forecasts[line.path[1]]


def _of(line: Line, live: Evidence) -> list[ForecastFacts]:
    return [facts for facts in live.forecasts if facts.model == line.path[1]]


def _is_late(line: Line, live: Evidence, schedule: Schedule) -> bool:
    """Say whether a round was missed: data has gone on for longer than one takes."""
    data_end = _data_end(line, live)
    origin = max(facts.origin_day for facts in _of(line, live))
    known_until = datetime.combine(origin + timedelta(days=1), time(), UTC)
    allowed = timedelta(seconds=schedule.period_s) + _LATE
    return data_end is not None and data_end - known_until > allowed


def _data_end(line: Line, live: Evidence) -> datetime | None:
    ids = _asked(line, live).metric_ids
    ends = (live.metrics[name].last_end_at for name in ids if name in live.metrics)
    return max((end for end in ends if end is not None), default=None)


def _newest(line: Line, live: Evidence) -> str:
    found = _of(line, live)
    if not found:
        return _NOT_RUN
    made = f"newest made {moment(max(facts.computed_at for facts in found))}"
    known = f"from days up to {max(facts.origin_day for facts in found)}"
    return f"{made} {known}, data to {moment(_data_end(line, live))}"


def _shown(found: list[ForecastFacts]) -> str:
    series = sum(facts.series for facts in found)
    trusted = sum(facts.forecastable for facts in found)
    refused = sum(facts.refused for facts in found)
    told = f"{counted(series, 'series', 'series')}, {trusted:,} forecastable, {refused:,} refused"
    return f"{told}, from days up to {max(facts.origin_day for facts in found)}"
