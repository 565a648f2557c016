"""Pulls from Prometheus' API: what is asked, what is told once, and what happens to the clock."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anfl_assets.collect.connect.connector import Pulled
from anfl_assets.collect.connect.http import HttpReader, Limits
from anfl_assets.collect.connect.http_site import Site
from anfl_assets.collect.connect.prometheus_pull import PrometheusPull
from anfl_assets.collect.connect.prometheus_queries import MOST_POINTS, Grid, Queries, Query
from anfl_assets.collect.connect.prometheus_span import Cursor, next_span
from anfl_assets.errors import SourceError, SourceUnavailable
from tests.unit.collect.connect.scripted_server import (
    Handler,
    Scripted,
    matrix,
    serving,
    whole,
)

NOON = datetime(2026, 9, 1, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
GRID = Grid(step_s=60, start_s=600, lag_s=120)


@dataclass
class Server:
    """A series that is a function of time, in front of which an API stands."""

    value: Callable[[int], float] = float
    at: datetime | None = None
    beside: dict[str, object] = field(default_factory=dict)

    def __call__(self, _: Scripted, handler: Handler) -> None:
        """Answer a range query."""
        query = handler.scripted.requests[-1].query
        first, last, step = (int(query[name]) for name in ("start", "end", "step"))
        points = [(float(t), repr(self.value(t))) for t in range(first, last + 1, step)]
        dated = {"Date": self.at.strftime("%a, %d %b %Y %H:%M:%S GMT")} if self.at else {}
        handler.date_time_string = lambda *_: dated.get("Date", "unknown")  # type: ignore[method-assign]
        handler.send(matrix(({"service": "api"}, points), **self.beside))


@dataclass
class Asked:
    """A pull that remembers its cursor and what it was told."""

    pull: PrometheusPull
    scripted: Scripted
    cursor: str | None = None

    def __call__(self, now: datetime) -> Pulled:
        """Pull, and keep what came."""
        pulled = self.pull.pull(self.cursor, now=now)
        self.cursor = pulled.cursor
        return pulled

    @property
    def last_range(self) -> tuple[datetime, datetime]:
        """What was asked last."""
        query = self.scripted.requests[-1].query
        start, end = (datetime.fromtimestamp(int(query[name]), UTC) for name in ("start", "end"))
        return start, end


@pytest.fixture
def server() -> Server:
    """A series whose value is its time."""
    return Server()


@pytest.fixture
def ask(server: Server) -> Iterator[Asked]:
    """Ask the server once a minute, points changing for two."""
    with serving(server) as scripted:
        reader = HttpReader(Site(scripted.url), Limits())
        yield Asked(
            PrometheusPull(reader, Queries(("service",), (Query("x", "up"),), None, GRID)), scripted
        )
        reader.close()


def _times(pulled: Pulled) -> list[datetime]:
    times: list[datetime] = pulled.batch.rows["time"].to_list()
    return times


def _minutes(first: int, last: int) -> list[datetime]:
    return [NOON + at * MINUTE for at in range(first, last + 1)]


def test_the_first_pull_asks_as_far_back_as_the_feed_says(ask: Asked) -> None:
    pulled = ask(NOON + timedelta(seconds=59))
    assert ask.last_range == (NOON - 10 * MINUTE, NOON)
    assert _times(pulled) == _minutes(-10, 0)
    assert pulled.batch.rows["window_start"].to_list() == _minutes(-11, -1)
    assert pulled.complete_to == NOON - 2 * MINUTE
    assert (pulled.has_more, pulled.warnings) == (False, ())


def test_the_next_pull_asks_again_for_what_may_have_changed_and_tells_only_the_new(
    ask: Asked,
) -> None:
    ask(NOON)
    pulled = ask(NOON + 3 * MINUTE)
    assert ask.last_range == (NOON - 2 * MINUTE, NOON + 3 * MINUTE)
    assert _times(pulled) == _minutes(1, 3)


def test_asking_twice_in_one_step_tells_nothing_twice(ask: Asked) -> None:
    ask(NOON)
    assert _times(ask(NOON + timedelta(seconds=30))) == []
    assert _times(ask(NOON + MINUTE)) == _minutes(1, 1)


def test_a_point_that_changed_within_the_lag_is_told_again(ask: Asked, server: Server) -> None:
    ask(NOON)
    server.value = lambda at: -1.0 if at == (NOON - MINUTE).timestamp() else float(at)
    pulled = ask(NOON + MINUTE)
    assert _times(pulled) == [NOON - MINUTE, NOON + MINUTE]
    assert pulled.batch.rows["x"][0] == -1.0
    assert _times(ask(NOON + 2 * MINUTE)) == _minutes(2, 2)


def test_a_point_that_appears_late_is_told_then(ask: Asked, server: Server) -> None:
    server.value = lambda at: float("nan") if at >= NOON.timestamp() else float(at)
    assert _times(ask(NOON)) == _minutes(-10, -1)
    server.value = float
    assert _times(ask(NOON + MINUTE)) == _minutes(0, 1)


def test_a_long_gap_is_asked_for_in_parts(ask: Asked) -> None:
    ask(NOON)
    later = NOON + (MOST_POINTS + 5) * MINUTE
    first = ask(later)
    assert first.has_more
    assert _times(first) == _minutes(1, MOST_POINTS)
    assert first.complete_to == NOON + (MOST_POINTS - 2) * MINUTE
    second = ask(later)
    assert not second.has_more
    assert _times(second) == _minutes(MOST_POINTS + 1, MOST_POINTS + 5)


def test_a_clock_behind_the_cursor_asks_nothing_and_says_so(ask: Asked) -> None:
    ask(NOON)
    before = ask.cursor
    pulled = ask(NOON - MINUTE)
    assert (_times(pulled), pulled.cursor, pulled.complete_to) == ([], before, None)
    assert "behind the last point" in pulled.warnings[0]
    assert len(ask.scripted.requests) == 1
    assert _times(ask(NOON + MINUTE)) == _minutes(1, 1)


def test_a_clock_that_ran_ahead_for_a_while_loses_nothing(ask: Asked, server: Server) -> None:
    server.at = NOON + timedelta(seconds=1)
    ask(NOON)
    ahead = ask(NOON + timedelta(days=365))
    assert _times(ahead) == []
    assert "seconds or more behind ours" in ahead.warnings[0]
    server.at = NOON + 2 * MINUTE
    assert _times(ask(NOON + 2 * MINUTE)) == _minutes(1, 2)


def test_warnings_name_their_query(ask: Asked, server: Server) -> None:
    server.beside = {"warnings": ["a store is down"]}
    assert ask(NOON).warnings == ("query 'x': a store is down",)


def test_a_refused_query_is_named_with_prometheus_own_words(ask: Asked) -> None:
    told = json.dumps({"status": "error", "errorType": "bad_data", "error": "parse error: no )"})
    ask.scripted.answer = whole(told.encode(), 400)
    with pytest.raises(SourceError, match=r"query 'x': http.*answers 400: parse error: no \)"):
        ask(NOON)


def test_a_pull_that_failed_is_asked_for_again_whole(ask: Asked, server: Server) -> None:
    ask(NOON)
    ask.scripted.answer = whole(b"Service Unavailable", 503)
    with pytest.raises(SourceUnavailable, match="query 'x'"):
        ask(NOON + MINUTE)
    ask.scripted.answer = server
    assert _times(ask(NOON + 2 * MINUTE)) == _minutes(1, 2)


def test_points_that_were_not_asked_for_are_not_told(ask: Asked) -> None:
    answer = matrix(({}, [(1e300, "1"), (NOON.timestamp(), "2"), (0.0, "3")]))
    ask.scripted.answer = whole(answer)
    ask.pull = PrometheusPull(ask.pull.reader, Queries((), (Query("x", "up"),), None, GRID))
    assert _times(ask(NOON)) == [NOON]


@given(
    step=st.integers(1, 7200),
    lag=st.integers(0, 20_000),
    start=st.integers(0, 10**7),
    waits=st.lists(st.integers(-100_000, 10**7), min_size=1, max_size=20),
)
def test_every_time_of_the_grid_is_asked_for_whatever_the_clock_does(
    step: int, lag: int, start: int, waits: list[int]
) -> None:
    grid, now, cursor = Grid(step, start, lag), NOON, None
    spans = []
    for wait in waits:
        now += timedelta(seconds=wait)
        span = next_span(grid, cursor, now=now)
        if span is None:
            assert cursor is not None
            continue
        spans.append(span)
        cursor = Cursor(span.last)
    for one, after in pairwise(spans):
        assert after.told_to == one.last <= after.last
        assert after.first <= one.last
    for span in spans:
        assert span.first % step == span.last % step == 0
        assert span.last <= span.newest
        assert span.last - span.told_to <= MOST_POINTS * step
