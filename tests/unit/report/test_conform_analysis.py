"""Lines of §3.1: live where rows were computed of the newest build, and only for what has rows."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from anfl_assets.catalog import load_catalog
from anfl_assets.report.conform import analysis
from anfl_assets.report.conform.evidence import AnalysisFacts, Evidence
from anfl_assets.report.conform.lines import Line

CATALOG = load_catalog()
AT = datetime(2026, 11, 23, tzinfo=UTC)
SHORT = ("analysis_methods", "trending", "short_term")


def _facts(metric_id: str, asked: str = "short_term", window_s: float = 86_400) -> AnalysisFacts:
    return AnalysisFacts(asked, metric_id, rows=3, told=2, window_s=window_s, window_end_at=AT)


def _line(key: str, value: str) -> Line:
    return Line("3.1 Performance Analysis", (*SHORT, key), value, is_item=key == "metrics")


def test_a_word_is_live_when_its_metric_has_rows() -> None:
    live = Evidence(CATALOG, analyses=(_facts("inference_latency"),))
    found = analysis.metrics_of_word(_line("metrics", "latency"), live)
    assert (found.status, found.configuration) == ("ok", "inference_latency")
    assert found.evidence == "3 rows, 2 with an answer, to 2026-11-23 00:00"


def test_a_word_of_two_metrics_needs_both() -> None:
    live = Evidence(CATALOG, analyses=(_facts("user_adoption"),))
    found = analysis.metrics_of_word(_line("metrics", "growth"), live)
    assert (found.status, found.evidence) == ("missing", "– no row of revenue")


@pytest.mark.parametrize(("window_s", "status"), [(86_400, "ok"), (3_600, "drifted")])
def test_a_window_is_as_long_as_it_is_written(window_s: float, status: str) -> None:
    live = Evidence(CATALOG, analyses=(_facts("inference_latency", window_s=window_s),))
    assert analysis.window(_line("window", "24 hours"), live).status == status


def test_nothing_computed_is_missing_everywhere() -> None:
    live = Evidence(CATALOG)
    assert analysis.trend_analysis(_line("x", ""), live).status == "missing"
    assert analysis.window(_line("window", "24 hours"), live).status == "missing"
    assert analysis.granularity(_line("granularity", "5 minutes"), live).status == "missing"
    assert analysis.metrics_of_word(_line("metrics", "latency"), live).status == "missing"


def test_the_step_is_live_when_every_trend_was_computed() -> None:
    one = _facts("inference_latency")
    other = _facts("revenue", "long_term")
    step = _line("x", "")
    assert analysis.trend_analysis(step, Evidence(CATALOG, analyses=(one,))).status == "missing"
    assert analysis.trend_analysis(step, Evidence(CATALOG, analyses=(one, other))).status == "ok"
