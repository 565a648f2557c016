"""The operational dashboard: productivity, process efficiency, allocation, hour by hour."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from anfl_assets.chart.history import history
from anfl_assets.chart.types import Line, Look, Point, Spec
from anfl_assets.collect.feeds import load_feeds
from anfl_assets.errors import AnflError
from anfl_assets.flow.binding import bound_feeds
from anfl_assets.flow.operational import operational
from anfl_assets.pages.boards.measures import MeasureView, Statistic, measure_views
from anfl_assets.pages.charts import asked_look
from anfl_assets.pages.reading import Reading
from anfl_assets.pages.refusals import PageError
from anfl_assets.pages.site import Site
from anfl_assets.report.published import opened

_PAGE = "operational"
_REACH = timedelta(weeks=26)
_HEIGHT = 200
# Our own work is measured between two builds as well.
_KEPT_S = 60.0


@dataclass
class Measures:
    """The measures of the newest build, read again after a minute or with the next build."""

    _views: tuple[MeasureView, ...] = ()
    _of: tuple[str, float] | None = field(default=None)

    async def views(self, site: Site, reading: Reading) -> tuple[MeasureView, ...]:
        """Return every measure of the dashboard; of an earlier moment they are read at once."""
        if reading.as_of is not None:
            return await asyncio.to_thread(_read, site, reading)
        at = site.clock.monotonic()
        if self._of is None or self._of[0] != reading.build.build_id or at - self._of[1] >= _KEPT_S:
            self._views = await asyncio.to_thread(_read, site, reading)
            self._of = (reading.build.build_id, at)
        return self._views


async def content(request: Request, reading: Reading) -> Mapping[str, Any]:
    """Return the panels with their measures."""
    site: Site = request.app.state.site
    views = await request.app.state.measures.views(site, reading)
    dashboard = reading.catalog.dashboards[_PAGE]
    return {
        "reading": reading,
        "panels": [
            (panel, [view for view in views if view.measure.panel == panel])
            for panel in dashboard.panels
        ],
    }


async def chart(request: Request, reading: Reading) -> Response:
    """Return the chart of one of a measure's numbers.

    Raises:
        PageError: there is none of that name.
    """
    site: Site = request.app.state.site
    look = asked_look(request)
    views = await request.app.state.measures.views(site, reading)
    wanted = (request.path_params["measure"], request.path_params["statistic"])
    for view in views:
        for statistic in view.statistics:
            if (view.measure.measure_id, statistic.name) == wanted:
                return JSONResponse(_chart(statistic, look))
    raise PageError("nothing of that name is measured", 404)


def _chart(statistic: Statistic, look: Look) -> Spec:
    by_size = sorted(
        statistic.series, key=lambda each: (each.subject != "all", -each.points[-1].value)
    )
    lines = [
        Line(each.subject, [Point(point.window_end_at, point.value) for point in each.points])
        for each in by_size
    ]
    return history(lines, limits=None, unit=statistic.unit, look=look, height=_HEIGHT)


def _read(site: Site, reading: Reading) -> tuple[MeasureView, ...]:
    until = reading.as_of or site.now()
    measures = reading.catalog.dashboards[_PAGE].measures
    try:
        path = bound_feeds(site.workspace)
        feeds = None if path is None else load_feeds(path, site.environ)
    except AnflError:
        feeds = None
    if feeds is None:
        return measure_views(measures, ())
    with opened(site.workspace, reading.build) as published:
        found: Sequence[Any] = operational(
            published, reading.catalog, feeds, since=until - _REACH, until=until
        )
    return measure_views(measures, found)
