"""The application: every page's address, what guards it, and what answers when a page cannot."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.routing import BaseRoute

from anfl_assets.pages.access.gate import Gate
from anfl_assets.pages.access.guard import Guard
from anfl_assets.pages.access.headers import SecureStarlette
from anfl_assets.pages.access.login import login_routes
from anfl_assets.pages.access.opening import open_gate
from anfl_assets.pages.api.answers import History, StatusRow
from anfl_assets.pages.api.routes import api_routes
from anfl_assets.pages.assets_served import asset_routes
from anfl_assets.pages.boards.operational import Measures
from anfl_assets.pages.boards.routes import board_routes
from anfl_assets.pages.charts import chart_routes
from anfl_assets.pages.export.routes import export_routes
from anfl_assets.pages.export.sending import Exports
from anfl_assets.pages.forecasts.routes import forecast_routes
from anfl_assets.pages.forecasts.standing import Forecasts
from anfl_assets.pages.incidents.feed import AlertFeed
from anfl_assets.pages.incidents.routes import incident_routes
from anfl_assets.pages.kept import Kept
from anfl_assets.pages.live.stream import Frames, live_routes
from anfl_assets.pages.metric.routes import metric_routes
from anfl_assets.pages.notices import Notices
from anfl_assets.pages.numbered import know_numbers
from anfl_assets.pages.refusals import REFUSALS
from anfl_assets.pages.render import page
from anfl_assets.pages.site import Site
from anfl_assets.pages.sources import Sources
from anfl_assets.pages.vega import VegaScript

_WINDOWS_KEPT = 200_000
_ROWS_KEPT = 10_000


def make_app(site: Site, gate: Gate | None = None) -> Starlette:
    """Return the application of a site; it reads nothing until somebody asks.

    Without a `gate` it is for this machine alone, as long as no access.yaml says otherwise.
    """
    gate = gate or open_gate(site.workspace, site.environ, clock=site.clock)
    know_numbers()
    routes: list[BaseRoute] = [
        *board_routes(),
        *metric_routes(),
        *forecast_routes(),
        *incident_routes(),
        *live_routes(),
        *chart_routes(),
        *api_routes(),
        *export_routes(),
        *asset_routes(),
        *login_routes(gate, page),
    ]
    app = SecureStarlette(
        routes=routes,
        middleware=[
            Middleware(Guard, gate=gate, show=page),
            # The usual level 9 takes three times as long as 5 for a tenth less.
            Middleware(GZipMiddleware, minimum_size=2_000, compresslevel=5),
        ],
        exception_handlers=REFUSALS,
        lifespan=_lifespan,
    )
    app.state.site = site
    app.state.frames = Frames()
    app.state.histories = Kept[History](_WINDOWS_KEPT, lambda history: len(history.windows) + 1)
    app.state.statuses = Kept[list[StatusRow]](_ROWS_KEPT, lambda rows: len(rows) + 1)
    app.state.vega = VegaScript(site.workspace)
    app.state.alert_feed = AlertFeed(site)
    app.state.forecasts = Forecasts(site.workspace, site.catalog, site.clock)
    app.state.measures = Measures()
    app.state.sources = Sources(site.workspace, site.environ, site.ledger, site.clock)
    app.state.exports = Exports()
    app.state.notices = Notices(site.workspace, site.clock)
    return app


@contextlib.asynccontextmanager
async def _lifespan(app: Starlette) -> AsyncIterator[None]:
    yield
    app.state.site.close()
