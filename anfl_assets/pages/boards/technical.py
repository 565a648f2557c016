"""The technical dashboard: system performance, utilization, error rates, judged live."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

from starlette.requests import Request

from anfl_assets.pages.forecasts.lines import soonest_by_metric
from anfl_assets.pages.incidents.who import answerer
from anfl_assets.pages.live.boards import Panels, built_panels, live_panels
from anfl_assets.pages.reading import Reading
from anfl_assets.pages.site import Site

_PAGE = "technical"


async def content(request: Request, reading: Reading | None) -> Mapping[str, Any]:
    """Return the panels: live ones where somebody has just looked, else as the build has them.

    An earlier moment, asked for with `as_of`, has no live page.
    """
    site: Site = request.app.state.site
    is_past = reading is not None and reading.as_of is not None
    return {
        "reading": reading,
        "panels": _built(site, reading) if is_past else _panels(site, reading),
        "is_live": not is_past,
        # What is open now says nothing of an earlier moment.
        "feed": None if is_past else await asyncio.to_thread(request.app.state.alert_feed),
        "foretold": {} if is_past else await soonest_by_metric(request),
        "who": answerer(request),
    }


def _panels(site: Site, reading: Reading | None) -> Panels:
    tick = site.hub.newest if site.hub.is_fresh else None
    if tick is None or tick.board is None:
        return _built(site, reading)
    return live_panels(site.catalog, _PAGE, tick.board, reading)


def _built(site: Site, reading: Reading | None) -> Panels:
    if reading is None:
        return [(title, []) for title in site.catalog.dashboards[_PAGE].panels]
    return built_panels(_PAGE, reading)
