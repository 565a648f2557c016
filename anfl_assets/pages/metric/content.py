"""What the page of one metric says, beside its chart: read once for each request."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from anfl_assets.errors import AnflError
from anfl_assets.pages.metric import controls
from anfl_assets.pages.metric.asked import Asked
from anfl_assets.pages.metric.insight import Drivers, Trend, drivers, trends
from anfl_assets.pages.metric.lines import with_own_limits
from anfl_assets.pages.metric.origin import origin
from anfl_assets.pages.metric.spans import step
from anfl_assets.pages.metric.view import View, settle
from anfl_assets.pages.metric.windows import subjects, windows
from anfl_assets.pages.reading import Reading
from anfl_assets.pages.site import Site
from anfl_assets.pages.tile import Tile, tile
from anfl_assets.report.course import Stretch, first_and_last, newest_windows
from anfl_assets.report.incidents_of import IncidentOf, incidents_of
from anfl_assets.report.published import Published, Row, opened
from anfl_assets.wording.inert import web_address

_WINDOWS_SHOWN = 24


def content(site: Site, reading: Reading, asked: Asked) -> Mapping[str, Any]:
    """Return what the template shows.

    Raises:
        PageError: the metric has no such subject, or no windows of such a length.
    """
    read = _read(site, reading, asked)
    view = read.view
    incidents, problem = _incidents(site, reading, asked)
    return {
        "reading": reading,
        "metric": asked.metric,
        "asked": asked,
        "view": view,
        "shown": _headline(view, reading),
        "own_limits": with_own_limits(view.rows, view.subjects),
        "ranges": controls.ranges(view),
        "grains": controls.grains(view),
        "subjects": subjects(view, reading),
        "windows": windows(view, read.windows),
        "data_days": read.data_days,
        "drivers": read.drivers,
        "trends": read.trends,
        "origin": origin(site, reading, asked.metric),
        "sql": reading.build.compiled.get(asked.metric.model, ""),
        "runbook": web_address(asked.metric.runbook),
        "incidents": incidents,
        "incidents_problem": problem,
    }


def _headline(view: View, reading: Reading) -> Tile | None:
    """Return the row the page is about in words; None where the build does not have the metric."""
    row = view.headline
    return None if row is None else tile(view.asked.metric, row, reading.sparks)


@dataclass(frozen=True)
class _Read:
    """What the build says of one address; `data_days` only where the span has no window."""

    view: View
    windows: Sequence[Row]
    data_days: tuple[date, date] | None
    drivers: Drivers | None
    trends: list[Trend] | None


def _read(site: Site, reading: Reading, asked: Asked) -> _Read:
    with opened(site.workspace, reading.build) as published:
        view = settle(published, reading, asked)
        # The whole has no events: then those of its parts.
        found = _newest(published, view.stretch(view.subjects[:1])) or _newest(
            published, view.stretch(view.subjects)
        )
        metric_id = asked.metric.metric_id
        is_now = reading.as_of is None
        return _Read(
            view,
            found,
            None if found else first_and_last(published, metric_id),
            # Both were found out for the build's own moment.
            drivers(published, asked.metric) if is_now else None,
            trends(published, metric_id, view.subjects) if is_now else None,
        )


def _newest(published: Published, stretch: Stretch) -> Sequence[Row]:
    """Return the newest windows; most of a year's files need not be opened for those of a day."""
    late = max(stretch.since, stretch.until - _WINDOWS_SHOWN * step(stretch.grain))
    found = newest_windows(published, replace(stretch, since=late), limit=_WINDOWS_SHOWN)
    if late == stretch.since or len(found) == _WINDOWS_SHOWN:
        return found
    return newest_windows(published, stretch, limit=_WINDOWS_SHOWN)


def _incidents(site: Site, reading: Reading, asked: Asked) -> tuple[list[IncidentOf], str]:
    """Return the incidents of what is shown, newest first; and why they cannot be read."""
    try:
        found = incidents_of(
            site.alerts(), asked.metric.metric_id, subjects=asked.subjects, until=reading.as_of
        )
    except AnflError as error:
        return [], str(error)
    return found, ""
