"""The index and the three dashboards: which build they show, and what they say without one."""

from __future__ import annotations

from datetime import UTC, datetime

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from anfl_assets.pages.boards import executive, index, operational, technical
from anfl_assets.pages.forecasts.lines import coming_now
from anfl_assets.pages.reading import Reading
from anfl_assets.pages.refusals import PageError
from anfl_assets.pages.render import page


def board_routes() -> list[BaseRoute]:
    """Return the routes of the index and the dashboards."""
    return [
        Route("/", _index),
        Route("/health", _health),
        Route("/executive", _executive),
        Route("/technical", _technical),
        Route("/operational", _operational),
        Route("/operational/{measure}/{statistic}.json", _operational_chart),
    ]


async def _health(request: Request) -> Response:
    """Answer that the pages are there; whether there is anything to show is another question."""
    del request
    return PlainTextResponse("ok\n")


async def _index(request: Request) -> Response:
    reading = await asked_reading(request)
    if reading is None:
        return nothing_yet(request)
    return page(request, "index.html.jinja", await index.content(request, reading))


async def _executive(request: Request) -> Response:
    reading = await asked_reading(request)
    if reading is None:
        return nothing_yet(request)
    # A forecast is of what comes after now, and nobody asks an earlier moment for it.
    told = None if reading.as_of else await coming_now(request)
    return page(request, "executive.html.jinja", executive.content(reading, told))


async def _technical(request: Request) -> Response:
    reading = await asked_reading(request)
    return page(request, "technical.html.jinja", await technical.content(request, reading))


async def _operational(request: Request) -> Response:
    reading = await asked_reading(request)
    if reading is None:
        return nothing_yet(request)
    return page(request, "operational.html.jinja", await operational.content(request, reading))


async def _operational_chart(request: Request) -> Response:
    reading = await asked_reading(request)
    if reading is None:
        raise PageError("nothing was published yet; run `anfl run`", 404)
    return await operational.chart(request, reading)


async def asked_reading(request: Request) -> Reading | None:
    """Return the reading a request asks for: the newest, or what stood at its `as_of`.

    Raises:
        PageError: `as_of` is no moment, or from before the history.
    """
    readings = request.app.state.site.readings
    asked = request.query_params.get("as_of")
    if not asked:
        found: Reading | None = await readings.current()
        return found
    reading: Reading | None = await readings.at(asked_moment(asked))
    if reading is not None and all(row.window_end_at is None for row in reading.board):
        raise PageError(f"nothing had been measured by {asked}; choose a later moment", 404)
    return reading


def asked_moment(text: str) -> datetime:
    """Read a moment of an address; a time without an offset is UTC.

    Raises:
        PageError: it is none.
    """
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        message = f"{text[:40]!r} is no date or time such as 2026-09-01 or 2026-09-01T12:00Z"
        raise PageError(message) from error
    if not 1900 <= moment.year < 2200:  # noqa: PLR2004 - as the command line takes them
        raise PageError(f"{text[:40]!r} is outside the years 1900 to 2199")
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def nothing_yet(request: Request) -> Response:
    """Answer while nothing was ever published: what to do, and that the page goes on by itself."""
    return page(request, "nothing_yet.html.jinja", {})
