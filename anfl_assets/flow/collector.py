"""The collector: asks every running system at its own cadence, keeps what it says, lands it.

One thread decides and never waits for a source, the disk or a lock; polls, commits and the states
shown to people each have threads of their own. What was kept is in the spool, so it may be killed
at any moment.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field

from anfl_assets.errors import AnflError
from anfl_assets.flow.cadence import Turn
from anfl_assets.flow.clock import Clock, JumpWatch
from anfl_assets.flow.land_round import Lander, Round
from anfl_assets.flow.live_feed import LiveFeed
from anfl_assets.flow.watched_feed import WatchedFeed
from anfl_assets.store.feed_states import FeedState, keep_states

_POLLERS = 8
_LONGEST_WAIT_S = 1.0
_STATES_EVERY_S = 1.0
_HELD_RETRY_S = 5.0
_FEEDS_LOOKED_AT_S = 2.0
_SPREAD_S = 5.0


@dataclass(frozen=True)
class Pace:
    """How often a collector commits: every so many seconds, or once a feed has so many rows.

    A feed with `pause_rows` waiting is not asked for more until they have landed.
    """

    commit_every_s: float = 60.0
    early_rows: int = 200_000
    pause_rows: int = 1_000_000


@dataclass
class Collector:
    """All live feeds of one data folder; whoever runs it holds the collector's lock.

    `have_feeds_changed` is asked every two seconds whether the feeds file was edited well.
    """

    feeds: Sequence[LiveFeed]
    lander: Lander
    clock: Clock
    say: Callable[[str], None]
    have_feeds_changed: Callable[[], bool] = lambda: False
    pace: Pace = field(default_factory=Pace)

    def __post_init__(self) -> None:
        """Plan the first turns, spread out so that feeds of one cadence do not come at once."""
        begin_s = self.clock.monotonic()
        self._watched = [
            self._watch(live, begin_s + n / len(self.feeds) * min(_SPREAD_S, _every_s(live)))
            for n, live in enumerate(self.feeds)
        ]
        self._wake = threading.Event()
        self._is_stopping = False
        self._pollers = ThreadPoolExecutor(_POLLERS, "poll")
        self._landings = ThreadPoolExecutor(1, "land")
        self._tellings = ThreadPoolExecutor(1, "tell")
        self._landing: Future[Round] | None = None
        self._telling: Future[None] | None = None
        self._commit_s = begin_s + self.pace.commit_every_s
        self._tell_s = self._look_s = begin_s
        self._told: dict[str, FeedState] = {}
        self._problems: list[str] = []
        self._untold = ""
        self._jumps = JumpWatch(self.clock)

    @property
    def states(self) -> list[FeedState]:
        """Every feed's state now."""
        return [watched.state for watched in self._watched]

    def stop(self) -> None:
        """Ask a running collector to end, which it does within a second.

        Takes no lock: a signal handler may interrupt the one who holds it.
        """
        self._is_stopping = True

    def run(self) -> bool:
        """Collect until stopped (False) or until the feeds file has changed (True)."""
        has_changed = False
        while not self._is_stopping and not has_changed:
            self._wake.clear()
            self._step()
            has_changed = self._have_feeds_changed()
            self._wake.wait(self._until_next())
        return has_changed

    def run_once(self) -> None:
        """Ask every feed until it has no more, then land everything."""
        while not self._is_stopping and not all(each.is_told for each in self._watched):
            self._wake.clear()
            self._take_in()
            self._poll([each for each in self._watched if not each.is_told])
            self._land(self.clock.monotonic())
            self._wake.wait(_LONGEST_WAIT_S)

    def finish(self, *, patience_s: float) -> bool:
        """End polls, land what is spooled, say how it went; return whether all ended in time."""
        deadline_s = self.clock.monotonic() + patience_s
        flying = [each.polled for each in self._watched if each.polled]
        wait(flying, timeout=patience_s / 2)
        self._take_in()
        last = self._landings.submit(self.lander.land, self.feeds, wait_s=1.0)
        left_s = max(0.0, deadline_s - self.clock.monotonic())
        ended = not wait([last], timeout=left_s).not_done
        if ended:
            self._landed(last)
            self._keep([each.state for each in self._watched])
        is_idle = all(each.polled is None for each in self._watched)
        if is_idle:
            for live in self.feeds:
                live.close()
        for executor in (self._pollers, self._landings, self._tellings):
            executor.shutdown(wait=False, cancel_futures=True)
        return ended and is_idle

    def _step(self) -> None:
        moved_s = self._jumps.jumped()
        if moved_s:
            self.say(f"the clock jumped by {moved_s:+.0f} s, or this machine slept; going on")
        # What has answered gets its next turn first, or it would be asked twice in this one.
        self._take_in()
        at_s = self.clock.monotonic()
        self._poll([each for each in self._watched if each.turn.due_s <= at_s])
        self._land(at_s)
        self._tell(at_s)

    def _poll(self, due: Sequence[WatchedFeed]) -> None:
        for watched in due:
            if watched.polled is None and watched.live.spooled_rows < self.pace.pause_rows:
                watched.polled = self._pollers.submit(watched.live.poll, self.clock.now())
                watched.polled.add_done_callback(lambda _: self._wake.set())

    def _take_in(self) -> None:
        for watched in self._watched:
            if watched.polled is not None and watched.polled.done():
                news = watched.finish()
                if news is not None:
                    self.say(f"{watched.live.feed.name}: {news}")

    def _land(self, at_s: float) -> None:
        if self._landing is not None:
            if not self._landing.done():
                return
            self._landed(self._landing)
            self._landing = None
        full = [live for live in self.feeds if live.spooled_rows >= self.pace.early_rows]
        if at_s < self._commit_s and not full:
            return
        chosen = self.feeds if at_s >= self._commit_s else full
        self._commit_s = max(self._commit_s, at_s + self.pace.commit_every_s)
        self._landing = self._landings.submit(self.lander.land, chosen)
        self._landing.add_done_callback(lambda _: self._wake.set())

    def _landed(self, landing: Future[Round]) -> None:
        error = landing.exception()
        problems = [f"{type(error).__name__}: {error}"] if error else landing.result().problems
        if error is None and landing.result().is_held:
            self._commit_s = min(self._commit_s, self.clock.monotonic() + _HELD_RETRY_S)
        for problem in problems:
            if problem not in self._problems:
                self.say(f"rows wait in the spool: {problem}")
        if self._problems and not problems:
            self.say("what waited in the spool has landed")
        self._problems = problems

    def _tell(self, at_s: float) -> None:
        if at_s < self._tell_s or (self._telling is not None and not self._telling.done()):
            return
        changed = [state for state in self.states if self._told.get(state.feed) != state]
        if changed:
            self._told |= {state.feed: state for state in changed}
            self._tell_s = at_s + _STATES_EVERY_S
            self._telling = self._tellings.submit(self._keep, changed)

    def _keep(self, states: Sequence[FeedState]) -> None:
        try:
            keep_states(self.lander.ledger, states)
            self._untold = ""
        except AnflError as error:
            if self._untold != str(error):
                self.say(f"the feeds' states cannot be kept: {error}")
            self._untold = str(error)

    def _have_feeds_changed(self) -> bool:
        at_s = self.clock.monotonic()
        if at_s < self._look_s:
            return False
        self._look_s = at_s + _FEEDS_LOOKED_AT_S
        return self.have_feeds_changed()

    def _until_next(self) -> float:
        waiting = [each.turn.due_s for each in self._watched if each.polled is None]
        next_s = min([*waiting, self._commit_s], default=self._commit_s)
        return min(max(next_s - self.clock.monotonic(), 0.01), _LONGEST_WAIT_S)

    def _watch(self, live: LiveFeed, due_s: float) -> WatchedFeed:
        feed = live.feed
        state = FeedState(feed.name, feed.entity, live.connector.address, _every_s(live))
        return WatchedFeed(live, self.clock, Turn(due_s), state)


def _every_s(live: LiveFeed) -> float:
    every = live.feed.every
    return every.total_seconds() if every else 60.0
