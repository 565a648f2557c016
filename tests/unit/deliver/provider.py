"""A provider on loopback: a real HTTP server that answers as it is told to."""

from __future__ import annotations

import json
import ssl
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True)
class Reply:
    """One scripted answer; `drip_s` is the wait between its bytes, `hangs` never answers."""

    status: int = 200
    body: bytes = b"{}"
    headers: Mapping[str, str] = field(default_factory=dict)
    drip_s: float = 0
    hangs: bool = False


@dataclass(frozen=True)
class Request:
    """What came in."""

    path: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:  # noqa: ANN401 - whatever was sent
        """The body, read as JSON."""
        return json.loads(self.body)


@dataclass
class Provider:
    """Answers with the script's replies in turn, then with the last of them."""

    url: str
    script: list[Reply]
    received: list[Request] = field(default_factory=list)
    released: threading.Event = field(default_factory=threading.Event)

    @property
    def paths(self) -> list[str]:
        """The paths that were asked for."""
        return [request.path for request in self.received]


@contextmanager
def provider(*script: Reply, tls: ssl.SSLContext | None = None) -> Iterator[Provider]:
    """Serve on a free port of loopback; with `tls` at https."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    if tls is not None:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    scheme = "http" if tls is None else "https"
    served = Provider(f"{scheme}://127.0.0.1:{server.server_port}", list(script) or [Reply()])
    server.provider = served  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield served
    finally:
        served.released.set()
        server.shutdown()
        thread.join()
        server.server_close()


class _Handler(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        served: Provider = self.server.provider  # type: ignore[attr-defined]
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        reply = served.script.pop(0) if len(served.script) > 1 else served.script[0]
        served.received.append(Request(self.path, dict(self.headers), body))
        if reply.hangs:
            served.released.wait(30)
            return
        self.send_response(reply.status)
        for name, value in reply.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(reply.body)))
        self.end_headers()
        try:
            self._answer(reply)
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True

    def _answer(self, reply: Reply) -> None:
        if not reply.drip_s:
            self.wfile.write(reply.body)
            return
        for letter in reply.body:
            self.wfile.write(bytes([letter]))
            time.sleep(reply.drip_s)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Say nothing."""
