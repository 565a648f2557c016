"""One worker a channel and process, however many deliveries run: who hangs blocks only itself.

A worker that hangs is left alone until the lease of what it holds is over; only then may another
begin. The pace of a channel is kept here too, so that it outlives a delivery.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from anfl_assets.flow.alerting.sending.pace import Bucket, full_bucket

# What is claimed and not marked within that is taken again: six times what a provider may take.
LEASE = timedelta(seconds=60)


@dataclass
class _Lane:
    bucket: Bucket
    worker: threading.Thread | None = None
    touched_at: float = 0.0


_LANES: dict[tuple[str, str], _Lane] = {}
_LOCK = threading.Lock()


@dataclass(frozen=True)
class Lane:
    """One channel of one outbox, as seen from this process."""

    outbox: str
    channel: str
    rate: float

    def start(self, work: Callable[[], None]) -> bool:
        """Start a worker; return whether: not where one is at work already."""
        with _LOCK:
            lane = self._kept()
            if lane.worker is not None and lane.worker.is_alive() and not _is_lost(lane):
                return False
            lane.worker = threading.Thread(
                target=work, name=f"alerts to {self.channel}", daemon=True
            )
            lane.touched_at = time.monotonic()
            lane.worker.start()
            return True

    def is_busy(self) -> bool:
        """Return whether a worker is at work."""
        with _LOCK:
            worker = self._kept().worker
            return worker is not None and worker.is_alive()

    def wait_s(self) -> float:
        """Return how long the channel's pace makes the next message wait."""
        with _LOCK:
            return self._kept().bucket.wait_s(time.monotonic())

    def begin(self) -> None:
        """Note that a message is about to be sent."""
        with _LOCK:
            lane = self._kept()
            lane.touched_at = time.monotonic()
            lane.bucket.take(lane.touched_at)

    def _kept(self) -> _Lane:
        found = _LANES.get((self.outbox, self.channel))
        if found is None or found.bucket.rate != self.rate:
            worker = None if found is None else found.worker
            found = _Lane(full_bucket(self.rate, time.monotonic()), worker, time.monotonic())
            _LANES[self.outbox, self.channel] = found
        return found


def _is_lost(lane: _Lane) -> bool:
    return time.monotonic() - lane.touched_at > LEASE.total_seconds()
