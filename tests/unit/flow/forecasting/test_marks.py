"""The days that are not learned from: what marks one, of whom, and when nothing is an exception."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from anfl_assets.flow.forecasting.days import Reach
from anfl_assets.flow.forecasting.marks import disturbances
from tests.unit.flow.forecasting.tiny_build import DAY, Tiny, midnight, published

FIRST = date(2026, 1, 5)
DAYS = 100
Breach = tuple[str, str, date, int]
REACH = Reach(FIRST, FIRST + (DAYS - 1) * DAY)


def _marked(
    folder: Path,
    tiny: Tiny,
    subject: str = "chat",
    *,
    metric_id: str = "throughput",
    days: int = DAYS,
) -> list[int]:
    with published(folder, tiny) as reading:
        found = disturbances(reading, REACH).marked(metric_id, subject, FIRST, days)
    return [number for number, is_marked in enumerate(found) if is_marked]


def _breach(
    metric_id: str, subject: str, day: int, windows: int = 12
) -> tuple[str, str, date, int]:
    return (metric_id, subject, FIRST + day * DAY, windows)


def _at(day: int, hour: float) -> datetime:
    return midnight(FIRST + day * DAY) + timedelta(hours=hour)


def test_a_breach_of_another_metric_for_an_hour_marks_the_day(tmp_path: Path) -> None:
    breaches = [_breach("uptime", "chat", 3), _breach("uptime", "chat", 8, windows=11)]
    assert _marked(tmp_path, Tiny(breaches=breaches)) == [3]


def test_its_own_breach_marks_nothing_or_a_threshold_would_hide_its_approach(
    tmp_path: Path,
) -> None:
    assert _marked(tmp_path, Tiny(breaches=[_breach("throughput", "chat", 3, 288)])) == []


def test_the_breach_of_another_subject_marks_nothing(tmp_path: Path) -> None:
    assert _marked(tmp_path, Tiny(breaches=[_breach("uptime", "images", 3)])) == []


@pytest.mark.parametrize(("lasts", "marked"), [(3, [3, 4, 5]), (4, [])])
def test_a_breach_of_more_than_three_days_on_end_is_how_things_are(
    lasts: int, marked: list[int], tmp_path: Path
) -> None:
    breaches = [_breach("uptime", "chat", 3 + n) for n in range(lasts)]
    assert _marked(tmp_path, Tiny(breaches=breaches)) == marked


def test_maintenance_marks_the_days_it_takes_an_hour_of(tmp_path: Path) -> None:
    maintenance = [
        ("chat", _at(2, 22), _at(3, 0.5)),
        ("chat", _at(5, 10), _at(5, 10.5)),
        ("images", _at(7, 0), _at(7, 9)),
    ]
    assert _marked(tmp_path, Tiny(maintenance=maintenance)) == [2]


def test_maintenance_that_ends_at_midnight_does_not_touch_the_next_day(tmp_path: Path) -> None:
    assert _marked(tmp_path, Tiny(maintenance=[("chat", _at(2, 20), _at(3, 0))])) == [2]


def test_maintenance_of_everything_is_of_everyone_and_of_the_sum_of_all(tmp_path: Path) -> None:
    tiny = Tiny(maintenance=[(None, _at(4, 1), _at(4, 5))])
    assert _marked(tmp_path / "chat", tiny) == [4]
    assert _marked(tmp_path / "all", tiny, "all") == [4]


def test_what_befalls_one_part_does_not_mark_the_sum_of_all(tmp_path: Path) -> None:
    tiny = Tiny(
        breaches=[_breach("uptime", "all", 3)], maintenance=[("chat", _at(4, 1), _at(4, 5))]
    )
    assert _marked(tmp_path, tiny, "all") == []


def test_a_resource_shares_the_fate_of_its_host(tmp_path: Path) -> None:
    tiny = Tiny(breaches=[_breach("uptime", "db", 3)], maintenance=[("db", _at(4, 1), _at(4, 5))])
    found = _marked(tmp_path, tiny, "db/disk", metric_id="resource_utilization")
    assert found == [3, 4]


@pytest.mark.parametrize(
    ("every", "marked"),
    [
        pytest.param(5, 20, id="a fifth"),
        pytest.param(4, 0, id="a quarter"),
    ],
)
def test_what_befalls_more_than_a_fifth_of_the_days_is_no_exception(
    every: int, marked: int, tmp_path: Path
) -> None:
    breaches = [_breach("uptime", "chat", n) for n in range(0, DAYS, every)]
    assert len(_marked(tmp_path, Tiny(breaches=breaches))) == marked


def test_nor_is_what_befalls_more_than_a_fifth_of_the_last_quarter(tmp_path: Path) -> None:
    breaches = [_breach("uptime", "chat", n) for n in range(20, DAYS, 4)]
    assert _marked(tmp_path, Tiny(breaches=breaches)) == []


def test_the_days_of_a_series_are_counted_from_its_own_first(tmp_path: Path) -> None:
    assert _marked(tmp_path, Tiny(breaches=[_breach("uptime", "chat", 50)]), days=40) == []
