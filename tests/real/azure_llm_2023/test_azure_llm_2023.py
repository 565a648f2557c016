"""Real data: an hour of two LLM services (specification §1: throughput, and what is not known)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from statistics import fmean

import pytest

from tests.real.folder import Folder, counts

pytestmark = pytest.mark.real

# 18:15 is no whole window (the trace begins in it), nor is 19:10 (it ends in it).
FIRST_END = datetime(2023, 11, 16, 18, 25, tzinfo=UTC)
LAST_END = datetime(2023, 11, 16, 19, 10, tzinfo=UTC)


@pytest.fixture(scope="module")
def folder(landed_and_built: Callable[[str], Folder]) -> Folder:
    return landed_and_built("azure_llm_2023")


def test_every_row_is_accepted_and_the_build_is_published(folder: Folder) -> None:
    assert counts(folder.landed["code"]) == (8_819, 8_819, 0, 0)
    assert counts(folder.landed["conv"]) == (19_366, 19_366, 0, 0)
    assert (folder.built.status, folder.built.failures) == ("published", ())


@pytest.mark.parametrize(("service", "mean_rps"), [("code", 2.782), ("conv", 5.739)])
def test_throughput_is_that_of_whole_windows(folder: Folder, service: str, mean_rps: float) -> None:
    windows = {
        end: row["value"]
        for (subject, end), row in folder.observed("throughput", "5 minutes").items()
        if subject == service
    }
    assert (len(windows), min(windows), max(windows)) == (10, FIRST_END, LAST_END)
    assert fmean(windows.values()) == pytest.approx(mean_rps, abs=0.0005)


def test_a_trace_without_latency_gives_no_latency(folder: Folder) -> None:
    row = folder.board()["inference_latency", "all"]
    assert (row.status, row.value, row.sample_count) == ("no_data", None, 0)
    assert not folder.observed("inference_latency", "5 minutes")


@pytest.mark.parametrize("service", ["code", "conv"])
def test_no_request_failed(folder: Folder, service: str) -> None:
    row = folder.board()["error_rate", service]
    assert (row.status, row.value, row.window_end_at) == ("on_target", 0.0, LAST_END)


@pytest.mark.parametrize(("service", "last_rps"), [("code", 1.03), ("conv", 4.35)])
def test_the_board_judges_the_last_closed_window(
    folder: Folder, service: str, last_rps: float
) -> None:
    row = folder.board()["throughput", service]
    assert (row.status, row.window_end_at) == ("breached", LAST_END)
    assert row.value == pytest.approx(last_rps)
