"""A moment at which a request ends however slowly its answer drips.

The client's own timeouts begin anew with each byte that arrives, in headers too.
"""

from __future__ import annotations

import socket
import threading
from contextlib import suppress
from types import TracebackType
from typing import Any, Self

_CONNECTED = ("connection.connect_tcp.complete", "connection.start_tls.complete")


class Deadline:
    """A context in which a request's connection is shut down after `seconds`."""

    def __init__(self, seconds: float) -> None:
        """Prepare; the time runs from entering."""
        self.is_over = False
        self._timer = threading.Timer(seconds, self._end)
        self._timer.daemon = True
        self._socket: socket.socket | None = None

    def __enter__(self) -> Self:
        """Start the time."""
        self._timer.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop the time."""
        self._timer.cancel()

    def watch(self, event: str, told: dict[str, Any]) -> None:
        """Take the connection from the client's `trace` extension as it is made."""
        if event in _CONNECTED:
            self._socket = told["return_value"].get_extra_info("socket")
            if self.is_over:
                self._shut()

    def _end(self) -> None:
        self.is_over = True
        self._shut()

    def _shut(self) -> None:
        if self._socket is not None:
            with suppress(OSError):
                # Of the plain socket: that of TLS would forget its keys while another thread reads.
                socket.socket.shutdown(self._socket, socket.SHUT_RDWR)
