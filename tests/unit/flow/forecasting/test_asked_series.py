"""The daily series of a build: which days they have, what a day's value is, and where they end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np

from anfl_assets.catalog import load_catalog
from anfl_assets.catalog.sections import Forecast
from anfl_assets.flow.forecasting.series import AskedSeries, asked_series
from anfl_assets.forecast.series import Bounds
from tests.unit.flow.forecasting.tiny_build import (
    DAY,
    Tiny,
    Window,
    hours_of,
    midnight,
    published,
)

CATALOG = load_catalog()
FIRST = date(2026, 1, 5)
USE = "resource_utilization"
CPU = "h/cpu"
ALL_HOURS = dict.fromkeys(range(24), 50.0)


def _asked(form: str, word: str = "resource_usage") -> Forecast:
    asked = CATALOG.forecasts["capacity_planning"]
    ids = tuple(metric.metric_id for metric in CATALOG.resolve(word))
    return replace(asked, metric_words=(word,), metric_ids=ids, series={word: (form,)})


def _read(folder: Path, tiny: Tiny, form: str, as_of: datetime | None = None) -> list[AskedSeries]:
    with published(folder, tiny) as reading:
        return asked_series(reading, CATALOG, _asked(form), as_of=as_of)


def _day(number: int, value: float | None, subject: str = CPU) -> Window:
    return Window(USE, subject, "day", midnight(FIRST + (number + 1) * DAY), value)


def _stands(days: int, subject: str = CPU) -> tuple[str, str, datetime]:
    return (USE, subject, midnight(FIRST + days * DAY))


def _values(found: Sequence[AskedSeries]) -> list[float | None]:
    [each] = found
    assert each.series is not None
    return [None if np.isnan(value) else float(value) for value in each.series.values]


def test_a_day_without_a_value_is_a_gap_and_the_last_one_has_one(tmp_path: Path) -> None:
    windows = [_day(0, 10.0), _day(1, None), _day(3, 40.0), _day(4, None), _day(5, float("nan"))]
    found = _read(tmp_path, Tiny(windows, [_stands(6)]), "daily mean")
    assert _values(found) == [10.0, None, None, 40.0]
    [each] = found
    assert each.series is not None
    assert (each.series.first_day, each.series.last_day) == (FIRST, FIRST + 3 * DAY)
    assert each.series.bounds == Bounds(0.0, 100.0)


def test_a_series_carries_what_its_own_subject_is_held_to(tmp_path: Path) -> None:
    [each] = _read(tmp_path, Tiny([_day(0, 10.0)], [_stands(1)]), "daily mean")
    told = (each.model, each.metric.metric_id, each.subject, each.form, each.is_whole)
    assert told == ("capacity_planning", USE, CPU, "daily mean", False)
    assert (each.target, each.threshold, each.horizon_days) == (80.0, 90.0, 90)


def test_the_peak_is_the_highest_hour_of_a_closed_day(tmp_path: Path) -> None:
    windows = [
        *hours_of(USE, CPU, FIRST, {**ALL_HOURS, 14: 77.0}),
        _day(0, 51.0),
        # the second day has all its hours, but is not closed
        *hours_of(USE, CPU, FIRST + DAY, {**ALL_HOURS, 3: 99.0}),
    ]
    assert _values(_read(tmp_path, Tiny(windows, [_stands(2)]), "daily peak")) == [77.0]


def test_only_a_day_that_is_known_all_through_has_a_peak(tmp_path: Path) -> None:
    known: dict[str, tuple[Sequence[int], float | None]] = {
        "every hour": (range(24), 60.0),
        "every other hour": (range(0, 24, 2), 60.0),
        "four hours": ([0, 6, 12, 18], None),
        "no evening": (range(18), None),
        "three of six hours": ([*range(6), *range(9, 24)], 60.0),
        "two of six hours": ([*range(6), *range(10, 24)], None),
    }
    windows = [
        window
        for name, (hours, _) in known.items()
        for window in (
            *hours_of(USE, name, FIRST, ALL_HOURS),
            *hours_of(USE, name, FIRST + DAY, dict.fromkeys(hours, 60.0)),
            *hours_of(USE, name, FIRST + 2 * DAY, ALL_HOURS),
            *(_day(number, 50.0, name) for number in range(3)),
        )
    ]
    tiny = Tiny(windows, [_stands(3, name) for name in known])
    found = {each.subject: _values([each]) for each in _read(tmp_path, tiny, "daily peak")}
    assert found == {name: [50.0, peak, 50.0] for name, (_, peak) in known.items()}


def test_the_daily_form_is_the_window_that_moves_by_a_day(tmp_path: Path) -> None:
    windows = [
        Window("user_adoption", "all", "28 days", midnight(FIRST + n * DAY), 10.0 + n)
        for n in (1, 2)
    ]
    tiny = Tiny(windows, [("user_adoption", "all", midnight(FIRST + 2 * DAY))])
    with published(tmp_path, tiny) as reading:
        found = asked_series(reading, CATALOG, _asked("daily form", "growth_rate"))
    assert _values(found) == [11.0, 12.0]
    [each] = found
    assert each.series is not None
    assert (each.series.first_day, each.series.bounds) == (FIRST, Bounds(-100.0, None))


def test_a_source_that_delivers_late_is_taken_as_far_as_it_told(tmp_path: Path) -> None:
    windows = [_day(0, 10.0), _day(1, 20.0), *(_day(n, 30.0, "i/cpu") for n in range(8))]
    late, newest = _read(tmp_path, Tiny(windows, [_stands(2), _stands(8, "i/cpu")]), "daily mean")
    assert late.series is not None
    assert newest.series is not None
    assert (late.series.last_day, newest.series.last_day) == (FIRST + DAY, FIRST + 7 * DAY)


def test_one_that_was_silent_for_longer_than_a_week_has_a_reason(tmp_path: Path) -> None:
    windows = [_day(0, 10.0), *(_day(n, 30.0, "i/cpu") for n in range(9))]
    silent, _ = _read(tmp_path, Tiny(windows, [_stands(1), _stands(9, "i/cpu")]), "daily mean")
    assert (silent.series, silent.reason) == (None, "no value since 2026-01-05")


def test_one_without_a_day_says_what_is_missing(tmp_path: Path) -> None:
    windows = [_day(0, 10.0), *hours_of(USE, CPU, FIRST, {3: 10.0})]
    [each] = _read(tmp_path, Tiny(windows, [_stands(1)]), "daily peak")
    assert each.series is None
    assert each.reason == "no daily peak yet: no closed day has hours all through it"


def test_nothing_after_the_moment_asked_for_is_known(tmp_path: Path) -> None:
    windows = [_day(n, 10.0 * n) for n in range(5)]
    judged = [(USE, CPU, FIRST + n * DAY, 0) for n in range(5)]
    noon = datetime(2026, 1, 8, 12, tzinfo=UTC)
    found = _read(tmp_path, Tiny(windows, [_stands(5)], judged), "daily mean", as_of=noon)
    assert _values(found) == [0.0, 10.0, 20.0]


def test_a_build_without_a_judged_window_asks_for_nothing(tmp_path: Path) -> None:
    assert _read(tmp_path, Tiny(), "daily mean") == []


def test_three_years_are_read_and_what_lies_before_is_another_company(tmp_path: Path) -> None:
    last = 1200
    windows = [_day(n, 1.0) for n in (0, 100, 150, last - 1)]
    [each] = _read(tmp_path, Tiny(windows, [_stands(last)]), "daily mean")
    assert each.series is not None
    assert each.series.first_day == FIRST + timedelta(days=150)
