"""What programs meet at the pages: first bytes, the API at a steady rate, fifty live streams."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import SplitResult, urlsplit

import httpx

from benchmarks.pages_served import Server

_TIMES, _CONNECTIONS = 20, 20
_PATIENCE_S = 120.0
# Until all who look have had their first ticks.
_SETTLING_S = 20.0
_HEADERS = {"Accept-Encoding": "gzip"}


def first_bytes_s(address: str, path: str, times: int = _TIMES) -> tuple[list[float], bytes]:
    """Ask for a page so many times; return the seconds to each first byte, and the page."""
    waits: list[float] = []
    content = b""
    with httpx.Client(base_url=address, headers=_HEADERS, timeout=_PATIENCE_S) as client:
        client.get("/health")
        for _ in range(times):
            started = time.perf_counter()
            with client.stream("GET", path) as answer:
                waits.append(time.perf_counter() - started)
                content = answer.read()
                assert answer.status_code == httpx.codes.OK, (path, answer.status_code)
    return waits, content


@contextlib.contextmanager
def file_server(content: bytes) -> Iterator[str]:
    """Serve the same bytes, as a file that lies there; yield the address."""

    class Handler(BaseHTTPRequestHandler):
        """Answers with the bytes, whatever is asked."""

        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            """Answer."""
            self.send_response(httpx.codes.OK)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    served = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=served.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{served.server_port}"
    finally:
        served.shutdown()
        thread.join()
        served.server_close()


def steady_s(address: str, path: str, *, per_s: int, seconds: int) -> list[float]:
    """Ask at a steady rate, whatever the answers take; return seconds from when each was due."""
    return asyncio.run(_steady(urlsplit(address), path, per_s, seconds))


async def _steady(address: SplitResult, path: str, per_s: int, seconds: int) -> list[float]:
    """Ask by connections that are kept, each by the bare protocol: a client library costs more."""
    began = time.perf_counter() + 0.5
    due = iter([began + number / per_s for number in range(per_s * seconds)])
    asked = f"GET {path} HTTP/1.1\r\nHost: {address.netloc}\r\nAccept-Encoding: gzip\r\n\r\n"
    waits: list[float] = []

    async def ask() -> None:
        reader, writer = await asyncio.open_connection(address.hostname, address.port)
        for at in due:
            await asyncio.sleep(max(at - time.perf_counter(), 0))
            writer.write(asked.encode())
            head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
            assert head.startswith("http/1.1 200"), head
            await reader.readexactly(int(head.split("content-length: ")[1].split("\r\n")[0]))
            waits.append(time.perf_counter() - at)
        writer.close()

    await asyncio.gather(*(ask() for _ in range(_CONNECTIONS)))
    return waits


def streams(server: Server, count: int, seconds: float) -> tuple[float, float, int, list[float]]:
    """Look at so many live pages for a while.

    Return the share of a core the server took, its memory in MiB, how many events came, and the
    seconds between the first and the last who got each.
    """
    return asyncio.run(_streams(server, count, seconds))


async def _streams(
    server: Server, count: int, seconds: float
) -> tuple[float, float, int, list[float]]:
    arrivals: dict[str, list[float]] = {}
    limits = httpx.Limits(max_connections=None)
    async with httpx.AsyncClient(
        base_url=server.address, timeout=_PATIENCE_S, limits=limits
    ) as client:
        listeners = [asyncio.create_task(_listen(client, arrivals)) for _ in range(count)]
        await asyncio.sleep(_SETTLING_S)
        assert any(len(seen) == count for seen in arrivals.values()), "not all are live"
        arrivals.clear()
        began, before = time.perf_counter(), server.cpu_s
        await asyncio.sleep(seconds)
        share = (server.cpu_s - before) / (time.perf_counter() - began)
        for listener in listeners:
            listener.cancel()
        await asyncio.gather(*listeners, return_exceptions=True)
    whole = [seen for seen in arrivals.values() if len(seen) == count]
    spread = [max(seen) - min(seen) for seen in whole]
    return share, server.memory_mib, sum(map(len, arrivals.values())), spread


async def _listen(client: httpx.AsyncClient, arrivals: dict[str, list[float]]) -> None:
    """Keep when each event of the board came, by its moment."""
    async with client.stream("GET", "/live/technical") as answer:
        async for line in answer.aiter_lines():
            if line.startswith('data: {"at": '):
                arrivals.setdefault(line[:60], []).append(time.perf_counter())
