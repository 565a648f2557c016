"""Faults on the wire: answers that never come, come late, or end in a cut connection."""

from __future__ import annotations

import asyncio
import socket
import struct

from starlette.responses import Response
from starlette.types import Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

_DROPS = 8
TRANSPORT = "sandbox_transport"


class CuttableProtocol(H11Protocol):
    """HTTP whose requests know their connection, so that it can be cut."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Put the connection into the state of its requests."""
        super().connection_made(transport)
        self.app_state = {**self.app_state, TRANSPORT: transport}


class Cut(Response):
    """No answer: the connection is reset, as by a provider that has crashed."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Cut it, and stay until the server has noticed."""
        del send
        cut(scope["state"][TRANSPORT])
        while (await receive())["type"] != "http.disconnect":
            pass


class Dripping(Response):
    """An answer whose head comes at once and whose body takes its time."""

    def __init__(self, answer: Response, takes_s: float) -> None:
        """Slow down an answer."""
        super().__init__(answer.body, answer.status_code, dict(answer.headers))
        self.takes_s = takes_s

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send it in drops."""
        del scope, receive
        start = {"type": "http.response.start", "status": self.status_code}
        await send({**start, "headers": self.raw_headers})
        body, size = bytes(self.body), -(-len(self.body) // _DROPS)
        for position in range(0, len(body), max(size, 1)):
            await asyncio.sleep(self.takes_s / _DROPS)
            drop = body[position : position + size]
            await send({"type": "http.response.body", "body": drop, "more_body": True})
        await send({"type": "http.response.body", "body": b""})


def cut(transport: asyncio.BaseTransport) -> None:
    """Reset a connection: with no time to linger, TCP says RST instead of a polite end."""
    connection = transport.get_extra_info("socket")
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    if isinstance(transport, asyncio.WriteTransport):
        transport.abort()
