"""Checks of single lines: facts in, one finding out."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from anfl_assets.catalog.loader import load_catalog
from anfl_assets.report.conform.evidence import (
    BuildFacts,
    Evidence,
    Finding,
    LiveFacts,
    LoadFacts,
    MeasureFacts,
    MetricFacts,
    SuiteFacts,
    TableFacts,
)
from anfl_assets.report.conform.lines import Line, read_catalog_lines
from anfl_assets.report.conform.registry import check_of
from anfl_assets.report.conform.schedule import Schedule

CATALOG = load_catalog()
LINES = {str(line): line for line in read_catalog_lines()}
AT = datetime(2026, 11, 22, 8, 15, tzinfo=UTC)
LATENCY = "system_metrics.model_orchestration.inference_latency"
FACTS = MetricFacts(
    description="Time to complete model inference",
    unit="ms",
    operator="<",
    target=50.0,
    threshold=100.0,
    observed=2_214,
    judged=1_998,
    off_target=12,
    breached=3,
    last_end_at=AT,
)
LIVE = Evidence(
    catalog=CATALOG,
    schedules=(Schedule("build_often", "*/5 * * * *", ("performance_data", "system_logs")),),
    build=BuildFacts("b1", AT, frozenset(m.model for m in CATALOG.metrics.values())),
    metrics={"inference_latency": FACTS},
    tables={
        "requests": TableFacts(6_000, 47_500, date(2026, 11, 22)),
        "responses": TableFacts(30, 7_200, date(2026, 10, 24)),
    },
    marts={"fct_metric_status": TableFacts(1_998, 2_500_000)},
    loads={"requests": LoadFacts(("gateway",), 2, 6_000, AT)},
    suites=SuiteFacts(feeds=1, expectations=9, broken=1, quarantined=4, last_at=AT),
)
NOTHING_RAN = Evidence(catalog=CATALOG, schedules=LIVE.schedules)


def found(line: str, live: Evidence = LIVE) -> Finding:
    """Check one line of the catalog."""
    return check_of(LINES[line])(LINES[line], live)


def test_a_published_metric_is_ok_with_windows_and_build() -> None:
    finding = found(f"{LATENCY}.description: Time to complete model inference")
    assert finding.status == "ok"
    assert finding.configuration.startswith("int_model_orchestration__inference_latency: 95th")
    assert finding.evidence == "2,214 windows, last to 2026-11-22 08:15, build b1"


def test_target_and_threshold_show_what_the_judge_was_given() -> None:
    judged = "1,998 windows judged: 12 off target, 3 of them breached"
    assert found(f"{LATENCY}.target: <50ms") == Finding("ok", "on target < 50 ms", judged)
    assert found(f"{LATENCY}.alert_threshold: 100ms") == Finding("ok", "breached > 100 ms", judged)


def test_a_judge_that_was_given_something_else_is_drifted() -> None:
    live = replace(LIVE, metrics={"inference_latency": replace(FACTS, target=40.0, threshold=90.0)})
    assert found(f"{LATENCY}.target: <50ms", live) == Finding(
        "drifted", "found < 40 ms; expected '<50ms'; `anfl run` builds again"
    )
    assert found(f"{LATENCY}.alert_threshold: 100ms", live).status == "drifted"


def test_a_model_the_build_lacks_is_missing() -> None:
    live = replace(LIVE, build=BuildFacts("b1", AT, frozenset()))
    description = f"{LATENCY}.description: Time to complete model inference"
    assert found(description, live).evidence == "– build b1 lacks it"
    assert found("processing_pipeline.real_time: Metric calculation", live).status == "missing"


@pytest.mark.parametrize(
    ("live", "evidence"),
    [
        pytest.param(NOTHING_RAN, "– nothing published; `anfl run` builds", id="no build"),
        pytest.param(
            replace(LIVE, metrics={}, tables={}),
            "– no feed brought requests or request_windows or accesses",
            id="no data",
        ),
        pytest.param(replace(LIVE, metrics={}), "– no closed window yet", id="too little data"),
    ],
)
def test_a_metric_without_windows_keeps_its_configuration_and_says_why(
    live: Evidence, evidence: str
) -> None:
    assert found(f"{LATENCY}.target: <50ms", live) == Finding(
        "missing", "on target < 50 ms", evidence
    )
    assert found(f"{LATENCY}.collection: Real-time", live) == Finding(
        "missing", "build_often (*/5 * * * *)", evidence
    )


def test_a_source_shows_feeds_schedule_and_store() -> None:
    source = "automated_collection.performance_data"
    assert found(f"{source}.source: Application metrics") == Finding(
        "ok", "feeds gateway", "2 files, 6,000 rows accepted"
    )
    assert found(f"{source}.storage: Performance database") == Finding(
        "ok", "lake/performance", "6,000 rows, 47.5 kB in requests"
    )


def test_a_schedule_too_slow_for_its_source_is_drifted_and_none_at_all_missing() -> None:
    line = "automated_collection.performance_data.frequency: 1-minute intervals"
    assert found(line) == Finding(
        "drifted",
        "found build_often (*/5 * * * *); expected a round every 60 s, or a live feed",
        "last landing 2026-11-22 08:15",
    )
    assert found(line, replace(LIVE, schedules=())).status == "missing"


@pytest.mark.parametrize(
    ("every_s", "ok_at", "status"),
    [
        pytest.param(60.0, AT, "ok", id="as often as asked"),
        pytest.param(61.0, AT, "drifted", id="not often enough"),
        pytest.param(5.0, None, "drifted", id="never answered"),
    ],
)
def test_a_live_feed_that_answers_often_enough_serves_its_source(
    every_s: float, ok_at: datetime | None, status: str
) -> None:
    live = replace(LIVE, live=(LiveFacts("gateway", "requests", every_s, ok_at),))
    line = "automated_collection.performance_data.frequency: 1-minute intervals"
    assert found(line, live).status == status


def test_a_retention_nothing_enforces_is_missing_and_a_permanent_one_needs_rows() -> None:
    assert found("automated_collection.performance_data.retention: 180 days") == Finding(
        "missing",
        "180 days, declared only",
        "– nothing removes older rows; oldest row of 2026-11-22",
    )
    permanent = "manual_collection.customer_feedback.retention: Permanent"
    assert found(permanent) == Finding(
        "ok", "nothing deletes from lake/customer", "rows since 2026-10-24"
    )
    assert found(permanent, NOTHING_RAN).status == "missing"


def test_an_operational_panel_needs_windows_of_what_it_shows() -> None:
    measured = {"team_productivity": MeasureFacts(windows=84, subjects=4, last_end_at=AT)}
    teams = "dashboards.operational.metrics: Team productivity"
    shown = found(teams, replace(LIVE, measures=measured))
    assert (shown.status, shown.evidence) == (
        "ok",
        "84 windows of 4 subjects, last to 2026-11-22 08:15",
    )
    assert found(teams).status == "missing"


def test_process_efficiency_is_shown_by_what_the_ledger_holds() -> None:
    process = "dashboards.operational.metrics: Process efficiency"
    assert found(process).evidence == "2 loads in the ledger, last build 2026-11-22 08:15"
    assert found(process, NOTHING_RAN).status == "missing"


def test_steps_of_the_pipeline_that_ran_show_their_traces() -> None:
    assert found("processing_pipeline.real_time: Data validation").evidence == (
        "9 expectations of 1 feed, 1 not met, 4 rows in quarantine, last 2026-11-22 08:15"
    )
    assert found("processing_pipeline.real_time: Metric calculation").evidence == (
        "2,214 windows, build b1 at 2026-11-22 08:15"
    )
    assert found("processing_pipeline.batch: Long-term storage") == Finding(
        "ok", "lake/marts", "1,998 rows in 1 table, 2.5 MB"
    )


@pytest.mark.parametrize(
    ("line", "configuration"),
    [
        ("processing_pipeline.real_time: Dashboard updates", "performed by report"),
        ("dashboards.technical.metrics: Error rates", "error_rate"),
        ("response_protocols.business_metrics.trigger: Growth < 10% MoM",
         "user_adoption is breached"),
        ("response_protocols.performance_degradation.actions: Scale resources",
         "infrastructure by checklist, checked after 1 hour"),
        ("optimization_cycle.verification: Documentation", "recorded as lesson"),
    ],
)  # fmt: skip
def test_what_nothing_performs_is_missing_with_what_is_declared(
    line: str, configuration: str
) -> None:
    assert found(line) == Finding("missing", f"declared: {configuration}", "–")


def test_a_line_no_check_knows_is_missing_never_silently_ok() -> None:
    line = Line("6.1 Costs", ("costs", "budget"), "10 k")
    assert check_of(line)(line, LIVE) == Finding(
        "missing", "declared: 10 k", "– no check knows this line"
    )
