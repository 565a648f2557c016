"""What a source says of itself after it was collected."""

from dataclasses import replace

import dagster as dg

from anfl_assets.defs.assets import landed_result
from anfl_assets.flow.land import LandReport


def _report(feed: str, *, status: str, message: str = "", files: int = 1) -> LandReport:
    return LandReport(
        feed=feed,
        source="usage_analytics",
        entity="orders",
        status=status,
        files=files,
        received=10,
        accepted=7,
        quarantined=2,
        duplicates=1,
        superseded=0,
        rejected=0,
        seconds=0.5,
        message=message,
    )


def test_feeds_of_a_source_are_added_up() -> None:
    result = landed_result([_report("shop", status="landed"), _report("till", status="landed")])
    assert result.metadata == {
        "dagster/row_count": 14,
        "files": 2,
        "received": 20,
        "quarantined": 4,
        "duplicates": 2,
        "superseded": 0,
        "faulty_feeds": 0,
        "problems": "",
    }
    assert [check.passed for check in result.check_results or ()] == [True]


def test_a_feed_that_cannot_be_used_is_told_and_only_a_faulty_one_must_be_mended() -> None:
    result = landed_result(
        [
            _report("shop", status="faulty", message="no column InvoiceNo"),
            _report("till", status="unavailable", message="still growing"),
        ]
    )
    assert result.metadata is not None
    assert result.metadata["faulty_feeds"] == 1
    assert result.metadata["problems"] == "shop: no column InvoiceNo\ntill: still growing"
    assert [check.passed for check in result.check_results or ()] == [False]


def test_what_a_running_collector_landed_is_shown_and_is_no_problem() -> None:
    live = replace(_report("here", status="live", message="landed by the collector"), lag_s=4.04)
    result = landed_result([live])
    assert result.metadata is not None
    assert result.metadata["dagster/row_count"] == 7
    assert result.metadata["problems"] == ""
    assert result.metadata["running_systems"] == dg.JsonMetadataValue(
        {"here": {"status": "live", "loads": 1, "rows": 7, "lag_s": 4.0}}
    )
    assert [check.passed for check in result.check_results or ()] == [True]
