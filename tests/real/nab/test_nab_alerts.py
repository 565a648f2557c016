"""Real data: which of NAB's labelled windows a threshold on CPU catches, how late, and how often.

The labels are judgements of what is unusual; a threshold only knows what is too much.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from tests.real.folder import Folder
from tests.real.replaying import fired

pytestmark = pytest.mark.real

CPU = "resource_utilization"
START, END = datetime(2014, 2, 14, tzinfo=UTC), datetime(2014, 7, 16, tzinfo=UTC)
ASG, BUSY = "asg_misconfiguration/cpu", "ec2-825cc2/cpu"
_FILES = {
    ASG: "realKnownCause/cpu_utilization_asg_misconfiguration.csv",
    BUSY: "realAWSCloudwatch/ec2_cpu_utilization_825cc2.csv",
    "ec2-ac20cd/cpu": "realAWSCloudwatch/ec2_cpu_utilization_ac20cd.csv",
}


@pytest.fixture(scope="module")
def folder(landed_and_built: Callable[[str], Folder]) -> Folder:
    return landed_and_built("nab")


def _labelled(folder: Folder) -> list[tuple[str, datetime, datetime]]:
    """Return the labelled windows of every CPU file, by what we call its subject."""
    labels = json.loads((folder.raw / "combined_windows.json").read_text())
    found: list[tuple[str, datetime, datetime]] = []
    for path, windows in labels.items():
        name = path.rpartition("/")[2].removesuffix(".csv")
        if "cpu_utilization" in name:
            name = name.removeprefix("cpu_utilization_").replace("_cpu_utilization_", "-")
            found += [(f"{name}/cpu", _utc(begin), _utc(end)) for begin, end in windows]
    return sorted(found)


def _utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def test_a_threshold_of_90_percent_catches_three_of_eleven_windows_hours_late(
    folder: Folder,
) -> None:
    found = fired(folder.workspace, CPU, start=START, end=END)
    late = [(subject, found.caught(subject, *span)) for subject, *span in _labelled(folder)]
    assert late == [
        (ASG, timedelta(days=1, hours=10, minutes=46)),
        ("ec2-24ae8d/cpu", None),
        ("ec2-24ae8d/cpu", None),
        ("ec2-53ea38/cpu", None),
        ("ec2-53ea38/cpu", None),
        ("ec2-5f5533/cpu", None),
        ("ec2-5f5533/cpu", None),
        (BUSY, timedelta(hours=7, minutes=21)),
        ("ec2-ac20cd/cpu", timedelta(hours=17, minutes=11)),
        ("rds-cc0c53/cpu", None),
        ("rds-cc0c53/cpu", None),
    ]
    # Only machines that are ever beyond it can be caught at all.
    assert set(found.spans) == set(_FILES)


_RAW = """
select time_bucket(interval 5 minutes, timestamp) + interval 5 minutes, avg(value)
from read_csv({FILE}) group by 1 order by 1
"""


def _by_hand(folder: Folder, subject: str, threshold: float) -> list[datetime]:
    """Go through a raw file: on at the second window beyond the threshold, off at 88 % or less."""
    rows = folder.truth(_RAW.replace("FILE", _FILES[subject]))
    found: list[datetime] = []
    is_on, beyond = False, 0
    for at, value in rows[:-1] if subject == BUSY else rows:
        beyond = beyond + 1 if value > threshold else 0
        if is_on:
            is_on = value > 88
        elif beyond == 2:
            is_on = True
            found.append(at.replace(tzinfo=UTC))
    return found


@pytest.mark.parametrize(
    ("subject", "threshold", "times"),
    [(ASG, 90, 24), (ASG, 95, 7), (BUSY, 90, 145), (BUSY, 95, 9), ("ec2-ac20cd/cpu", 90, 1)],
)
def test_it_fires_when_a_count_over_the_raw_file_says_so(
    folder: Folder, subject: str, threshold: int, times: int
) -> None:
    setting = f"{CPU}.alert_threshold={threshold}%"
    found = fired(folder.workspace, CPU, setting, start=START, end=END)
    begins = [begin for begin, _ in found.spans[subject]]
    assert begins == _by_hand(folder, subject, threshold)
    assert len(begins) == times


@pytest.mark.parametrize(
    ("settings", "pages_a_week"),
    [
        pytest.param((), 2.7, id="as it is"),
        pytest.param((f"{CPU}.alert_threshold=95%",), 0.8, id="95 %"),
        pytest.param((f"{CPU}.for=30 minutes",), 0.0, id="held for half an hour"),
    ],
)
def test_pages_a_week_of_the_group_that_was_misconfigured(
    folder: Folder, settings: tuple[str, ...], pages_a_week: float
) -> None:
    # Nine weeks, of which only the last five days are labelled.
    begin = datetime(2014, 5, 14, tzinfo=UTC)
    found = fired(folder.workspace, CPU, *settings, start=begin, end=END)
    pages = [
        each
        for each in found.found.tally.messages
        if (each.channel, each.reason, each.metrics) == ("PagerDuty", "first", (CPU,))
    ]
    assert round(len(pages) / ((END - begin) / timedelta(days=7)), 1) == pages_a_week
