"""What the forecasts are worth, as asset checks that warn (§3.2): skill, and honest intervals.

Over all series of a model, of what rolling origins told and what came true since. Whether a single
series may alert is decided when it is forecast; these say whether forecasting as a whole is sound.
"""

from collections.abc import Callable, Sequence
from statistics import median
from typing import Any

import dagster as dg

from anfl_assets.catalog.model import Catalog
from anfl_assets.defs.failures import explained
from anfl_assets.defs.forecast_jobs import forecast_key
from anfl_assets.defs.forecast_worth import (
    HOLDS,
    count_origins,
    held_share,
    is_held,
    not_better,
    scored_days,
    whole_series,
)
from anfl_assets.defs.markdown import table
from anfl_assets.defs.resources import WorkspaceResource
from anfl_assets.report.scorecard import ScorecardRow, scorecard

SKILL = "most_series_beat_the_naive_floor"
COVERAGE = "intervals_hold_as_many_days_as_they_say"
_DESCRIPTIONS = {
    SKILL: "At least half of the series are forecast better than by the best naive method.",
    COVERAGE: "The 80 and 95 % intervals hold about that many of the days that came.",
}
_Judge = Callable[[Sequence[ScorecardRow], dg.AssetKey], dg.AssetCheckResult]
_LEAST_SHARE = 0.5
_SHOWN = 20
_NOTHING = "no series was long enough for a backtest, and no day that was forecast has come"


def forecast_checks(catalog: Catalog) -> list[dg.AssetChecksDefinition]:
    """Two for each forecast of the catalog; a person can run each of them alone."""
    judges = {SKILL: skill_result, COVERAGE: coverage_result}
    return [
        _check(model, name, judge) for model in catalog.forecasts for name, judge in judges.items()
    ]


def _check(model: str, name: str, judge: _Judge) -> dg.AssetChecksDefinition:
    key = forecast_key(model)

    @dg.asset_check(asset=key, name=name, description=_DESCRIPTIONS[name])
    def check(workspace: WorkspaceResource) -> dg.AssetCheckResult:
        with explained():
            rows = [row for row in scorecard(workspace.open()) if row.model == model]
        return judge(rows, key)

    return check


def skill_result(rows: Sequence[ScorecardRow], key: dg.AssetKey) -> dg.AssetCheckResult:
    """Count the series with smaller errors than the floor's; without any, there is no objection."""
    whole, worse = whole_series(rows), not_better(rows)
    if not whole:
        return _result(SKILL, key, passed=True, description=_NOTHING, metadata={})
    better = len(whole) - len(worse)
    skills = [row.skill for row in whole if row.skill is not None]
    return _result(
        SKILL,
        key,
        passed=better >= _LEAST_SHARE * len(whole),
        description=f"{better} of {len(whole)} series beat their naive floor",
        metadata={
            "series": len(whole),
            "better": better,
            **({"median_skill": round(median(skills), 4)} if skills else {}),
            "not_better": dg.MetadataValue.md(_worse_table(worse)),
        },
    )


def coverage_result(rows: Sequence[ScorecardRow], key: dg.AssetKey) -> dg.AssetCheckResult:
    """Compare the share of days inside each interval with its level, chance allowed for."""
    whole = whole_series(rows)
    if not whole:
        return _result(COVERAGE, key, passed=True, description=_NOTHING, metadata={})
    origins = count_origins(rows)
    held = {level: held_share(whole, level) for level in HOLDS}
    told = [f"{100 * share:.1f} % of days in the {level} %" for level, share in held.items()]
    return _result(
        COVERAGE,
        key,
        passed=all(is_held(level, share, origins=origins) for level, share in held.items()),
        description=f"{' and '.join(told)} interval, over {origins:,} origins",
        metadata={
            "days": scored_days(whole),
            "live_days": sum(row.n_live for row in whole),
            "origins": origins,
            **{f"coverage_{level}_pct": round(100 * share, 2) for level, share in held.items()},
            "by_lead": dg.MetadataValue.md(_lead_table(rows)),
        },
    )


def _worse_table(worse: Sequence[ScorecardRow]) -> str:
    cells = [
        (row.metric_id, row.subject, row.form, f"{row.mase:.2f}", f"{row.floor_mase:.2f}")
        for row in worse[:_SHOWN]
    ]
    return table(("metric", "subject", "form", "MASE", "MASE of the floor"), cells)


def _lead_table(rows: Sequence[ScorecardRow]) -> str:
    cells = []
    for lead in sorted({row.lead_days for row in rows if row.lead_days is not None}):
        at = [row for row in rows if row.lead_days == lead]
        shares = [f"{100 * held_share(at, level):.0f} %" for level in HOLDS]
        cells.append((str(lead), str(scored_days(at)), *shares))
    return table(("days ahead", "days", *(f"in the {level} % interval" for level in HOLDS)), cells)


def _result(
    name: str, key: dg.AssetKey, *, passed: bool, description: str, metadata: dict[str, Any]
) -> dg.AssetCheckResult:
    return dg.AssetCheckResult(
        passed=passed,
        asset_key=key,
        check_name=name,
        severity=dg.AssetCheckSeverity.WARN,
        description=description,
        metadata=metadata,
    )
