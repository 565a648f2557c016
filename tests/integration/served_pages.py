"""The pages as people reach them: a real server on a real socket, an access.yaml of its own."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import uvicorn

from anfl_assets.deliver.sandbox.server import bound
from anfl_assets.flow.clock import SYSTEM_CLOCK
from anfl_assets.pages.access.gate import Gate
from anfl_assets.pages.access.opening import open_gate
from anfl_assets.pages.app import make_app
from anfl_assets.pages.site import open_site
from anfl_assets.store.workspace import open_workspace

HTML = {"Accept": "text/html"}


@dataclass(frozen=True)
class Served:
    """Pages that are served; `told` is what their keeper heard."""

    url: str
    folder: Path
    gate: Gate
    told: list[str]

    def browser(self, address: str = "127.0.0.1", **settings: Any) -> httpx.Client:  # noqa: ANN401
        """Return a browser that comes from an address of this machine."""
        transport = httpx.HTTPTransport(local_address=address)
        return httpx.Client(base_url=self.url, transport=transport, timeout=60, **settings)

    def write(self, text: str) -> None:
        """Write access.yaml."""
        (self.folder / "access.yaml").write_text(text)
        (self.folder / "access.yaml").chmod(0o600)


@contextmanager
def served(folder: Path, access: str = "", *, host: str = "0.0.0.0") -> Iterator[Served]:  # noqa: S104
    """Serve a data folder on loopback, as if it were on `host`."""
    workspace, told = open_workspace(folder), list[str]()
    if access:
        (folder / "access.yaml").write_text(access)
        (folder / "access.yaml").chmod(0o600)
    gate = open_gate(workspace, {}, host=host, local_name="olga", tell=told.append)
    socket = bound("127.0.0.1", 0)
    config = uvicorn.Config(
        make_app(open_site(workspace, {}, clock=SYSTEM_CLOCK), gate),
        log_config=None,
        log_level="error",
        proxy_headers=False,
        timeout_graceful_shutdown=1,
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [socket]}, daemon=True)
    thread.start()
    try:
        until = time.monotonic() + 60
        while not server.started and time.monotonic() < until:
            time.sleep(0.02)
        yield Served(f"http://127.0.0.1:{socket.getsockname()[1]}", folder, gate, told)
    finally:
        server.should_exit = True
        thread.join(60)
        socket.close()
