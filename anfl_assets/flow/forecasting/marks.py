"""The days that are not learned from: the subject was under maintenance or in an incident.

An incident is read from the judge's book (`fct_status_day`), which reaches back before alerting ran
and belongs to the build: another metric of the subject was breached for an hour of the day or more.
Its own breaches do not count: leaving out what lies beyond a threshold would hide its approach.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

import numpy as np

from anfl_assets.flow.analysis.subjects import WHOLE
from anfl_assets.flow.forecasting.days import Reach
from anfl_assets.forecast.series import Bools
from anfl_assets.report.published import Published

_MATERIAL = timedelta(hours=1)
_GRAIN, _WINDOW = "5 minutes", timedelta(minutes=5)
_DAY = timedelta(days=1)
# A breach of more days on end is how things are, not an exception.
_LONGEST_DAYS = 3
# Nor is one that befalls more than a fifth of all days, or of those of the last quarter.
_MOST = 0.2
_QUARTER_DAYS = 90


@dataclass(frozen=True)
class Disturbances:
    """What befell whom on which days.

    `breached`: by subject, the days and the metric that was breached. `worked_on`: by component,
    the days of maintenance; under None those of maintenance of everything.
    """

    breached: Mapping[str, Mapping[str, frozenset[date]]]
    worked_on: Mapping[str | None, frozenset[date]]

    def marked(self, metric_id: str, subject: str, first: date, days: int) -> Bools:
        """Return which days of a series are marked; shape (days,).

        A resource of a host (`db-1/disk`) shares the fate of its host. The sum of all subjects has
        only what befell everything: one part in trouble is part of how it usually goes.
        """
        told = set(self.worked_on.get(None, ()))
        names = () if subject == WHOLE else dict.fromkeys((subject, subject.partition("/")[0]))
        for name in names:
            told |= self.worked_on.get(name, frozenset())
            for other, found in self.breached.get(name, {}).items():
                told |= found if other != metric_id else frozenset()
        marked = np.array([first + n * _DAY in told for n in range(days)], dtype=np.bool_)
        is_usual = max(marked.mean(), marked[-_QUARTER_DAYS:].mean()) > _MOST
        return np.zeros_like(marked) if is_usual else marked


def disturbances(published: Published, reach: Reach) -> Disturbances:
    """Read the incidents and the maintenance of the days, an hour of a day or more."""
    return Disturbances(_breached(published, reach), _worked_on(published, reach))


def _breached(published: Published, reach: Reach) -> Mapping[str, Mapping[str, frozenset[date]]]:
    rows = published.rows(
        f"select metric_id, subject, date from {published.table('fct_status_day', reach.dates)} "
        f"where grain = '{_GRAIN}' and breached_count >= {_MATERIAL // _WINDOW} "
        f"and date between date '{reach.first}' and date '{reach.last}'"
    )
    found: dict[str, dict[str, set[date]]] = defaultdict(lambda: defaultdict(set))
    for row in rows:
        found[row["subject"]][row["metric_id"]].add(row["date"])
    return {
        subject: {metric_id: _exceptional(days) for metric_id, days in each.items()}
        for subject, each in found.items()
    }


def _exceptional(days: set[date]) -> frozenset[date]:
    """Return the days without those of runs that are longer than an exception lasts."""
    kept: set[date] = set()
    run: list[date] = []
    for day in sorted(days):
        if run and day - run[-1] != _DAY:
            kept.update(run if len(run) <= _LONGEST_DAYS else ())
            run = []
        run.append(day)
    kept.update(run if len(run) <= _LONGEST_DAYS else ())
    return frozenset(kept)


def _worked_on(published: Published, reach: Reach) -> Mapping[str | None, frozenset[date]]:
    if "fct_annotation" not in published.build.tables:
        return {}
    # distinct: maintenance has a row for each day it touches
    rows = published.rows(
        "select distinct subject, date, happened_at, until_at "
        f"from {published.table('fct_annotation', reach.dates)} where kind = 'maintenance' "
        f"and date between date '{reach.first}' and date '{reach.last}'"
    )
    lasted: dict[tuple[str | None, date], timedelta] = defaultdict(timedelta)
    for row in rows:
        lasted[row["subject"], row["date"]] += _within(
            row["date"], row["happened_at"], row["until_at"]
        )
    found: dict[str | None, set[date]] = defaultdict(set)
    for (subject, day), length in lasted.items():
        if length >= _MATERIAL:
            found[subject].add(day)
    return {subject: frozenset(days) for subject, days in found.items()}


def _within(day: date, start: datetime, end: datetime) -> timedelta:
    midnight = datetime.combine(day, time(), tzinfo=UTC)
    return max(min(end, midnight + _DAY) - max(start, midnight), timedelta())
