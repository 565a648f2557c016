"""The history of a metric as the API answers it: one grain, a stretch of time, some subjects."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from starlette.requests import Request

from anfl_assets.catalog import Metric
from anfl_assets.pages.api.answers import History, Window
from anfl_assets.pages.boards.routes import asked_moment
from anfl_assets.pages.metric.asked import asked_metric
from anfl_assets.pages.reading import Reading
from anfl_assets.pages.refusals import PageError
from anfl_assets.pages.site import Site
from anfl_assets.report.course import Stretch, newest_windows
from anfl_assets.report.history import grains
from anfl_assets.report.sparks import REACH

if TYPE_CHECKING:
    from starlette.datastructures import QueryParams

_MOST, _USUAL = 10_000, 1_000
_YEAR = timedelta(days=365)


async def asked_history(request: Request) -> History:
    """Return the windows a request asks for.

    Raises:
        PageError: no such metric or grain, a bad moment, or more windows than one answer has.
    """
    site: Site = request.app.state.site
    metric = asked_metric(site.catalog, request.path_params["metric"])
    reading = await site.readings.current()
    if reading is None:
        raise PageError("nothing was published yet; run `anfl run`", 404)
    stretch = _stretch(metric, reading, request.query_params)
    limit = _limit(request.query_params.get("limit"))
    key = (reading.build.build_id, stretch, limit)
    return await asyncio.to_thread(
        request.app.state.histories.get, key, lambda: _read(site, reading, stretch, limit)
    )


def _read(site: Site, reading: Reading, stretch: Stretch, limit: int) -> History:
    from anfl_assets.report.published import opened

    with opened(site.workspace, reading.build) as published:
        known = grains(published, stretch.metric_id)
        if known and stretch.grain not in known:
            raise PageError(f"grain={stretch.grain[:20]!r}; expected one of {', '.join(known)}")
        rows = newest_windows(published, stretch, limit=limit)
    windows = [Window(**row) for row in rows]
    return History(
        metric_id=stretch.metric_id,
        unit=reading.catalog.metrics[stretch.metric_id].unit.value,
        grain=stretch.grain,
        grains=known,
        build_id=reading.build.build_id,
        windows=sorted(windows, key=lambda window: (window.subject, window.window_end_at)),
    )


def _stretch(metric: Metric, reading: Reading, query: QueryParams) -> Stretch:
    """Read the stretch: to the newest window, and as far back as a small line of that grain."""
    grain = query.get("grain") or metric.headline_grain
    until = _moment(query, "until") or _newest(reading, metric)
    since = _moment(query, "since") or until - REACH.get(grain, _YEAR)
    if since >= until:
        raise PageError(
            f"since {since:%Y-%m-%dT%H:%MZ} is not before until {until:%Y-%m-%dT%H:%MZ}"
        )
    subjects = tuple(query.getlist("subject")) or None
    return Stretch(metric.metric_id, grain, since, until, subjects)


def _newest(reading: Reading, metric: Metric) -> datetime:
    ends = [row.window_end_at for row in reading.rows(metric.metric_id) if row.window_end_at]
    return max(ends, default=reading.build.finished_at)


def _moment(query: QueryParams, name: str) -> datetime | None:
    text = query.get(name)
    return asked_moment(text) if text else None


def _limit(text: str | None) -> int:
    if text is None:
        return _USUAL
    is_number = text.isascii() and text.isdecimal() and len(text) <= len(str(_MOST))
    if not is_number or not 1 <= int(text) <= _MOST:
        raise PageError(f"limit={text[:20]!r}; expected a number from 1 to {_MOST:,}")
    return int(text)
