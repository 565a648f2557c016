"""The events of the live page: what changed since the event before, to each who looks.

Every tick is rendered once, however many look. A tile is sent again only if it says something
else; ages go on in the browser.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import BaseRoute, Route

from anfl_assets.flow.live import LiveBoard
from anfl_assets.pages.incidents.who import answerer
from anfl_assets.pages.live.boards import live_panels
from anfl_assets.pages.live.hub import Tick
from anfl_assets.pages.refusals import PageError
from anfl_assets.pages.render import iso, rendered
from anfl_assets.pages.tile import MetricTile
from anfl_assets.wording.inert import utf8

_PAGE = "technical"
# A browser that lost the connection tries again after so long.
_RETRY_MS = 2_000
_AGE = re.compile(r"(?<=>)[^<>]* ago(?=</time>)|just now")
_HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}


def live_routes() -> list[BaseRoute]:
    """Return the route of the live page's events."""
    return [Route(f"/live/{_PAGE}", _stream)]


@dataclass
class Frames:
    """The newest tick as it is sent: each tile's content and its HTML, rendered once."""

    number: int = 0
    tiles: Mapping[str, MetricTile] = field(default_factory=dict)
    html: dict[str, str] = field(default_factory=dict)
    _lock: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def take(self, request: Request, tick: Tick) -> None:
        """Render the tiles that are not as they were; nothing if this tick was rendered."""
        # All who look are woken at once: the first renders, the others wait for it.
        async with self._lock:
            if tick.number > self.number and tick.board is not None:
                await self._render(request, tick, tick.board)

    async def _render(self, request: Request, tick: Tick, board: LiveBoard) -> None:
        site = request.app.state.site
        reading = await site.readings.current()
        panels = live_panels(site.catalog, _PAGE, board, reading)
        tiles = {group.headline.row.metric_id: group for _, each in panels for group in each}
        for name, group in tiles.items():
            if self.tiles.get(name) != group:
                self.html[name] = rendered(request, "tile.html.jinja", {"group": group})
        self.number, self.tiles = tick.number, tiles


async def _stream(request: Request) -> Response:
    if request.app.state.site.hub.is_full:
        raise PageError("too many live pages are open; close some, and load this one again", 503)
    return StreamingResponse(_events(request), media_type="text/event-stream", headers=_HEADERS)


async def _events(request: Request) -> AsyncIterator[str]:
    yield f"retry: {_RETRY_MS}\n\n"
    tiles: dict[str, str] = {}
    feed = ""
    async for tick in request.app.state.site.hub.ticks():
        yield await _board(request, tick, tiles)
        html = _feed(request, await asyncio.to_thread(request.app.state.alert_feed))
        # Somebody may be about to press a button there: it stays unless something is new.
        if (said := _AGE.sub("", html)) != feed:
            feed = said
            yield _event("feed", {"html": html})


async def _board(request: Request, tick: Tick, sent: dict[str, str]) -> str:
    """Return a tick as an event: tiles that were not sent so, or why there are none."""
    if tick.board is None:
        return _event("problem", {"at": iso(tick.at), "problem": tick.problem})
    frames: Frames = request.app.state.frames
    await frames.take(request, tick)
    changed = {name: html for name, html in frames.html.items() if sent.get(name) != html}
    sent |= changed
    return _event("board", {"at": iso(tick.at), "told": _told(tick), "tiles": changed})


def _feed(request: Request, feed: Mapping[str, Any]) -> str:
    content = {"feed": feed, "may_answer": answerer(request).is_allowed}
    return rendered(request, "feed_now.html.jinja", content)


def _told(tick: Tick) -> list[dict[str, Any]]:
    """Say of each feed until when it has told, the latest first."""
    feeds = () if tick.board is None else tick.board.feeds
    return [
        {"feed": feed.name, "told_at": iso(feed.told_at), "is_silent": feed.is_silent}
        for feed in sorted(feeds, key=lambda feed: feed.told_at, reverse=True)
    ]


def _event(name: str, content: Mapping[str, Any]) -> str:
    data = utf8(json.dumps(content, ensure_ascii=False)).decode()
    return f"event: {name}\ndata: {data}\n\n"
