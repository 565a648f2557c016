"""The pages on a real socket of this machine, in a thread, as a browser and a program meet them."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

import uvicorn

from anfl_assets.flow.clock import SYSTEM_CLOCK, Clock
from anfl_assets.pages.app import make_app
from anfl_assets.pages.site import open_site
from anfl_assets.store.workspace import Workspace

_READY_S = 60


class _Server(uvicorn.Server):
    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave signals to pytest."""
        yield


@contextlib.contextmanager
def serving(
    root: Path, *, environ: Mapping[str, str] | None = None, clock: Clock = SYSTEM_CLOCK
) -> Iterator[str]:
    """Serve the pages of a data folder; give their address."""
    app = make_app(open_site(Workspace(root), environ or {}, clock=clock))
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP) as bound:
        bound.bind(("127.0.0.1", 0))
        config = uvicorn.Config(app, log_level="error", timeout_graceful_shutdown=1)
        server = _Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [bound]})
        thread.start()
        try:
            deadline = time.monotonic() + _READY_S
            while not server.started:
                assert thread.is_alive(), "the pages did not start"
                assert time.monotonic() < deadline, "the pages are not ready"
                time.sleep(0.02)
            yield f"http://127.0.0.1:{bound.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join()
