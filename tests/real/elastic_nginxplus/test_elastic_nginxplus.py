"""Real data: counters of nginx Plus as rates (specification §1: throughput)."""

from __future__ import annotations

import gzip
import json
from bisect import bisect_left
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import polars as pl
import pytest

from anfl_assets.store import lake
from tests.real.folder import Folder, counts

pytestmark = pytest.mark.real

FIRST_END = datetime(2015, 10, 31, 0, 5, tzinfo=UTC)
LAST_END = datetime(2015, 10, 31, 0, 40, tzinfo=UTC)
# Minutes from 23:59 to 00:40, all whole: the first reading is of 23:58:19, the last of 00:40:53.
MINUTES = 41


@pytest.fixture(scope="module")
def folder(landed_and_built: Callable[[str], Folder]) -> Folder:
    return landed_and_built("elastic_nginxplus")


@pytest.fixture(scope="module")
def readings(folder: Folder) -> list[tuple[float, int]]:
    """Seconds since 1970 and requests so far, read by nothing of ours."""
    with gzip.open(folder.raw / "nginxplus_json_logs.jsonl.gz", "rt", encoding="utf-8") as file:
        records = [json.loads(line) for line in file]
    return [(record["timestamp"] / 1000, record["requests"]["total"]) for record in records]


def counter_at(readings: list[tuple[float, int]], at: datetime) -> float:
    """The counter at a moment, straight between the readings around it."""
    seconds = at.timestamp()
    after = bisect_left(readings, (seconds, 0))
    (before_s, before), (after_s, later) = readings[after - 1], readings[after]
    return before + (later - before) * (seconds - before_s) / (after_s - before_s)


def test_every_whole_minute_is_a_window(folder: Folder) -> None:
    assert counts(folder.landed["requests"]) == (MINUTES, MINUTES, 0, 0)
    assert (folder.built.status, folder.built.failures) == ("published", ())
    rows = lake.read(folder.workspace.table_path("request_windows"))
    assert rows is not None
    assert set(rows["window_s"]) == {60.0}
    starts = rows["window_start_at"].sort()
    assert starts[0] == datetime(2015, 10, 30, 23, 59, tzinfo=UTC)
    assert set(starts.diff().drop_nulls()) == {timedelta(minutes=1)}


def test_there_is_no_reset_and_the_overall_rate_is_that_of_the_counter(
    folder: Folder, readings: list[tuple[float, int]]
) -> None:
    assert all(earlier[1] <= later[1] for earlier, later in pairwise(readings))
    (first_s, first), (last_s, last) = readings[0], readings[-1]
    truth = (last - first) / (last_s - first_s)
    rows = lake.read(folder.workspace.table_path("request_windows"))
    assert rows is not None
    ours = float(rows["request_count"].sum()) / float(rows["window_s"].sum())
    assert truth == pytest.approx(11.11, abs=0.005)
    assert ours == pytest.approx(truth, abs=0.02)


def test_throughput_is_the_growth_of_the_counter_over_each_five_minutes(
    folder: Folder, readings: list[tuple[float, int]]
) -> None:
    ours = {
        end: row["value"]
        for (subject, end), row in folder.observed("throughput", "5 minutes").items()
        if subject == "nginx"
    }
    assert (len(ours), min(ours), max(ours)) == (8, FIRST_END, LAST_END)
    for end, value in ours.items():
        start = end - timedelta(minutes=5)
        grown = counter_at(readings, end) - counter_at(readings, start)
        # a request may be counted on either side of a window's edge
        assert value == pytest.approx(grown / 300, abs=1 / 300)


def test_all_windows_together_hold_what_was_counted_between_their_ends(
    folder: Folder, readings: list[tuple[float, int]]
) -> None:
    rows = lake.read(folder.workspace.table_path("request_windows"))
    assert rows is not None
    first = rows["window_start_at"].min()
    assert isinstance(first, datetime)
    grown = counter_at(readings, first + timedelta(minutes=MINUTES)) - counter_at(readings, first)
    assert rows["request_count"].sum() == pytest.approx(grown, abs=1)


def test_failures_are_those_the_zones_told(folder: Folder) -> None:
    rows = lake.read(folder.workspace.table_path("request_windows"))
    assert rows is not None
    truth = folder.truth(
        "select max(server_zones['hg.nginx.org'].responses['5xx']) "
        "- min(server_zones['hg.nginx.org'].responses['5xx']) "
        "from read_json({nginxplus_json_logs.jsonl.gz}) "
        "where timestamp between 1446249540000 - 5200 and 1446252000000 + 5200"
    )
    assert [(rows["error_count"].sum(),)] == truth
    assert rows.filter(pl.col("error_count") > 0).height <= 3
