"""One delivery: what the outbox holds goes out, each channel on its own.

It sends what is due (`once`), or stays and sends what becomes due meanwhile (`stay`).
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial

from anfl_assets.deliver.channels import Channels
from anfl_assets.deliver.message import Message
from anfl_assets.flow.alerting.sending.fallback import PATIENCE, TRIES
from anfl_assets.flow.alerting.sending.lanes import Lane
from anfl_assets.flow.alerting.sending.merge import FAR_BEHIND, superseded
from anfl_assets.flow.alerting.sending.outgoing import parcel
from anfl_assets.flow.alerting.sending.tally import SendReport, Tally
from anfl_assets.flow.alerting.sending.worker import Clock, Post, drain, stand_in
from anfl_assets.store.alerts.store import AlertStore

# A provider has 10 s for an answer and mail 20 s: a delivery that waits longer waits for nothing.
LONGEST_S = 25.0
# The name of the beat that tells the watcher that delivering goes on.
BEAT = "delivery"
_LOOK_EVERY_S = 0.1
# What becomes due by itself (another try, the end of quiet hours) is looked for so often.
_DUE_EVERY_S = 1.0
_BUSY_EVERY_S = 0.25
# So few are handed over in one look: more would keep what is new waiting.
_AT_ONCE = 5
_BEAT_EVERY = timedelta(seconds=10)
_UNKNOWN_RATE = 1_000.0


def no_picture(message: Message) -> bytes | None:
    """Draw nothing."""
    del message
    return None


def no_upkeep(now: datetime) -> None:
    """Look after nothing."""
    del now


@dataclass
class Delivery:
    """One delivery: looks for what is due and starts the workers that send it."""

    post: Post
    upkeep: Callable[[datetime], None]
    _seen: int | None = None
    # By a clock that only goes forward: one that is set back would keep what is due waiting.
    _looks_at: float = 0.0
    _beats_at: datetime | None = None
    _lanes: dict[str, Lane] = field(default_factory=dict)

    def look(self) -> None:
        """Start a worker for each channel with something due, where anything may be new."""
        now, at = self.post.clock(), time.monotonic()
        version = self.post.store.version()
        if version == self._seen and at < self._looks_at:
            return
        self._seen, self._looks_at = version, at + _DUE_EVERY_S
        self._merge(now)
        self._start(now)
        # Only then what may take a moment: nobody who works waits for it.
        self._beat(now)
        self._hand_over(now)

    def _start(self, now: datetime) -> None:
        for channel in self._due(now):
            lane = self._lane(channel)
            if not lane.start(partial(drain, self.post, lane)):
                # Its worker may be about to end without having seen what is new.
                self._looks_at = time.monotonic() + _BUSY_EVERY_S

    def busy(self) -> tuple[str, ...]:
        """Return the channels whose worker is at work."""
        return tuple(name for name, lane in sorted(self._lanes.items()) if lane.is_busy())

    def is_done(self) -> bool:
        """Return whether no worker is at work and nothing more is due."""
        return not self.busy() and not self._due(self.post.clock())

    def end(self, *, within_s: float) -> SendReport:
        """Let each worker finish its message; who has not by then is left to its lease."""
        self.post.stop.set()
        until = time.monotonic() + within_s
        while self.busy() and time.monotonic() < until:
            time.sleep(0.01)
        return self.post.tally.report(self.busy())

    def _due(self, now: datetime) -> list[str]:
        digests = {target.channel for target in self.post.store.due_digests(now)}
        return sorted(digests | self.post.store.due_channels(now))

    def _lane(self, channel: str) -> Lane:
        opening = self.post.channels.openings.get(channel)
        rate = _UNKNOWN_RATE if opening is None else opening.rate_per_s
        return self._lanes.setdefault(channel, Lane(str(self.post.store.engine.url), channel, rate))

    def _beat(self, now: datetime) -> None:
        if self._beats_at is None or now >= self._beats_at:
            self._beats_at = now + _BEAT_EVERY
            with self.post.store.transaction() as transaction:
                transaction.beat(BEAT, now)
            self.upkeep(now)

    def _hand_over(self, now: datetime) -> None:
        """Let another channel stand in where a critical message is kept waiting."""
        store = self.post.store
        for row in store.held_up(tries=TRIES, before=now - PATIENCE, now=now, limit=_AT_ONCE):
            why = row.error or "it asked to be left alone"
            stand_in(self.post, parcel([row], now=now), why)

    def _merge(self, now: datetime) -> None:
        """Where a channel rests, fails or is far behind, say only what is newest."""
        store = self.post.store
        slow = {
            name
            for name, state in store.channel_states().items()
            if state.consecutive_failures or (state.paused_until and state.paused_until > now)
        } | {
            name
            for name, trouble in store.troubles(now).items()
            if trouble.waits_since and trouble.waits_since <= now - FAR_BEHIND
        }
        for channel in sorted(slow):
            self.post.tally.withdrawn(store.take_back(superseded(store.queued(channel))))

    def once(self) -> SendReport:
        """Send everything that is due, until that is done or a channel hangs."""
        until = time.monotonic() + LONGEST_S
        while time.monotonic() < until:
            self.look()
            if self.is_done():
                break
            time.sleep(0.02)
        return self.end(within_s=0.0)

    def stay(self, seconds: float) -> SendReport:
        """Send what is due, and for a while what becomes due, a tenth of a second after it does."""
        until = time.monotonic() + seconds
        while True:
            self.look()
            left = until - time.monotonic()
            if left <= 0:
                return self.end(within_s=0.5)
            time.sleep(min(_LOOK_EVERY_S, left))


def open_delivery(
    channels: Channels,
    store: AlertStore,
    *,
    clock: Clock,
    by: str,
    picture: Callable[[Message], bytes | None] = no_picture,
    upkeep: Callable[[datetime], None] = no_upkeep,
) -> Delivery:
    """Return a delivery that has not looked for anything yet."""
    return Delivery(Post(store, channels, clock, by, picture, Tally(), threading.Event()), upkeep)
