"""The chart of a metric's page: its own request, so that the page does not wait for it."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from anfl_assets.chart.history import history
from anfl_assets.chart.types import Look, Mark, Spec
from anfl_assets.errors import AnflError
from anfl_assets.pages.boards.routes import asked_reading
from anfl_assets.pages.charts import asked_look
from anfl_assets.pages.metric.asked import Asked, asked, asked_metric
from anfl_assets.pages.metric.kept import Kept
from anfl_assets.pages.metric.lines import limits, lines
from anfl_assets.pages.metric.live_points import with_live
from anfl_assets.pages.metric.view import View, settle
from anfl_assets.pages.reading import Reading
from anfl_assets.pages.refusals import PageError
from anfl_assets.pages.site import Site
from anfl_assets.report.course import Points, courses
from anfl_assets.report.incidents_of import incident_marks, incidents_of
from anfl_assets.report.published import opened

# About 50 MB of points.
_MOST_POINTS = 400_000
_HEIGHT = 300
Courses = Mapping[str, Points]


def _weight(kept: tuple[View, Courses]) -> int:
    return sum(map(len, kept[1].values())) + 1


@dataclass(frozen=True)
class Charts:
    """Answers with charts; courses are kept by build and address."""

    kept: Kept[tuple[View, Courses]] = field(
        default_factory=lambda: Kept(most=_MOST_POINTS, weigh=_weight)
    )

    async def answer(self, request: Request) -> Response:
        """Return the Vega-Lite spec of the history that the address asks for."""
        site: Site = request.app.state.site
        look = asked_look(request)
        given = asked(
            asked_metric(site.catalog, request.path_params["metric"]), request.query_params
        )
        reading = await asked_reading(request)
        if reading is None:
            raise PageError("nothing was published yet", 404)
        key = (reading.build.build_id, given.address())
        view, built = await asyncio.to_thread(
            self.kept.get, key, lambda: _read(site, reading, given)
        )
        tick = site.hub.newest
        if reading.as_of is None and site.hub.is_fresh and tick is not None and tick.board:
            built = with_live(view, built, tick.board)
        return JSONResponse(await asyncio.to_thread(_drawn, site, view, built, look))


def _read(site: Site, reading: Reading, given: Asked) -> tuple[View, Courses]:
    with opened(site.workspace, reading.build) as published:
        view = settle(published, reading, given)
        return view, courses(published, view.stretch(view.subjects))


def _drawn(site: Site, view: View, found: Courses, look: Look) -> Spec:
    drawn = lines(found, view.subjects, view.span.grain)
    return history(
        drawn,
        limits=limits(view.headline),
        marks=_marks(site, view),
        unit=view.asked.metric.unit.value,
        look=look,
        height=_HEIGHT,
    )


def _marks(site: Site, view: View) -> Sequence[Mark]:
    """Return what happened meanwhile; alerting that cannot be read is told by the page."""
    try:
        with site.alerts() as alerts:
            found = incidents_of(alerts, view.asked.metric.metric_id, subjects=view.asked.subjects)
    except AnflError:
        return ()
    return incident_marks(found)
