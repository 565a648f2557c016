"""All trends and correlations on one year, twelve metrics and fifty subjects each.

The tables that analyses read are written straight into the lake: what a build takes is measured
elsewhere. A year and thirty days of history are analysed in the same run, since the cost must not
grow with history; and the lags of all pairs at once beside one pair after the other.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import product
from pathlib import Path

import numpy as np
import polars as pl

from anfl_assets.analyze.dependence import Floats
from benchmarks.figures import SCRATCH, Measured, measured, report

SUBJECTS = 50
GOAL_S = 20
# A week by five minutes, an hour each way: the larger of the two correlations of the catalog.
_STEPS_OF_A_WEEK, _MAX_LAG = 2_016, 12
END = datetime(2026, 1, 1, tzinfo=UTC)
BUILD_ID = "benchmark"
# The grains of each metric: as far apart as the real ones, five minutes where they have them.
_GRAINS = {
    "inference_latency": ("5 minutes", "day"),
    "throughput": ("5 minutes", "day"),
    "error_rate": ("5 minutes", "day"),
    "uptime": ("5 minutes", "day"),
    "resource_utilization": ("5 minutes", "day"),
    "scaling_efficiency": ("day",),
    "user_adoption": ("28 days",),
    "revenue": ("day",),
    "market_share": ("day",),
    "satisfaction": ("day", "30 days"),
    "retention": ("day",),
    "feature_adoption": ("week",),
}
_STEPS = {"5 minutes": 300, "week": 7 * 86_400}
_LENGTHS_S = {"5 minutes": 300, "week": 7 * 86_400, "28 days": 28 * 86_400, "30 days": 30 * 86_400}
_DAY_S = 86_400


def write_history(root: Path, days: int) -> int:
    """Write the lake of so many days and a build that pins it; return the windows written."""
    from anfl_assets.store import lake
    from anfl_assets.store.workspace import Workspace

    workspace = Workspace(root)
    rows = 0
    versions: dict[str, int] = {}
    daily = pl.DataFrame()
    for month in _months(days):
        frame = _observations(month)
        rows += frame.height
        path = workspace.mart_path("fct_metric_observation")
        versions["fct_metric_observation"] = lake.append(path, frame, metadata={})
        daily = _days(frame)
        path = workspace.mart_path("fct_status_day")
        versions["fct_status_day"] = lake.append(path, daily, metadata={})
    latest = _latest(daily)
    path = workspace.mart_path("fct_status_latest")
    versions["fct_status_latest"] = lake.append(path, latest, metadata={})
    _publish(root, versions)
    return rows


def analyse(root: str) -> int:
    """Compute and keep everything; return how many rows came of it."""
    from anfl_assets.catalog import load_catalog
    from anfl_assets.flow.analysis.analyse import (
        compute_correlations,
        compute_trends,
        keep_correlations,
        keep_trends,
    )
    from anfl_assets.report.published import open_published
    from anfl_assets.store.workspace import Workspace

    catalog = load_catalog()
    with open_published(Workspace(Path(root))) as published:
        trends = compute_trends(published, catalog, now=END)
        pairs = compute_correlations(published, catalog, now=END)
        keep_trends(published, trends)
        keep_correlations(published, pairs)
    return len(trends) + len(pairs)


def warm() -> None:
    """Import what an analysis needs."""
    import duckdb  # noqa: F401
    import ruptures  # noqa: F401

    from anfl_assets.flow.analysis import analyse  # noqa: F401


def all_at_once() -> float:
    """Correlate fifty series with fifty at all lags as products of matrices; return the largest."""
    from anfl_assets.analyze.lagged import at_lags

    return max(float(np.abs(found.r).max()) for found in at_lags(*_sides(), _MAX_LAG))


def one_by_one() -> float:
    """Do the same as a loop over pairs and lags; return the same."""
    left, right = _sides()
    largest = 0.0
    for x, y in product(left.T, right.T):
        for lag in range(-_MAX_LAG, _MAX_LAG + 1):
            early, late = (x, y) if lag >= 0 else (y, x)
            r = np.corrcoef(early[: early.size - abs(lag)], late[abs(lag) :])[0, 1]
            largest = max(largest, abs(float(r)))
    return largest


def main() -> None:
    """Measure a year and, beside it, thirty days; and all lags of all pairs, beside a loop."""
    found: dict[int, Measured] = {}
    for days in (30, 365):
        folder = SCRATCH / f"analyzing_{days}"
        shutil.rmtree(folder, ignore_errors=True)
        rows = measured(write_history, folder, days).result
        found[days] = measured(analyse, str(folder), warm=warm)
        beside = f"goal {GOAL_S} s: {found[days].result:,} trends and pairs"
        if days > 30:  # noqa: PLR2004 - the short history the long one is compared with
            beside += f", {found[days].seconds / found[30].seconds:.2f} times 30 days"
        report(f"trends, correlations of {days} days", found[days], rows=rows, beside=beside)
        shutil.rmtree(folder)
    together, loop = (measured(each, warm=warm) for each in (all_at_once, one_by_one))
    assert abs(together.result - loop.result) < 1e-9  # noqa: PLR2004 - both are the same sums
    beside = f"one by one {loop.seconds:.2f} s: {loop.seconds / together.seconds:.0f} times"
    values = 2 * SUBJECTS * _STEPS_OF_A_WEEK
    report("lags of 2,500 pairs of a week", together, rows=values, beside=beside)


def _sides() -> tuple[Floats, Floats]:
    random = np.random.default_rng(0)
    left, right = (random.normal(size=(_STEPS_OF_A_WEEK, SUBJECTS)) for _ in range(2))
    return left, right


def _months(days: int) -> Iterator[tuple[date, date]]:
    """Split the days before the end into pieces of at most thirty."""
    first = END.date() - timedelta(days=days)
    while first < END.date():
        last = min(first + timedelta(days=30), END.date())
        yield first, last
        first = last


def _observations(month: tuple[date, date]) -> pl.DataFrame:
    random = np.random.default_rng(month[0].toordinal())
    frames = [
        _windows(metric_id, grain, month, random)
        for metric_id, grains in _GRAINS.items()
        for grain in grains
    ]
    return pl.concat(frames).sort("date")


def _windows(
    metric_id: str, grain: str, month: tuple[date, date], random: np.random.Generator
) -> pl.DataFrame:
    step_s = _STEPS.get(grain, _DAY_S)
    first, last = (datetime(day.year, day.month, day.day, tzinfo=UTC) for day in month)
    # One grid for all months, which ends with the history: weeks do not begin anew each month.
    steps = (END - first - timedelta(microseconds=1)) // timedelta(seconds=step_s)
    ends = pl.datetime_range(
        END - timedelta(seconds=step_s) * steps, last, f"{step_s}s", time_unit="us", eager=True
    )
    moments = pl.DataFrame({"window_end_at": ends})
    subjects = pl.DataFrame({"subject": [f"subject-{n:02}" for n in range(SUBJECTS)]})
    hours = pl.col("window_end_at").dt.hour().cast(pl.Float64)
    rows = subjects.join(moments, how="cross")
    return rows.select(
        pl.lit(metric_id).alias("metric_id"),
        "subject",
        pl.lit(grain).alias("grain"),
        (pl.col("window_end_at") - pl.duration(seconds=_LENGTHS_S.get(grain, _DAY_S))).alias(
            "window_start_at"
        ),
        "window_end_at",
        value=50 + 5 * (hours / 24 * 2 * np.pi).cos() + pl.Series(random.normal(size=rows.height)),
        date=(pl.col("window_end_at") - pl.duration(microseconds=1)).dt.date(),
        month=(pl.col("window_end_at") - pl.duration(microseconds=1)).dt.date().dt.truncate("1mo"),
    )


def _days(observations: pl.DataFrame) -> pl.DataFrame:
    keys = ("metric_id", "subject", "grain", "date")
    return observations.sort("window_end_at").group_by(keys).last().sort("date")


def _latest(days: pl.DataFrame) -> pl.DataFrame:
    newest = days.sort("window_end_at").group_by("metric_id", "subject", "grain").last()
    return newest.drop("month").with_columns(target_value=50.0, threshold_value=100.0)


def _publish(root: Path, versions: dict[str, int]) -> None:
    from anfl_assets.store.builds import begin, finish
    from anfl_assets.store.ledger import open_ledger
    from anfl_assets.store.workspace import Workspace

    with open_ledger(Workspace(root)) as ledger:
        begin(
            ledger,
            BUILD_ID,
            is_full=True,
            definition_sha256="",
            consumed_load_id=0,
            watermarks={},
            started_at=END,
        )
        finish(ledger, BUILD_ID, status="published", tables=versions, compiled={}, finished_at=END)


if __name__ == "__main__":
    main()
