"""The web server of the pages: one process, one event loop, until it is interrupted."""

from __future__ import annotations

import signal
import socket
from collections.abc import Mapping
from contextlib import suppress
from typing import NoReturn

import uvicorn

from anfl_assets.pages.access.gate import Gate
from anfl_assets.pages.app import make_app
from anfl_assets.pages.live.hub import Hub
from anfl_assets.pages.site import open_site
from anfl_assets.store.workspace import Workspace

# Open live pages must not keep anybody waiting for the end.
_PATIENCE_S = 1
# What stands before a request's body; more of it would be kept until there is no memory left.
_HEADERS_BYTES = 64 * 1024


def serve(
    workspace: Workspace, environ: Mapping[str, str], *, gate: Gate, host: str, port: int
) -> None:
    """Answer until Ctrl-C or SIGTERM; `gate` is what `host` has been checked against."""
    site = open_site(workspace, environ)
    config = uvicorn.Config(
        make_app(site, gate),
        host=host,
        port=port,
        log_level="warning",
        access_log=False,
        server_header=False,
        # Unlike httptools, h11 ends a request whose headers do not end.
        http="h11",
        h11_max_incomplete_event_size=_HEADERS_BYTES,
        ws="none",
        # What a proxy says is believed by the gate, from the proxy that access.yaml names.
        proxy_headers=False,
        timeout_graceful_shutdown=_PATIENCE_S,
    )
    # The server repeats a signal that has ended it, to whoever hears it next.
    signal.signal(signal.SIGTERM, _end)
    with suppress(KeyboardInterrupt):
        _Server(config, site.hub).run()


class _Server(uvicorn.Server):
    """A server that lets open live pages go before it waits for them."""

    def __init__(self, config: uvicorn.Config, hub: Hub) -> None:
        super().__init__(config)
        self._hub = hub

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """End the streams of events, then whatever else is open."""
        await self._hub.end()
        await super().shutdown(sockets)


def _end(*_: object) -> NoReturn:
    raise SystemExit(0)
