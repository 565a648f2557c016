"""What the checks of a forecast say: of skill, and of intervals that are too narrow or too wide."""

from __future__ import annotations

import dagster as dg
import pytest

from anfl_assets.defs.forecast_checks import coverage_result, skill_result
from anfl_assets.report.scorecard import ScorecardRow

KEY = dg.AssetKey(["forecast", "capacity_planning"])


def _series(
    subject: str,
    *,
    mase: float = 0.8,
    coverage_80: float = 0.8,
    coverage_95: float = 0.95,
    origins: int = 100,
    live: int = 0,
) -> list[ScorecardRow]:
    """Return a series scored at two leads: the row of all days, and one for each lead."""
    counts = {None: 2 * origins, 7: origins, 30: origins}
    return [
        ScorecardRow(
            model="capacity_planning",
            metric_id="resource_utilization",
            subject=subject,
            is_whole=False,
            form="daily peak",
            unit="%",
            lead_days=lead,
            n_backtest=count - (live if lead is None else live // 2),
            n_live=live if lead is None else live // 2,
            mase=mase,
            floor_mase=1.0,
            smape_pct=3.0,
            coverage_80=coverage_80,
            coverage_95=coverage_95,
            skill=1 - mase,
            verdict="forecastable",
            reason="better than the floor",
            vintage_id=f"v-{subject}",
        )
        for lead, count in counts.items()
    ]


@pytest.mark.parametrize(
    ("errors", "passed", "told"),
    [
        pytest.param([0.7, 0.9, 1.2], True, "2 of 3 series beat their naive floor", id="most"),
        pytest.param([0.7, 1.0], True, "1 of 2 series beat their naive floor", id="half"),
        pytest.param([0.7, 1.0, 1.3], False, "1 of 3 series beat their naive floor", id="few"),
    ],
)
def test_most_series_must_beat_their_floor(errors: list[float], told: str, *, passed: bool) -> None:
    rows = [row for n, mase in enumerate(errors) for row in _series(f"db-{n}", mase=mase)]
    result = skill_result(rows, KEY)
    assert (result.passed, result.description) == (passed, told)
    assert result.severity is dg.AssetCheckSeverity.WARN


def test_series_that_are_not_better_are_named_the_worst_first() -> None:
    rows = [*_series("bad|one", mase=1.2), *_series("worse", mase=1.5), *_series("good", mase=0.5)]
    result = skill_result(rows, KEY)
    assert result.metadata["series"] == dg.IntMetadataValue(3)
    assert result.metadata["better"] == dg.IntMetadataValue(1)
    assert result.metadata["median_skill"] == dg.FloatMetadataValue(-0.2)
    table = result.metadata["not_better"].value
    assert [line.split(" | ")[1] for line in str(table).splitlines()[2:]] == ["worse", "bad\\|one"]


@pytest.mark.parametrize(
    ("coverage_80", "coverage_95", "passed"),
    [
        pytest.param(0.80, 0.95, True, id="as they say"),
        pytest.param(0.75, 0.91, True, id="at the lower end"),
        pytest.param(0.60, 0.95, False, id="80 too narrow"),
        pytest.param(0.95, 0.95, False, id="80 too wide"),
        pytest.param(0.80, 0.80, False, id="95 too narrow"),
    ],
)
def test_intervals_hold_about_as_many_days_as_they_say(
    coverage_80: float, coverage_95: float, *, passed: bool
) -> None:
    result = coverage_result(_series("db-1", coverage_80=coverage_80, coverage_95=coverage_95), KEY)
    assert result.passed is passed
    assert result.severity is dg.AssetCheckSeverity.WARN


def test_a_few_origins_allow_for_chance_and_many_do_not() -> None:
    def passes(origins: int) -> bool:
        return coverage_result(_series("db-1", coverage_80=0.7, origins=origins), KEY).passed

    assert (passes(10), passes(1000)) == (True, False)


def test_coverage_is_that_of_all_days_and_told_by_lead() -> None:
    rows = [
        *_series("much", coverage_80=0.9, origins=300, live=40),
        *_series("little", coverage_80=0.5, origins=100),
    ]
    result = coverage_result(rows, KEY)
    assert result.description == (
        "80.0 % of days in the 80 % and 95.0 % of days in the 95 % interval, over 400 origins"
    )
    assert result.metadata["days"] == dg.IntMetadataValue(800)
    assert result.metadata["live_days"] == dg.IntMetadataValue(40)
    assert str(result.metadata["by_lead"].value).splitlines()[2:] == [
        "| 7 | 400 | 80 % | 95 % |",
        "| 30 | 400 | 80 % | 95 % |",
    ]


def test_nothing_scored_yet_is_no_objection() -> None:
    for result in (skill_result([], KEY), coverage_result([], KEY)):
        assert result.passed
        assert str(result.description).startswith("no series was long enough for a backtest")
