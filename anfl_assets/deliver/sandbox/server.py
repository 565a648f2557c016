"""Both servers of the sandbox in one event loop, on sockets that are bound before they start."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from collections.abc import Iterator
from dataclasses import dataclass, field
from socket import AF_INET, AF_INET6, IPPROTO_TCP, SO_REUSEADDR, SOCK_STREAM, SOL_SOCKET, socket

import uvicorn

from anfl_assets.deliver.sandbox.app import Acknowledge, make_app
from anfl_assets.deliver.sandbox.inbox import Inbox
from anfl_assets.deliver.sandbox.mail import MailDesk, MailServer
from anfl_assets.deliver.sandbox.playing import CuttableProtocol
from anfl_assets.deliver.sandbox.script import Script

# A request that hangs on purpose must not keep anyone waiting for the end.
_PATIENCE_S = 1


@dataclass
class Sandbox:
    """The stand-in for all providers; `web` and `mail` are bound sockets of loopback.

    With `tls` the mail server offers STARTTLS.
    """

    inbox: Inbox
    web: socket
    mail: socket
    acknowledge: Acknowledge | None = None
    tls: ssl.SSLContext | None = None
    script: Script = field(default_factory=Script)
    _server: uvicorn.Server | None = None

    @property
    def url(self) -> str:
        """Return the address of the page and the providers."""
        return f"http://{_address(self.web)}"

    @property
    def smtp(self) -> str:
        """Return the mail server's host and port."""
        return _address(self.mail)

    @property
    def is_ready(self) -> bool:
        """Whether it answers."""
        return self._server is not None and self._server.started

    async def serve(self) -> None:
        """Answer until `stop` is called."""
        app = make_app(self.inbox, self.script, acknowledge=self.acknowledge)
        self._server = _Server(
            uvicorn.Config(
                app,
                http=CuttableProtocol,
                ws="none",
                lifespan="off",
                log_config=None,
                log_level="error",
                access_log=False,
                server_header=False,
                timeout_graceful_shutdown=_PATIENCE_S,
            )
        )
        desk = MailDesk(self.inbox, self.script)
        mail = await asyncio.get_running_loop().create_server(
            lambda: MailServer(desk, self.tls), sock=self.mail
        )
        try:
            await self._server.serve(sockets=[self.web])
        finally:
            mail.close()

    def stop(self) -> None:
        """End `serve`; callable from a signal handler or another thread."""
        if self._server is not None:
            self._server.should_exit = True


class _Server(uvicorn.Server):
    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave signals to whoever runs the sandbox."""
        yield


def bound(host: str, port: int) -> socket:
    """Return a socket bound to a port of this machine, 0 for any free one."""
    # Of TCP by name: asyncio sends small answers at once only where it reads that.
    found = socket(AF_INET6 if ":" in host else AF_INET, SOCK_STREAM, IPPROTO_TCP)
    found.setsockopt(SOL_SOCKET, SO_REUSEADDR, 1)
    try:
        found.bind((host, port))
        # At once: two programs may bind one port as long as nobody listens.
        found.listen()
    except OSError:
        found.close()
        raise
    return found


def _address(of: socket) -> str:
    host, port = of.getsockname()[:2]
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
