"""Which two windows of a metric are compared: the judged one and the comparable one before it.

Comparable is what the board's change is against; another moment or span can be asked for. Only the
files of the days around the two windows are read.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from anfl_assets.analyze.contribution import Ratio
from anfl_assets.catalog.duration import Duration
from anfl_assets.catalog.model import Metric
from anfl_assets.errors import UserError
from anfl_assets.flow.analysis.grains import grain as grain_of
from anfl_assets.flow.analysis.subjects import WHOLE
from anfl_assets.report.published import Published
from anfl_assets.report.scoreboard import COMPARED

_INSTANT = timedelta(microseconds=1)
# A moment asked for lies in a window that may have ended so many of its lengths earlier.
_LENGTHS_BACK = 2
_MONTHS = {"month": 1, "quarter": 3, "year": 12}


class NothingToSplit(UserError):
    """There are no two windows to compare, or nothing of which the change could be a sum."""


@dataclass(frozen=True)
class Observed:
    """One subject in one window, as published."""

    subject: str
    window_start_at: datetime
    value: float | None
    numerator: float | None
    denominator: float | None

    @property
    def ratio(self) -> Ratio | None:
        """Its two sums; None where it has none or nothing to divide by."""
        if self.numerator is None or not self.denominator:
            return None
        return Ratio(self.numerator, self.denominator)


@dataclass(frozen=True)
class Window:
    """All subjects of a metric over one window; `start_at` is that of most of them."""

    grain: str
    start_at: datetime
    end_at: datetime
    subjects: dict[str, Observed]

    @property
    def whole(self) -> Observed | None:
        """The whole; None for a metric that has none."""
        return self.subjects.get(WHOLE)

    @property
    def parts(self) -> dict[str, Observed]:
        """All but the whole."""
        return {name: each for name, each in self.subjects.items() if name != WHOLE}


def compared_windows(
    published: Published,
    metric: Metric,
    *,
    grain: str | None = None,
    at: datetime | None = None,
    against: datetime | Duration | None = None,
) -> tuple[Window, Window]:
    """Return the earlier and the later window.

    `at` takes the newest window that had ended by then; `against` a moment (the newest by then) or
    how much earlier the other window ended; None what the board compares with.

    Raises:
        NothingToSplit: one of them is not there, or windows of this grain follow no grid.
    """
    chosen = grain or _default_grain(metric)
    later = _newest(published, metric, chosen, at or _newest_end(published, metric))
    if isinstance(against, datetime):
        earlier = _newest(published, metric, chosen, against)
    else:
        end_at = _earlier(published, later.end_at, _span(chosen, against))
        earlier = _read(published, metric, chosen, (end_at, end_at))
    if earlier.end_at >= later.end_at:
        raise NothingToSplit(
            f"{metric.metric_id}: both windows of {chosen} end at {later.end_at:%Y-%m-%d %H:%M}; "
            "compare with an earlier moment"
        )
    return earlier, later


def _default_grain(metric: Metric) -> str:
    """Return the first judged grain that can be compared; events follow no grid."""
    return next((each for each in metric.grains if each in COMPARED), metric.headline_grain)


def _span(grain: str, against: Duration | None) -> str:
    if against is not None:
        # What a month is long the calendar says.
        months = _MONTHS.get(against.unit, 0) * (against.count or 0)
        return f"interval '{months} months'" if months else f"interval '{against.seconds} seconds'"
    if grain in COMPARED:
        return COMPARED[grain]
    found = grain_of(grain)
    if found is None:
        raise NothingToSplit(f"windows of {grain} follow no grid: there is no comparable one")
    return f"interval '{found.step_s * found.overlap} seconds'"


def _earlier(published: Published, end_at: datetime, span: str) -> datetime:
    # Months are the calendar's: DuckDB knows how long each is.
    earlier = published.rows(f"select $1::timestamptz - {span} as at", [end_at])[0]["at"]
    assert isinstance(earlier, datetime)  # noqa: S101 - what a timestamp is
    return earlier


def _newest_end(published: Published, metric: Metric) -> datetime:
    rows = published.rows(
        f"select max(window_end_at) as at from {published.table('fct_status_latest')} "
        "where metric_id = ?",
        [metric.metric_id],
    )
    if rows[0]["at"] is None:
        raise NothingToSplit(f"{metric.metric_id}: nothing was observed yet")
    found: datetime = rows[0]["at"]
    return found


def _newest(published: Published, metric: Metric, grain: str, until: datetime) -> Window:
    found = grain_of(grain)
    if found is None:
        raise NothingToSplit(f"windows of {grain} follow no grid: there is no comparable one")
    return _read(
        published, metric, grain, (until - _LENGTHS_BACK * timedelta(seconds=found.step_s), until)
    )


def _read(
    published: Published, metric: Metric, grain: str, ends: tuple[datetime, datetime]
) -> Window:
    """Read the newest window that ended between both moments, both included."""
    dates = list(_days(*ends))
    # A window that widened to find evidence began earlier than the others.
    rows = published.rows(
        "select subject, window_start_at, window_end_at, value, numerator, denominator "
        f"from {published.table('fct_metric_observation', dates)} "
        "where metric_id = $metric and grain = $grain and window_end_at between $since and $until "
        "qualify window_end_at = max(window_end_at) over () order by subject",
        {"metric": metric.metric_id, "grain": grain, "since": ends[0], "until": ends[1]},
    )
    if not rows:
        raise NothingToSplit(
            f"{metric.metric_id}: no window of {grain} ended {_when(*ends)}: "
            "there is nothing to compare"
        )
    return _window(grain, rows)


def _window(grain: str, rows: list[dict[str, Any]]) -> Window:
    end_at = rows[0]["window_end_at"]
    observed = {
        row["subject"]: Observed(**{key: row[key] for key in row if key != "window_end_at"})
        for row in rows
    }
    whole = observed.get(WHOLE)
    start_at = whole.window_start_at if whole else max(row["window_start_at"] for row in rows)
    return Window(grain, start_at, end_at, observed)


def _days(since: datetime, until: datetime) -> Iterator[Any]:
    """Yield the days under which windows with such ends are filed: that of their last moment."""
    day, last = (since - _INSTANT).date(), (until - _INSTANT).date()
    while day <= last:
        yield day
        day += timedelta(days=1)


def _when(since: datetime, until: datetime) -> str:
    if since == until:
        return f"at {until:%Y-%m-%d %H:%M} UTC"
    return f"between {since:%Y-%m-%d %H:%M} and {until:%Y-%m-%d %H:%M} UTC"
