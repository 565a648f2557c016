"""How a feed is doing, in virtual time: its state, its rate and its next turn."""

from __future__ import annotations

from concurrent.futures import Future
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import cast

import polars as pl

from anfl_assets.errors import SourceError, SourceUnavailable, WorkspaceError
from anfl_assets.flow.cadence import Turn
from anfl_assets.flow.clock import Clock
from anfl_assets.flow.live_feed import LiveFeed
from anfl_assets.flow.polling import Polled
from anfl_assets.flow.watched_feed import WatchedFeed
from anfl_assets.store.feed_states import FeedState
from anfl_assets.store.spool import Note

START = datetime(2026, 3, 1, tzinfo=UTC)


@dataclass
class Played:
    """A feed whose polls end as the test says, on a clock that the test moves."""

    passed_s: float = 0.0
    watched: WatchedFeed = field(init=False)

    def __post_init__(self) -> None:
        """Begin at zero."""
        clock = Clock(lambda: START + timedelta(seconds=self.passed_s), lambda: self.passed_s)
        live = cast("LiveFeed", _Spool())
        self.watched = WatchedFeed(live, clock, Turn(0.0), FeedState("a", "requests", "x", 5.0))

    def ends(self, outcome: int | Exception) -> str | None:
        """End a poll at its turn: with so many rows, or with an error; return what is told."""
        self.passed_s = max(self.passed_s, self.watched.turn.due_s)
        self.watched.polled = Future()
        if isinstance(outcome, Exception):
            self.watched.polled.set_exception(outcome)
        else:
            now = START + timedelta(seconds=self.passed_s)
            rows = pl.DataFrame({"n": range(outcome)})
            self.watched.polled.set_result(Polled(rows, 0, Note("{}", now, now), has_more=False))
        return self.watched.finish()


@dataclass
class _Spool:
    spooled_rows: int = 0


def test_a_feed_of_three_rows_every_five_seconds_has_thirty_six_a_minute() -> None:
    played = Played()
    rates = []
    for _ in range(30):
        played.ends(3)
        rates.append(round(played.watched.state.rows_per_min))
    assert set(rates) == {36}


def test_trouble_and_its_end_are_told_once() -> None:
    played = Played()
    told = [
        played.ends(outcome)
        for outcome in (1, SourceUnavailable("refused"), SourceUnavailable("refused"), 1, 1)
    ]
    assert told == [None, "down refused", None, "ok", None]


def test_a_source_is_down_since_it_first_failed() -> None:
    played = Played()
    for _ in range(4):
        played.ends(SourceUnavailable("refused"))
    state = played.watched.state
    assert (state.down_at, state.failures) == (START, 4)
    assert state.next_at == START + timedelta(seconds=5 + 10 + 20 + 40)


def test_a_full_disk_is_no_reason_to_spare_the_source() -> None:
    played = Played()
    for _ in range(4):
        played.ends(WorkspaceError("no space left"))
    assert played.watched.turn.due_s == 20


def test_a_fault_nobody_foresaw_is_told_without_its_words() -> None:
    played = Played()
    told = played.ends(ValueError("token=geheim"))
    assert told is not None
    assert told.startswith("faulty a fault of this program: ValueError")
    assert "geheim" not in told


def test_a_source_that_answers_with_nothing_is_idle() -> None:
    played = Played()
    assert played.ends(SourceError("html")) == "faulty html"
    played.ends(0)
    assert played.watched.state.state == "idle"
    assert played.watched.state.failures == 0
