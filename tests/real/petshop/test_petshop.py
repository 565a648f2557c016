"""Real data: a wide table of microservices, four lines of header (specification §1)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import polars as pl
import pytest

from tests.real.folder import Folder, counts, landed_rows

pytestmark = pytest.mark.real

Cells = dict[tuple[str, datetime], dict[str, float]]


def _cells(folder: Folder) -> Cells:
    """Return every cell that is not empty by service and window, then by metric and statistic."""
    rows = folder.truth(
        "select * from read_csv({high_traffic/noissue/metrics.csv}, "
        "header = false, all_varchar = true, parallel = false)"
    )
    services, metrics, statistics, _, *samples = rows
    cells: Cells = {}
    for at, *values in samples:
        start = datetime.fromtimestamp(float(at), UTC)
        for service, metric, statistic, value in zip(
            services[1:], metrics[1:], statistics[1:], values, strict=True
        ):
            if value:
                cells.setdefault((service, start), {})[f"{metric} {statistic}"] = float(value)
    return cells


def _close(value: float | None) -> Any:  # noqa: ANN401 - what compares equal to a close number
    return None if value is None else pytest.approx(1000 * value)


@pytest.fixture(scope="module")
def folder(landed_and_built: Callable[[str], Folder]) -> Folder:
    return landed_and_built("petshop")


def test_every_window_of_every_service_is_accepted(folder: Folder) -> None:
    assert counts(folder.landed["services"]) == (22_971, 22_971, 0, 0)
    assert (folder.built.status, folder.built.failures) == ("published", ())


def test_every_cell_of_the_wide_table_stands_in_its_own_window(folder: Folder) -> None:
    cells = _cells(folder)
    rows = landed_rows(folder, "request_windows").select(
        "service",
        "window_start_at",
        "request_count",
        "latency_p50_ms",
        "latency_p95_ms",
        "latency_p99_ms",
    )
    assert len(cells) == rows.height == 22_971
    for service, at, count, *percentiles in rows.sample(2_000, seed=7).iter_rows():
        cell = cells[service, at]
        assert count == cell["requests Sum"]
        named = [cell.get(f"latency {name}") for name in ("p50", "p95", "p99")]
        assert percentiles == [_close(value) for value in named]


def test_failed_requests_follow_from_requests_and_availability(folder: Folder) -> None:
    rows = landed_rows(folder, "request_windows").filter(pl.col("error_count") > 0)
    cells = _cells(folder).values()
    unavailable = [cell for cell in cells if cell.get("availability Average", 100) < 100]
    failed = sum(
        cell["requests Sum"] * (1 - cell["availability Average"] / 100) for cell in unavailable
    )
    assert rows.height == len(unavailable) == 4_936
    assert rows["error_count"].sum() == round(failed)


def test_only_windows_without_a_request_have_no_latency(folder: Folder) -> None:
    rows = landed_rows(folder, "request_windows")
    silent = rows.filter(pl.col("request_count") == 0)
    assert silent.height == rows["latency_p95_ms"].null_count() == 2_247
    assert silent["error_count"].sum() == 0


def test_the_board_shows_the_senders_own_percentile_of_the_last_window(folder: Folder) -> None:
    row = folder.board()["inference_latency", "PetSite"]
    last = datetime(2023, 9, 7, 15, tzinfo=UTC)
    assert row.value == _close(_cells(folder)["PetSite", last]["latency p95"])
    assert (row.sample_count, row.status) == (686, "breached")
