"""Process efficiency (§4.1): the share of our own loads and builds that succeeded, and in time.

Read from the ledger when somebody looks: a build that failed publishes nothing, least of all that
it failed. A delivery that did not come in time counts once, at the moment it was due, as one that
failed; it counts as any other when it comes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from anfl_assets.report.operational import Measured, Point
from anfl_assets.store.runs import Run, last_landed, runs

if TYPE_CHECKING:
    from anfl_assets.catalog.sections import Measure
    from anfl_assets.config.period import Period
    from anfl_assets.store.ledger import Ledger

# Measures that have no model: they are read here.
MEASURE_ID = "process_efficiency"
STATISTIC = "share_in_time"
_DAY = timedelta(days=1)
_SUBJECTS = ("all", "loads", "builds")


def process_efficiency(
    ledger: Ledger,
    measure: Measure,
    *,
    expected: Mapping[str, Period],
    since: datetime,
    until: datetime,
) -> list[Measured]:
    """Return the share of each closed day (UTC) between both moments, for loads, builds and both.

    `expected` says by feed how long it may be until its next delivery. A day on which nothing ended
    and nothing was due has no point, and a day that is not over none either.
    """
    first, last = _midnight(since), _midnight(until)
    ended = runs(ledger, since=first, until=last)
    landed = last_landed(ledger, before=first)
    missed = _missed(ended, landed, expected, until=last)
    counted = [*ended, *(run for run in missed if run.ended_at >= first)]
    return [
        Measured(measure.measure_id, measure.panel, subject, STATISTIC, "day", "%", points)
        for subject in _SUBJECTS
        if (points := list(_days(counted, subject)))
    ]


def _days(counted: list[Run], subject: str) -> Iterator[Point]:
    wanted = [
        run for run in counted if subject in ("all", "builds" if run.feed is None else "loads")
    ]
    by_day: dict[datetime, list[bool]] = {}
    for run in sorted(wanted, key=lambda run: run.ended_at):
        by_day.setdefault(_midnight(run.ended_at), []).append(run.is_ok)
    for day, outcomes in by_day.items():
        yield Point(day + _DAY, 100.0 * sum(outcomes) / len(outcomes), len(outcomes))


def _missed(
    ended: list[Run],
    landed: Mapping[str, datetime],
    expected: Mapping[str, Period],
    *,
    until: datetime,
) -> Iterator[Run]:
    """Yield each moment at which a delivery was due and had not come; the next is due a span later.

    A feed that never delivered owes nothing yet.
    """
    for feed, every in expected.items():
        came = [run.ended_at for run in ended if run.feed == feed and run.is_ok]
        before = landed.get(feed)
        for at in (*came, until):
            yield from _due_between(feed, before, at, every)
            before = at


def _due_between(
    feed: str, before: datetime | None, until: datetime, every: Period
) -> Iterator[Run]:
    if before is None:
        return
    due = every.after(before)
    while due < until:
        yield Run(feed, due, is_ok=False)
        due = every.after(due)


def _midnight(at: datetime) -> datetime:
    return at.replace(hour=0, minute=0, second=0, microsecond=0)
