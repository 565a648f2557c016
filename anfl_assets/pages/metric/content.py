"""What the page of one metric says, beside its chart: read once for each request."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from anfl_assets.errors import AnflError
from anfl_assets.pages.metric import controls
from anfl_assets.pages.metric.asked import Asked
from anfl_assets.pages.metric.lines import with_own_limits
from anfl_assets.pages.metric.origin import origin
from anfl_assets.pages.metric.spans import step
from anfl_assets.pages.metric.view import View, settle
from anfl_assets.pages.metric.windows import Window, subjects, windows
from anfl_assets.pages.reading import Reading
from anfl_assets.pages.site import Site
from anfl_assets.pages.tile import Tile, tile
from anfl_assets.report.course import first_and_last, newest_windows
from anfl_assets.report.incidents_of import IncidentOf, incidents_of
from anfl_assets.report.published import opened
from anfl_assets.wording.inert import web_address

_WINDOWS_SHOWN = 24


def content(site: Site, reading: Reading, asked: Asked) -> Mapping[str, Any]:
    """Return what the template shows.

    Raises:
        PageError: the metric has no such subject, or no windows of such a length.
    """
    view, found, days = _course(site, reading, asked)
    incidents, problem = _incidents(site, asked)
    return {
        "reading": reading,
        "metric": asked.metric,
        "asked": asked,
        "view": view,
        "shown": _headline(view, reading),
        "own_limits": with_own_limits(view.rows, view.subjects),
        "ranges": controls.ranges(asked),
        "grains": controls.grains(view),
        "subjects": subjects(view, reading),
        "windows": found,
        "data_days": days,
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


def _course(
    site: Site, reading: Reading, asked: Asked
) -> tuple[View, list[Window], tuple[date, date] | None]:
    """Return the newest windows of the headline; without any, the days that have some."""
    with opened(site.workspace, reading.build) as published:
        view = settle(published, reading, asked)
        stretch = view.stretch(view.subjects[:1])
        # Most of a year's files need not be opened for a day's windows.
        late = max(stretch.since, stretch.until - _WINDOWS_SHOWN * step(stretch.grain))
        found = newest_windows(published, replace(stretch, since=late), limit=_WINDOWS_SHOWN)
        found = found or newest_windows(published, stretch, limit=_WINDOWS_SHOWN)
        days = None if found else first_and_last(published, asked.metric.metric_id)
    return view, windows(view, found), days


def _incidents(site: Site, asked: Asked) -> tuple[list[IncidentOf], str]:
    """Return the incidents of what is shown, newest first; and why they cannot be read."""
    try:
        with site.alerts() as alerts:
            return incidents_of(alerts, asked.metric.metric_id, subjects=asked.subjects), ""
    except AnflError as error:
        return [], str(error)
