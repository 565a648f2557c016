"""Real data: cold starts, ten in a cell or in a list (specification §1: scaling)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import polars as pl
import pytest

from tests.real.folder import Folder, counts, landed_rows

pytestmark = pytest.mark.real

CELLS = """
    select
        runtime || '-512-' || arch as service,
        generated_at,
        unnest(string_split(init_ms_samples, ';'))::double as init_ms
    from read_csv({daily_cold_starts.csv})
"""


@pytest.fixture(scope="module")
def folder(landed_and_built: Callable[[str], Folder]) -> Folder:
    return landed_and_built("lambda_perf")


def test_every_sample_of_every_cell_and_list_is_accepted(folder: Folder) -> None:
    assert {name: counts(report) for name, report in folder.landed.items()} == {
        "daily": (196_814, 196_814, 0, 0),
        "raw_2022": (1_348, 1_348, 0, 0),
        "raw_2024": (3_497, 3_497, 0, 0),
    }
    assert (folder.built.status, folder.built.failures) == ("published", ())


def test_the_document_without_runs_was_read_and_holds_nothing(folder: Folder) -> None:
    assert folder.landed["raw_2024"].files == 2
    at = landed_rows(folder, "scalings").filter(pl.col("feed") == "raw_2024")["requested_at"]
    assert {str(day) for day in at.dt.date()} == {"2024-03-01"}


def test_samples_of_lists_are_those_that_json_holds(folder: Folder) -> None:
    (old,) = folder.truth(
        "with runs as (select unnest(runtimeData) as run from read_json("
        "[{raw_2022-10-01.json}, {raw_2023-03-01.json}, {raw_2023-06-01.json}], "
        "union_by_name = true)), samples as (select unnest(run.initDurations) as init_ms "
        "from runs where run.memorySize <> 512) select count(*), sum(init_ms) from samples"
    )
    (new,) = folder.truth(
        "with runs as (select unnest(runtimeData) as run from read_json({raw_2024-03-01.json})), "
        "samples as (select unnest(run.i) as init_ms from runs where run.m <> 512) "
        "select count(*), sum(init_ms) from samples"
    )
    for feed, truth in (("raw_2022", old), ("raw_2024", new)):
        rows = landed_rows(folder, "scalings").filter(pl.col("feed") == feed)
        lengths = (rows["ready_at"] - rows["requested_at"]).dt.total_microseconds() / 1000
        assert (rows.height, pytest.approx(lengths.sum())) == truth


def test_each_daily_p95_is_what_sql_finds_in_the_cells(folder: Folder) -> None:
    days = folder.observed("scaling_efficiency", "day")
    truth = folder.truth(
        f"with cells as ({CELLS}) select service, "  # noqa: S608 - no value from outside
        "date_trunc('day', generated_at::timestamp) + interval 1 day, "
        "max(init_ms) / 1000 from cells where generated_at::date = date '2026-08-21' group by all"
    )
    assert len(truth) == 15
    for service, end, slowest_s in truth:
        # one run a day: its ten starts are one event, as slow as the slowest
        assert days[service, end.replace(tzinfo=UTC)]["value"] == pytest.approx(slowest_s)


def test_the_board_judges_the_last_run(folder: Folder) -> None:
    row = folder.board()["scaling_efficiency", "python311-512-arm64"]
    assert (row.status, row.value, row.sample_count) == ("on_target", 0.08915, 10)
    assert row.window_start_at == datetime(2026, 8, 22, 14, 0, 43, 227_000, UTC)
