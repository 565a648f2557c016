"""The web server of the pages: one process, one event loop, until it is interrupted."""

from __future__ import annotations

from collections.abc import Mapping

import uvicorn

from anfl_assets.pages.access.gate import Gate
from anfl_assets.pages.app import make_app
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
    app = make_app(open_site(workspace, environ), gate)
    uvicorn.run(
        app,
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
