"""A real HTTP server on loopback that answers, or misbehaves, as a test says."""

from __future__ import annotations

import gzip
import json
import socket
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit


@dataclass(frozen=True)
class Request:
    """What was asked."""

    path: str
    query: dict[str, str]
    headers: dict[str, str]


@dataclass
class Scripted:
    """A running server: `answer` may be exchanged while it runs."""

    url: str
    answer: Callable[[Scripted, Handler], None]
    requests: list[Request] = field(default_factory=list)
    released: threading.Event = field(default_factory=threading.Event)


class Handler(BaseHTTPRequestHandler):
    """Notes each request and lets the script answer it."""

    scripted: Scripted

    def do_GET(self) -> None:
        """Answer."""
        parts = urlsplit(self.path)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        self.scripted.requests.append(Request(parts.path, query, dict(self.headers)))
        self.scripted.answer(self.scripted, self)

    def send(self, body: bytes, status: int = 200, **headers: str) -> None:
        """Send a whole answer; `_` in a header's name stands for `-`."""
        self.send_response(status)
        for name, value in ({"Content_Length": str(len(body))} | headers).items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def reset(self) -> None:
        """Break the connection off as a crashed machine does."""
        linger = struct.pack("ii", 1, 0)
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        self.connection.close()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (its name in http.server)
        """Say nothing."""


Answer = Callable[[Scripted, Handler], None]


def whole(body: bytes, status: int = 200, **headers: str) -> Answer:
    """Answer with this."""
    return lambda _, handler: handler.send(body, status, **headers)


def packed(body: bytes) -> Answer:
    """Answer with this, as gzip."""
    return whole(gzip.compress(body), Content_Encoding="gzip")


def matrix(*series: tuple[dict[str, str], list[tuple[float, str]]], **beside: object) -> bytes:
    """Return Prometheus' answer with these series."""
    result = [{"metric": labels, "values": [list(p) for p in points]} for labels, points in series]
    data = {"resultType": "matrix", "result": result}
    return json.dumps({"status": "success", "data": data} | beside).encode()


@contextmanager
def serving(answer: Answer) -> Iterator[Scripted]:
    """Serve until the context ends."""

    class ScriptedHandler(Handler):
        """Of this server alone."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), ScriptedHandler)
    server.daemon_threads = True
    server.block_on_close = False
    scripted = Scripted(f"http://127.0.0.1:{server.server_port}", answer)
    ScriptedHandler.scripted = scripted
    server.handle_error = lambda *_: None  # type: ignore[method-assign] # the client went away: wanted
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield scripted
    finally:
        scripted.released.set()
        server.shutdown()
        thread.join()
        server.server_close()
