"""A live feed as its collector sees it: when it is asked next, and how it is doing."""

from __future__ import annotations

import traceback
from collections import deque
from concurrent.futures import Future
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from anfl_assets.errors import AnflError, SourceUnavailable, WorkspaceError
from anfl_assets.flow.cadence import Turn, after_answer, after_failure, after_fault
from anfl_assets.flow.clock import Clock
from anfl_assets.flow.live_feed import LiveFeed
from anfl_assets.flow.polling import Polled
from anfl_assets.store.feed_states import FeedState

_RATE_OVER_S = 60.0


@dataclass
class WatchedFeed:
    """A feed, its turn and its state; used by the collector's own thread alone."""

    live: LiveFeed
    clock: Clock
    turn: Turn
    state: FeedState
    polled: Future[Polled] | None = None
    is_told: bool = False
    _began_s: float = field(init=False)
    _recent: deque[tuple[float, int]] = field(default_factory=deque, init=False)

    def __post_init__(self) -> None:
        """Begin to count."""
        self._began_s = self.clock.monotonic()

    @property
    def every_s(self) -> float:
        """Its cadence in seconds."""
        return self.state.every_s

    def finish(self) -> str | None:
        """Take in a poll that has ended; return what is new to a person, None where nothing is."""
        future, self.polled = self.polled, None
        if future is None:
            return None
        before = self.state.state
        error = future.exception()
        if error is None:
            self._answered(future.result())
        else:
            self._failed(error)
        self.state = replace(
            self.state, next_at=self._wall(self.turn.due_s), failures=self.turn.failures
        )
        is_news = (before in _TROUBLE) != (self.state.state in _TROUBLE) or (
            error is not None and before != self.state.state
        )
        return f"{self.state.state} {self.state.message}".strip() if is_news else None

    def _answered(self, polled: Polled) -> None:
        at_s, now = self.clock.monotonic(), self.clock.now()
        rows = polled.rows.height
        self.turn = after_answer(
            self.turn, every_s=self.every_s, at_s=at_s, has_more=polled.has_more
        )
        self.is_told = not polled.has_more
        rate = self._rate(at_s, rows)
        told = [each for each in (polled.note.complete_to, self.state.complete_to) if each]
        self.state = replace(
            self.state,
            state="ok" if rate else "idle",
            polled_at=polled.note.polled_at,
            ok_at=now,
            down_at=None,
            complete_to=max(told, default=None),
            rows_per_min=rate,
            rows_total=self.state.rows_total + rows,
            refused_total=self.state.refused_total + polled.refused,
            message="; ".join(polled.warnings),
            spooled_rows=self.live.spooled_rows,
        )

    def _failed(self, error: BaseException) -> None:
        at_s, now = self.clock.monotonic(), self.clock.now()
        self.is_told = True
        is_ours = isinstance(error, WorkspaceError)
        is_passing = is_ours or isinstance(error, SourceUnavailable)
        if is_ours:
            # A full disk is no reason to spare the source: once there is space it goes on at once.
            self.turn = replace(
                after_answer(self.turn, every_s=self.every_s, at_s=at_s, has_more=False),
                failures=self.turn.failures + 1,
            )
        elif is_passing:
            asked_s = getattr(error, "retry_after_s", None)
            self.turn = after_failure(self.turn, every_s=self.every_s, at_s=at_s, asked_s=asked_s)
        else:
            self.turn = after_fault(self.turn, every_s=self.every_s, at_s=at_s)
        self.state = replace(
            self.state,
            state="down" if is_passing else "faulty",
            polled_at=now,
            down_at=self.state.down_at or now,
            rows_per_min=self._rate(at_s, 0),
            message=_words(error),
        )

    def _rate(self, at_s: float, rows: int) -> float:
        over_s = max(_RATE_OVER_S, 2 * self.every_s)
        if rows:
            self._recent.append((at_s, rows))
        while self._recent and self._recent[0][0] <= at_s - over_s:
            self._recent.popleft()
        # The first poll's rows stand for one cadence.
        seen_s = min(over_s, at_s - self._began_s + self.every_s)
        return 60.0 * sum(count for _, count in self._recent) / seen_s

    def _wall(self, at_s: float) -> datetime:
        return self.clock.now() + timedelta(seconds=at_s - self.clock.monotonic())


_TROUBLE = frozenset({"down", "faulty"})


def _words(error: BaseException) -> str:
    """Return an error in words; of one nobody foresaw only its place, as its text may hold any."""
    if isinstance(error, AnflError):
        return str(error)
    frames = traceback.extract_tb(error.__traceback__)
    place = f" in {frames[-1].name}, line {frames[-1].lineno}" if frames else ""
    return f"a fault of this program: {type(error).__name__}{place}; please report it"
