"""Counters into rates: nothing told twice, nothing lost, wherever the batches are cut."""

from __future__ import annotations

import json
from datetime import timedelta
from itertools import pairwise
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anfl_assets.collect.batch import BODY, LINE, Batch, unsplit_frame
from anfl_assets.collect.columns.expressions import Read
from anfl_assets.collect.shape.counters import Series, remembered
from anfl_assets.collect.shape.rate import Rate
from anfl_assets.collect.shape.step import Origin
from anfl_assets.collect.shape.steps import read_shape
from anfl_assets.config.expand import Environment
from anfl_assets.config.section import Section

PLAIN = Rate(("total",), Read("at", format="epoch_s"), ("zone",))
MINUTE = Rate(("total",), Read("at", format="epoch_s"), ("zone",), timedelta(minutes=1))
Reading = tuple[str | None, str | None, str]
TOLD = ["zone", "total", "window_start", "window_s"]


def batch(readings: list[Reading], first_line: int = 1) -> Batch:
    rows = pl.DataFrame(
        readings, schema=dict.fromkeys(("at", "total", "zone"), pl.String), orient="row"
    )
    lines = pl.Series(LINE, range(first_line, first_line + rows.height), pl.Int64)
    return Batch(rows.with_columns(lines, pl.lit('{"raw": 1}').alias(BODY)), unsplit_frame([]))


def told(step: Rate, *parts: list[Reading]) -> tuple[list[tuple[Any, ...]], list[str]]:
    """Zone, increase, start and length of every row, and the rules of the rejects."""
    carry: dict[str, Any] = {}
    rows, rules = [], []
    for part in parts:
        origin = Origin("feed", json.loads(json.dumps(carry)))
        shaped = step.apply(batch(part), origin)
        carry = origin.carry
        rows += shaped.rows.select(TOLD).rows()
        rules += shaped.rejects["rule"].to_list()
    return rows, rules


def readings(*points: tuple[float, float], zone: str = "a") -> list[Reading]:
    return [(str(at), str(total), zone) for at, total in points]


def test_a_reading_tells_what_was_counted_since_the_one_before() -> None:
    rows, rules = told(PLAIN, readings((10, 100), (15, 130), (22.5, 130)))

    assert rows == [
        ("a", "30", "1970-01-01T00:00:10.000000Z", "5"),
        ("a", "0", "1970-01-01T00:00:15.000000Z", "7.5"),
    ]
    assert rules == []


def test_a_counter_that_fell_counts_from_zero_again() -> None:
    rows, _ = told(PLAIN, readings((0, 100), (5, 130), (10, 7), (15, 9)))

    assert [row[1] for row in rows] == ["30", "7", "2"]


def test_each_series_is_counted_for_itself_and_goes_on_in_the_next_batch() -> None:
    first = [*readings((0, 1), zone="a"), *readings((0, 10), zone="b")]
    second = [*readings((5, 3), zone="b"), *readings((5, 4), zone="a")]

    rows, _ = told(PLAIN, first, second)
    assert [row[:2] for row in rows] == [("b", "3"), ("a", "3")]


@pytest.mark.parametrize(
    ("others", "kept"),
    [
        pytest.param(9_996, ["first", "second", "told", "living"], id="not too many"),
        pytest.param(9_997, ["second", "told", "living"], id="one too many"),
        pytest.param(9_999, ["told", "living"], id="more living than that"),
    ],
)
def test_beyond_10_000_series_the_longest_silent_are_forgotten(
    others: int, kept: list[str]
) -> None:
    silent = {"second": 2, "first": 1, "told": 3}
    living = {"living": 10, **{str(number): 10 for number in range(others)}}
    series = {name: Series(at, [1], [0], [0]) for name, at in (silent | living).items()}

    assert [name for name in remembered(series, {"told"}, 10) if not name.isdigit()] == sorted(
        kept, key=list(series).index
    )


@pytest.mark.parametrize(("silence_s", "kept"), [(86_400, 10_001), (86_401, 10_000)])
def test_a_series_is_silent_after_a_day(silence_s: int, kept: int) -> None:
    counted = {json.dumps([str(zone)]): [0, [1], [0], [0], 0] for zone in range(10_001)}
    origin = Origin("feed", {"rate of total": counted})

    shaped = PLAIN.apply(batch([(str(silence_s), "4", "0")]), origin)

    assert shaped.rows["total"].to_list() == ["3"]
    assert len(origin.carry["rate of total"]) == kept


@pytest.mark.parametrize(
    ("reading", "rule"),
    [
        (("5", "12", "a"), "not_later"),
        (("4", "12", "a"), "not_later"),
        (("soon", "12", "a"), "not_a_time"),
        (("6", "many", "a"), "not_a_number"),
        (("6", "NaN", "a"), "not_finite"),
        (("6", None, "a"), "missing_reading"),
        ((None, "12", "a"), "missing_reading"),
    ],
)
def test_a_reading_that_cannot_be_placed_is_rejected_and_forgotten(
    reading: Reading, rule: str
) -> None:
    rows, rules = told(PLAIN, readings((0, 10), (5, 11)), [reading], readings((9, 15)))

    assert [row[1] for row in rows] == ["1", "4"]
    assert rules == [rule]


def test_a_reject_keeps_the_record_it_was() -> None:
    shaped = PLAIN.apply(batch(readings((5, 1), (5, 2))), Origin("feed"))

    assert shaped.rejects["body"].to_list() == ['{"raw": 1}']
    assert shaped.rejects["line"].to_list() == [2]
    assert BODY not in shaped.rows.columns


def test_with_every_an_increase_is_told_in_whole_windows() -> None:
    rows, _ = told(MINUTE, readings((30, 0), (90, 60), (210, 180)))

    assert rows == [
        ("a", "60", "1970-01-01T00:01:00.000000Z", "60"),
        ("a", "60", "1970-01-01T00:02:00.000000Z", "60"),
    ]


def test_a_window_that_began_before_the_first_reading_is_not_whole() -> None:
    assert told(MINUTE, readings((59, 5), (61, 9)))[0] == []
    assert told(MINUTE, readings((60, 5), (120, 9)))[0] == [
        ("a", "4", "1970-01-01T00:01:00.000000Z", "60")
    ]


def test_a_longer_gap_than_allowed_is_told_and_the_series_begins_anew() -> None:
    step = Rate(("total",), Read("at", format="epoch_s"), ("zone",), max_gap=timedelta(minutes=1))
    rows, rules = told(step, readings((0, 0), (60, 6), (121, 90), (130, 93)))

    assert [row[1] for row in rows] == ["6", "3"]
    assert rules == ["gap"]


POINTS = st.lists(
    st.tuples(st.integers(1, 400), st.integers(0, 1000), st.booleans()), min_size=1, max_size=30
)


def walked(steps: list[tuple[int, int, bool]]) -> tuple[list[tuple[float, float]], int]:
    """Points of one counter with resets, and what was counted between the first and the last."""
    at, value, counted, points = 0, 50, 0, [(0.0, 50.0)]
    for seconds, more, is_reset in steps:
        was = value
        at, value = at + seconds, (more if is_reset else value + more)
        counted += value if value < was else value - was
        points.append((float(at), float(value)))
    return points, counted


@settings(max_examples=25, deadline=None)
@given(POINTS, st.sets(st.integers(0, 30)))
def test_increases_add_up_however_the_readings_are_cut(
    steps: list[tuple[int, int, bool]], cuts: set[int]
) -> None:
    points, counted = walked(steps)
    edges = sorted({0, len(points), *(cut for cut in cuts if cut < len(points))})
    parts = [readings(*points[low:high]) for low, high in pairwise(edges)]

    whole, _ = told(PLAIN, readings(*points))
    assert sum(int(row[1]) for row in whole) == counted
    assert told(PLAIN, *parts)[0] == whole
    assert told(MINUTE, *parts)[0] == told(MINUTE, readings(*points))[0]


@settings(max_examples=50, deadline=None)
@given(POINTS)
def test_windows_are_whole_follow_each_other_and_add_up(
    steps: list[tuple[int, int, bool]],
) -> None:
    points, counted = walked(steps)
    padded = [*points, ((points[-1][0] // 60 + 1) * 60, points[-1][1])]
    rows, rules = told(MINUTE, readings(*padded))

    assert rules == []
    assert [row[3] for row in rows] == ["60"] * int(padded[-1][0] / 60)
    assert sum(int(row[1]) for row in rows) == counted


def test_the_columns_before_are_the_counters_their_time_and_their_series() -> None:
    names = ("window_start", "window_s", "total", "host")

    assert PLAIN.before(names) == ("total", "host", "at", "zone")


def read(step: dict[str, object]) -> tuple[Any, list[str]]:
    section = Section("feeds.yaml", "", {"shape": [{"rate": step}]})
    steps = read_shape(section, Environment({}))
    return steps, [fault.key for fault in section.faults]


def test_the_grammar() -> None:
    steps, faults = read(
        {
            "columns": ["requests.total"],
            "at": {"from": "timestamp", "format": "epoch_ms"},
            "by": "zone",
            "every": "1 minute",
            "max_gap": "1 hour",
        }
    )

    at = Read("timestamp", format="epoch_ms")
    minute, hour = timedelta(minutes=1), timedelta(hours=1)
    assert steps == (Rate(("requests.total",), at, ("zone",), minute, hour),)
    assert faults == []
    assert read({"columns": "n", "at": "time"})[0] == (Rate(("n",), Read("time")),)


@pytest.mark.parametrize(
    ("change", "key"),
    [
        ({"columns": []}, "columns"),
        ({"at": None}, "at"),
        ({"at": {"form": "epoch_s"}}, "at.from"),
        ({"every": "7 minutes"}, "every"),
        ({"every": "1 month"}, "every"),
        ({"max_gap": "1 month"}, "max_gap"),
        ({"max_gab": "1 hour"}, "max_gab"),
    ],
)
def test_faults_are_noted(change: dict[str, object], key: str) -> None:
    assert f"shape[0].rate.{key}" in read({"columns": "n", "at": "time"} | change)[1]
