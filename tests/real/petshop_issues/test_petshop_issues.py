"""Real data: which of PetShop's 26 injected issues a threshold on its front page catches, how late.

Of each issue five windows of five minutes are known; the label is within the second or third.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from tests.real.folder import Folder, counts
from tests.real.replaying import fired

pytestmark = pytest.mark.real

START, END = datetime(2023, 4, 12, 21, tzinfo=UTC), datetime(2023, 4, 13, 16, tzinfo=UTC)
SITE = "PetSite"
_AROUND = timedelta(minutes=20)
# The page's own p95 is about 270 ms on a good day, so the specification's 100 ms says nothing.
SLOW = ("latency.PetSite.target=<300ms", "latency.PetSite.alert_threshold=500ms")


@pytest.fixture(scope="module")
def folder(landed_and_built: Callable[[str], Folder]) -> Folder:
    return landed_and_built("petshop_issues")


def _issues(folder: Folder, metric: str) -> dict[str, datetime]:
    """Return the labelled moments of the issues that show in a metric of the front page."""
    found = {}
    for path in sorted(folder.raw.glob("high_traffic/t*/issue_*/target.json")):
        target = json.loads(path.read_text())["target"]
        assert target["node"] == SITE
        if target["metric"] == metric:
            name = f"{path.parts[-3]} {path.parts[-2].removeprefix('issue_')}"
            found[name] = datetime.fromtimestamp(target["timestamp"], UTC)
    return found


def _late_s(folder: Folder, metric: str, metric_id: str, *settings: str) -> dict[str, float]:
    found = fired(folder.workspace, metric_id, *settings, start=START, end=END)
    late = {
        name: found.caught(SITE, at, at + _AROUND) for name, at in _issues(folder, metric).items()
    }
    return {name: span.total_seconds() for name, span in late.items() if span is not None}


def test_five_windows_of_every_issue_are_there(folder: Folder) -> None:
    assert counts(folder.landed["services"]) == (5_720, 5_720, 0, 0)
    assert [len(_issues(folder, name)) for name in ("availability", "latency")] == [12, 14]
    windows = folder.rows(
        "select count(*) as n from {fct_metric_status} "
        "where metric_id = 'error_rate' and subject = 'PetSite'"
    )
    assert windows == [{"n": 26 * 5}]


def test_one_percent_of_errors_held_for_two_windows_catches_nine_of_twelve(folder: Folder) -> None:
    late = _late_s(folder, "availability", "error_rate")
    missed = set(_issues(folder, "availability")) - set(late)
    assert missed == {"test 15", "test 16", "test 17"}
    assert {round(each / 60, 1) for each in late.values()} == {10.0, 10.1, 10.2, 11.1, 11.2}


def test_a_single_window_catches_one_more_and_five_minutes_sooner(folder: Folder) -> None:
    late = _late_s(folder, "availability", "error_rate", "error_rate.for=1 evaluation")
    missed = set(_issues(folder, "availability")) - set(late)
    assert missed == {"test 15", "test 16"}
    assert sorted(round(each / 60) for each in late.values()) == [5] * 5 + [6] * 4 + [15]


@pytest.mark.parametrize(
    ("hold", "missed"),
    [
        ("2 evaluations", "test 1, test 2, test 3, train 0, train 1, train 3"),
        ("1 evaluation", "test 1, test 2, train 1, train 3"),
    ],
)
def test_half_a_second_catches_eight_or_ten_of_fourteen_slow_issues(
    folder: Folder, hold: str, missed: str
) -> None:
    late = _late_s(folder, "latency", "inference_latency", *SLOW, f"latency.for={hold}")
    assert ", ".join(sorted(set(_issues(folder, "latency")) - set(late))) == missed


@pytest.mark.parametrize(
    ("metric", "statistic", "is_beyond"),
    [
        ("availability", "Average", lambda value: 100 - value > 1),
        ("latency", "p95", lambda value: value > 0.5),
    ],
)
def test_the_raw_cells_say_the_same(
    folder: Folder, metric: str, statistic: str, is_beyond: Callable[[float], bool]
) -> None:
    """Count in the raw tables the issues with two windows in a row beyond the threshold."""
    caught = set()
    for path in sorted(folder.raw.glob("high_traffic/t*/issue_*/metrics.csv")):
        lines = [line.split(",") for line in path.read_text().splitlines()]
        names = list(zip(*lines[:3], strict=True))
        column = names.index((SITE, metric, statistic))
        beyond = [is_beyond(float(line[column])) for line in lines[4:] if line[column]]
        if any(both == (True, True) for both in pairwise(beyond)):
            caught.add(f"{path.parts[-3]} {path.parts[-2].removeprefix('issue_')}")
    metric_id, settings = {
        "availability": ("error_rate", ()),
        "latency": ("inference_latency", SLOW),
    }[metric]
    named = set(_issues(folder, metric))
    assert caught & named == set(_late_s(folder, metric, metric_id, *settings))
