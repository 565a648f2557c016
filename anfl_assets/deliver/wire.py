"""One HTTP request to a provider, under the rules of every channel.

Connected within 4 s and over within 10 s, whatever the provider sends and however slowly; no
redirect is followed (a token must not follow it), no proxy or netrc of the environment is used, at
most 64 KiB of an answer are read. A guarded host is resolved once: the address that was checked is
the one connected to, so no second look-up can point elsewhere. (How long a name takes to be looked
up is the resolver's business: no time-out of ours reaches it.)
"""

from __future__ import annotations

import ssl
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import httpcore

from anfl_assets.deliver.address import Guard, Unreachable, host_of
from anfl_assets.deliver.channel import TryAgainLater

READ_CAP = 64 << 10


@dataclass(frozen=True)
class Patience:
    """How long a connection, and the whole request, may take."""

    connect_s: float = 4.0
    total_s: float = 10.0


PATIENCE = Patience()


@dataclass(frozen=True)
class Answer:
    """What a provider said; at most 64 KiB of it."""

    status: int
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)


def post(
    url: str, body: bytes, headers: Mapping[str, str], *, patience: Patience, guard: Guard
) -> Answer:
    """Send one POST.

    Raises:
        TryAgainLater: nobody answered, or not in time.
        Refused: the address is not one to be reached.
    """
    deadline = time.monotonic() + patience.total_s
    roads = _Roads(guard, deadline, patience.connect_s)
    try:
        return _exchanged(url, body, {"User-Agent": "anfl-metrics", **headers}, roads=roads)
    except httpcore.TimeoutException:
        raise TryAgainLater(
            f"{host_of(url)} did not answer within {patience.total_s:g} s"
        ) from None
    except (Unreachable, httpcore.NetworkError, httpcore.ProtocolError, OSError) as error:
        raise TryAgainLater(f"{host_of(url)} cannot be reached: {_reason(error)}") from None


def _exchanged(url: str, body: bytes, headers: Mapping[str, str], *, roads: _Roads) -> Answer:
    with (
        httpcore.ConnectionPool(ssl_context=_trust(), network_backend=roads) as pool,
        pool.stream("POST", url, headers=[*headers.items()], content=body) as response,
    ):
        named = {name.decode().lower(): value.decode("latin-1") for name, value in response.headers}
        return Answer(response.status, named, _capped(response.iter_stream()))


def _capped(blocks: Iterable[bytes]) -> bytes:
    body = b""
    for block in blocks:
        body += block
        if len(body) >= READ_CAP:
            break
    return body[:READ_CAP]


def _reason(error: Exception) -> str:
    return " ".join(str(error).split()) or type(error).__name__


@cache
def _trust() -> ssl.SSLContext:
    """Return the authorities that are trusted; read once, it costs 20 ms."""
    return ssl.create_default_context()


class _Roads(httpcore.NetworkBackend):
    """Connects to addresses that were checked, on streams that end at the deadline."""

    def __init__(self, guard: Guard, deadline: float, connect_s: float) -> None:
        self._guard = guard
        self._deadline = deadline
        self._connect_s = connect_s
        self._sockets = httpcore.SyncBackend()

    def connect_tcp(  # noqa: PLR0917 - as httpcore calls it
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ARG002 - ours is `connect_s`
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        """Connect to the first address of a host that answers."""
        failure: Exception = Unreachable("no address")
        for address in self._guard.addresses(host, port):
            try:
                stream = self._sockets.connect_tcp(
                    address,
                    port,
                    _left(self._deadline, self._connect_s),
                    local_address,
                    socket_options,
                )
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
                continue
            return _Stream(stream, self._deadline)
        raise failure


class _Stream(httpcore.NetworkStream):
    """A stream on which no wait lasts beyond the deadline of the whole request."""

    def __init__(self, stream: httpcore.NetworkStream, deadline: float) -> None:
        self._stream = stream
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, _left(self._deadline, timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, _left(self._deadline, timeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        wait = _left(self._deadline, timeout)
        return _Stream(self._stream.start_tls(ssl_context, server_hostname, wait), self._deadline)

    def get_extra_info(self, info: str) -> Any:  # noqa: ANN401 - httpcore's own
        return self._stream.get_extra_info(info)


def _left(deadline: float, timeout: float | None) -> float:
    """Return how long may still be waited.

    Raises:
        httpcore.ReadTimeout: not at all.
    """
    left = deadline - time.monotonic()
    if left <= 0:
        raise httpcore.ReadTimeout
    return left if timeout is None else min(timeout, left)
