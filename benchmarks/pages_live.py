"""What the live page costs its server at each tick, and how long a breach waits to be seen."""

from __future__ import annotations

import asyncio
import json
import os
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from playwright.sync_api import Browser
from starlette.requests import Request

from benchmarks.pages_served import Server

_BREACHES, _TICKS = 6, 12
_PATIENCE_MS = 60_000
_EVERY_S = 5
_FAILURES = 3_000


@dataclass(frozen=True)
class Ticks:
    """Seconds of each evaluation, of making its events for one who looks, and its size in bytes."""

    evaluated_s: list[float]
    sent_s: list[float]
    sizes: list[int]


def judged_within(browser: Browser, served: Server) -> list[float]:
    """Let services fail one after the other; return seconds from the line to the open page."""
    with browser.new_context(viewport={"width": 1440, "height": 900}) as context:
        page = context.new_page()
        page.set_default_timeout(_PATIENCE_MS)
        page.goto(f"{served.address}/technical")
        page.locator(".live[data-state=live]").wait_for()
        waits = []
        # A part of a tile is named worst first, then by its name: each comes before those before.
        for number in range(_BREACHES, 0, -1):
            service = f"failing-{number}"
            _fail(served.folder / "gateway.jsonl", service)
            written = time.monotonic()
            part = f"#tile-error_rate [data-subject={service}][data-status=breached]"
            page.locator(part).wait_for()
            waits.append(time.monotonic() - written)
    return waits


def ticks(folder: Path) -> Ticks:
    """Evaluate and send as the server does, without anybody at the other end."""
    return asyncio.run(_ticks(folder))


async def _ticks(folder: Path) -> Ticks:
    from anfl_assets.flow.clock import SYSTEM_CLOCK
    from anfl_assets.pages.app import make_app
    from anfl_assets.pages.live.hub import Hub, Tick
    from anfl_assets.pages.live.stream import _board
    from anfl_assets.pages.site import open_site
    from anfl_assets.store.workspace import open_workspace

    workspace = open_workspace(folder / "data")
    site = open_site(workspace, os.environ)
    app = make_app(site)
    scope = {"type": "http", "app": app, "path": "/live/technical", "headers": []}
    request = Request({**scope, "method": "GET", "query_string": b""})
    found = Ticks([], [], [])
    hub, sent = Hub(workspace, os.environ, SYSTEM_CLOCK), dict[str, str]()
    await _board(request, Tick(0, site.now(), None), sent)
    for number in range(_TICKS + 2):
        started = time.perf_counter()
        tick = hub._evaluate()  # noqa: SLF001 - as its own thread does
        assert tick.board is not None, tick.problem
        judged = time.perf_counter()
        event = await _board(request, Tick(number + 1, tick.at, tick.board), sent)
        if number > 1:
            found.evaluated_s.append(judged - started)
            found.sent_s.append(time.perf_counter() - judged)
            found.sizes.append(len(event))
        await asyncio.sleep(_EVERY_S)
    hub.close()
    site.close()
    return found


def _fail(path: Path, service: str) -> None:
    record = {"at": datetime.now(UTC).isoformat(), "service": service, "ms": 20, "failed": True}
    with path.open("a") as file:
        file.write(f"{json.dumps(record)}\n" * _FAILURES)
