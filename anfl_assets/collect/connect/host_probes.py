"""Probing pages and ports: all at once, and never longer than the timeout.

What does not answer is a row that is not up, never an error of the feed. A page is asked over a
fresh connection each time (one kept open may outlive the server's readiness for others), without
following redirects and without proxies.
"""

from __future__ import annotations

import queue
import socket
import threading
import time
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

import polars as pl

from anfl_assets.collect.batch import LINE, Batch, unsplit_frame
from anfl_assets.collect.connect.connector import Pull, Pulled
from anfl_assets.collect.connect.host_probe import Page, Port, Probe
from anfl_assets.frames import TABLES

if TYPE_CHECKING:
    import httpx

_READ_CAP = 64 << 10


@dataclass(frozen=True)
class Answer:
    """How a probe ended; `response_ms` None where nothing answered in time."""

    is_up: bool
    response_ms: float | None


_SILENT = Answer(is_up=False, response_ms=None)


class ProbesPull(Pull):
    """Asks every probe, each in its own thread, and says what had answered by the deadline."""

    def __init__(self, probes: tuple[Probe, ...], timeout_s: float) -> None:
        """Prepare; nothing is asked yet."""
        import httpx

        self._probes = probes
        self._timeout_s = timeout_s
        self._client = httpx.Client(
            timeout=timeout_s,
            limits=httpx.Limits(max_keepalive_connections=0),
            follow_redirects=False,
            trust_env=False,
        )

    def pull(self, cursor: str | None, *, now: datetime) -> Pulled:
        """Return one row for each probe, all observed at `now`."""
        del cursor
        answers = self._answers()
        told = [answers.get(position, _SILENT) for position in range(len(self._probes))]
        rows = pl.DataFrame(
            {
                "observed_at": [now] * len(told),
                "component": [probe.component for probe in self._probes],
                "is_up": [answer.is_up for answer in told],
                "response_ms": [answer.response_ms for answer in told],
                LINE: range(1, len(told) + 1),
            },
            schema={**TABLES["probes"].schema, LINE: pl.Int64()},
        )
        return Pulled(Batch(rows, unsplit_frame([])), "{}", now)

    def close(self) -> None:
        """Give the connections back."""
        self._client.close()

    def _answers(self) -> dict[int, Answer]:
        """Return by position what answered in time.

        A thread that is stuck where no timeout reaches (looking a name up) is left to end by
        itself and must not keep the process alive: hence daemons and no pool.
        """
        deadline = time.monotonic() + self._timeout_s
        ended: queue.SimpleQueue[tuple[int, Answer]] = queue.SimpleQueue()

        def ask(position: int, probe: Probe) -> None:
            ended.put((position, _ask(self._client, probe, deadline)))

        for position, probe in enumerate(self._probes):
            threading.Thread(target=ask, args=(position, probe), daemon=True).start()
        answers: dict[int, Answer] = {}
        while len(answers) < len(self._probes):
            try:
                position, answer = ended.get(timeout=max(deadline - time.monotonic(), 0))
            except queue.Empty:
                break
            answers[position] = answer
        return answers


def _ask(client: httpx.Client, probe: Probe, deadline: float) -> Answer:
    began = time.monotonic()
    is_up = (
        _page_is_up(client, probe, deadline)
        if isinstance(probe, Page)
        else _port_is_up(probe, deadline)
    )
    return Answer(is_up, (time.monotonic() - began) * 1000) if is_up is not None else _SILENT


def _page_is_up(client: httpx.Client, page: Page, deadline: float) -> bool | None:
    """Return whether the page is as it should be, None where no whole answer came in time."""
    import httpx

    remaining = max(deadline - time.monotonic(), 0.001)
    try:
        with client.stream("GET", page.url, timeout=remaining) as response:
            size = 0
            for block in response.iter_raw():
                size += len(block)
                if size >= _READ_CAP:
                    break
                if time.monotonic() > deadline:
                    return None
            return page.is_up(response.status_code)
    except (
        httpx.HTTPError,
        httpx.InvalidURL,
        httpx.StreamError,
        OSError,
        RuntimeError,
        ValueError,
    ):
        # RuntimeError: the client was closed by the pull's owner while a slow answer came in.
        return None


def _port_is_up(port: Port, deadline: float) -> bool | None:
    remaining = max(deadline - time.monotonic(), 0.001)
    try:
        with closing(socket.create_connection((port.host, port.port), timeout=remaining)):
            return True
    except (OSError, ValueError):
        return None
