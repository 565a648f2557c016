"""The chart of a metric's page: its own request, so that the page does not wait for it."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from anfl_assets.chart.history import history
from anfl_assets.chart.types import Look, Mark, Spec
from anfl_assets.pages.boards.routes import asked_reading
from anfl_assets.pages.charts import asked_look
from anfl_assets.pages.kept import Kept
from anfl_assets.pages.metric.asked import Asked, asked, asked_metric
from anfl_assets.pages.metric.lines import limits, lines
from anfl_assets.pages.metric.live_points import with_live
from anfl_assets.pages.metric.marks import built_marks, incident_stretches
from anfl_assets.pages.metric.view import View, settle
from anfl_assets.pages.reading import Reading
from anfl_assets.pages.refusals import PageError
from anfl_assets.pages.site import Site
from anfl_assets.report.course import Points, courses
from anfl_assets.report.published import opened

# About 50 MB of points.
_MOST_POINTS = 400_000
_HEIGHT = 300


@dataclass(frozen=True)
class Read:
    """What a build says of one address: span, courses, and what happened meanwhile."""

    view: View
    courses: Mapping[str, Points]
    marks: Sequence[Mark]


def _points(read: Read) -> int:
    return sum(map(len, read.courses.values())) + 1


@dataclass(frozen=True)
class Charts:
    """Answers with charts; what was read is kept by build and address."""

    kept: Kept[Read] = field(default_factory=lambda: Kept(most=_MOST_POINTS, weigh=_points))

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
        read = await asyncio.to_thread(self.kept.get, key, lambda: _read(site, reading, given))
        tick = site.hub.newest
        if reading.as_of is None and site.hub.is_fresh and tick is not None and tick.board:
            read = replace(read, courses=with_live(read.view, read.courses, tick.board))
        return JSONResponse(await asyncio.to_thread(_drawn, site, read, look))


def _read(site: Site, reading: Reading, given: Asked) -> Read:
    with opened(site.workspace, reading.build) as published:
        view = settle(published, reading, given)
        found = courses(published, view.stretch(view.subjects))
        return Read(view, found, built_marks(published, site, view))


def _drawn(site: Site, read: Read, look: Look) -> Spec:
    view = read.view
    return history(
        lines(read.courses, view.subjects, view.span.grain),
        limits=limits(view.headline),
        marks=[*read.marks, *incident_stretches(site, view)],
        unit=view.asked.metric.unit.value,
        look=look,
        height=_HEIGHT,
    )
