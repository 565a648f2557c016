"""What one address shows of a metric, settled against one build: rows, subjects, span, grains."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from anfl_assets.pages.metric.asked import Asked, check_grain, check_subjects
from anfl_assets.pages.metric.lines import drawn, subjects_in_order
from anfl_assets.pages.metric.spans import RANGES, Span, finest_first, spanned, suited_grain
from anfl_assets.pages.reading import Reading
from anfl_assets.report.course import Stretch, first_and_last, newest_ends
from anfl_assets.report.published import Published
from anfl_assets.report.scoreboard import BoardRow

_INSTANT = timedelta(microseconds=1)
# A window of any length but the longest ends within so many days of the newest one.
_DAYS_LOOKED = 3


@dataclass(frozen=True)
class View:
    """One metric over one span. `ends` are the newest ends of windows by grain, finest first."""

    asked: Asked
    rows: Sequence[BoardRow]
    span: Span
    ends: Mapping[str, datetime]

    @property
    def subjects(self) -> tuple[str, ...]:
        """The subjects to draw, the important ones first."""
        return drawn(subjects_in_order(self.rows, self.asked.subjects), self.span)

    @property
    def headline(self) -> BoardRow | None:
        """The row the page is about: the whole or the worst of what is drawn; None without any."""
        return next((row for row in self.rows if row.subject in self.subjects[:1]), None)

    def stretch(self, subjects: tuple[str, ...] | None = None) -> Stretch:
        """Return the windows of the span, of these subjects."""
        span = self.span
        return Stretch(self.asked.metric.metric_id, span.grain, span.since, span.until, subjects)


def settle(published: Published, reading: Reading, asked: Asked) -> View:
    """Find the span an address means; a range ends with the newest window there is.

    Raises:
        PageError: the metric has no such subject, or no windows of such a length.
    """
    metric_id = asked.metric.metric_id
    rows = reading.rows(metric_id)
    check_subjects(asked, [row.subject for row in rows])
    ends = _ends(published, reading, metric_id)
    check_grain(asked, list(ends))
    return View(asked, rows, _span(published, reading, asked, ends), ends)


def _ends(published: Published, reading: Reading, metric_id: str) -> dict[str, datetime]:
    """Return the newest ends by grain, finest first, from the days in which one may be."""
    ended = [row.window_end_at for row in reading.board if row.window_end_at is not None]
    own = [row.window_end_at for row in reading.rows(metric_id) if row.window_end_at is not None]
    if not own:
        return {}
    dates = {day for at in (max(ended), *own) for day in _days_before(at)}
    found = newest_ends(published, metric_id, dates)
    if reading.as_of is not None:
        found = {name: min(at, reading.as_of) for name, at in found.items()}
    return {name: found[name] for name in finest_first(found)}


def _days_before(at: datetime) -> list[date]:
    return [(at - _INSTANT).date() - timedelta(days=n) for n in range(_DAYS_LOOKED)]


def _span(
    published: Published, reading: Reading, asked: Asked, ends: Mapping[str, datetime]
) -> Span:
    rows = reading.rows(asked.metric.metric_id)
    first = subjects_in_order(rows, asked.subjects)[:1]
    judged_on = next((row.grain for row in rows if row.subject in first), None)
    newest = max(ends.values(), default=reading.as_of or reading.build.finished_at)
    until = asked.until or newest
    since = asked.since or _since(published, asked, until)
    if since >= until:
        since = until - timedelta(days=1)
    grain = asked.grain or suited_grain(asked.metric, list(ends), until - since, first=judged_on)
    if asked.until is None:
        # A month ends long before the newest minute: the range is of its own windows.
        until = ends.get(grain, until)
        since = asked.since or _since(published, asked, until)
    return spanned(min(since, until), until, grain)


def _since(published: Published, asked: Asked, until: datetime) -> datetime:
    length = RANGES[asked.range_name]
    if length is not None:
        return until - length
    found = first_and_last(published, asked.metric.metric_id, asked.subjects or None)
    first = until.date() if found is None else found[0]
    return datetime(first.year, first.month, first.day, tzinfo=UTC)
