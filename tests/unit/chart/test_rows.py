"""From points and marks to the rows of a chart: nothing is lost, joined or believed."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from anfl_assets.chart.rows import mark_rows, names, point_rows, span, spark_rows
from anfl_assets.chart.types import Line, Mark, Point

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
NOON_MS = 1_795_435_200_000


def line(subject: str, *values: float | None) -> Line:
    return Line(subject, [Point(NOON + n * HOUR, value) for n, value in enumerate(values)])


def test_points_are_rows_with_the_moment_in_milliseconds() -> None:
    assert point_rows([line("chat", 1.5, None)]) == [
        {"at": NOON_MS, "value": 1.5, "subject": "chat", "alone": True},
        {"at": NOON_MS + 3_600_000, "value": None, "subject": "chat", "alone": False},
    ]


def test_the_first_line_is_drawn_last_and_so_above_the_others() -> None:
    rows = point_rows([line("chat", 1.0), line("search", 2.0)])
    assert [row["subject"] for row in rows] == ["search", "chat"]


def test_what_is_no_number_is_a_gap() -> None:
    rows = point_rows([line("chat", math.nan, math.inf, -math.inf, 2.0, 3.0)])
    assert [row["value"] for row in rows] == [None, None, None, 2.0, 3.0]
    assert [row["alone"] for row in rows] == [False] * 5


def test_subjects_that_read_alike_stay_apart() -> None:
    subjects = [line("a\nb"), line("a b"), line("a b (2)"), line("")]
    assert names(subjects) == ["a b", "a b (2)", "a b (2) (2)", "(no name)"]


@given(st.lists(st.text(), max_size=8))
def test_names_are_printable_and_no_two_are_alike(subjects: list[str]) -> None:
    found = names([Line(subject, ()) for subject in subjects])
    assert len(set(found)) == len(subjects)
    assert all(name.isprintable() and name for name in found)


def test_a_sparkline_dots_its_newest_value_and_what_no_line_reaches() -> None:
    rows = spark_rows(line("chat", 1.0, None, 2.0, 3.0, None).points, target=2.5)
    assert [row["dot"] for row in rows] == [True, False, False, True, False]
    assert {row["target"] for row in rows} == {2.5}


def test_a_stretch_is_cut_to_the_time_that_is_drawn() -> None:
    drawn = [line("chat", *[1.0] * 11)]
    marks = [
        Mark("incident", NOON - HOUR, NOON + HOUR, "incident 7"),
        Mark("maintenance", NOON + 5 * HOUR, None, "maintenance"),
        Mark("incident", NOON - 3 * HOUR, NOON - HOUR, "over before"),
        Mark("deploy", NOON + 11 * HOUR, None, "after all"),
    ]
    rows = mark_rows(marks, drawn)
    hours = [((row["at"] - NOON_MS) / 3.6e6, (row["until"] - NOON_MS) / 3.6e6) for row in rows]
    assert hours == [(0, 1), (5, 10)]
    assert [row["shape"] for row in rows] == ["stretch", "stretch"]
    assert [row["label"] for row in rows] == ["incident 7", "maintenance"]


def test_labels_that_would_overlap_are_left_out_and_the_marks_stay() -> None:
    drawn = [line("chat", *[1.0] * 21)]
    marks = [Mark("deploy", NOON + n * HOUR, None, f"v{n}") for n in (0, 1, 2, 4, 19)]
    rows = mark_rows(marks, drawn)
    assert [row["label"] for row in rows] == ["v0", "", "", "v4", "v19"]
    assert [row["text"] for row in rows] == ["v0", "v1", "v2", "v4", "v19"]
    assert [row["is_late"] for row in rows] == [False, False, False, False, True]


def test_without_points_nothing_is_marked() -> None:
    assert mark_rows([Mark("deploy", NOON, None, "v1")], [line("chat")]) == []
    assert span([line("chat")]) == timedelta()
