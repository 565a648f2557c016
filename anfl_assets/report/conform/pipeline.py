"""Checks of §2.2: the steps of the pipeline that have run, and what they left behind."""

from __future__ import annotations

from anfl_assets.report.conform.evidence import NOTHING, Evidence, Finding
from anfl_assets.report.conform.lines import Line
from anfl_assets.report.conform.words import counted, moment, size

_NOT_RUN = f"{NOTHING} it has not run; `anfl run` does"


def validation(_: Line, live: Evidence) -> Finding:
    """The last landing of every feed went through its suite."""
    configuration = "expectations/<table>.yaml on every load"
    suites = live.suites
    if suites is None:
        return Finding("missing", configuration, _NOT_RUN)
    expected = counted(suites.expectations, "expectation")
    feeds = counted(suites.feeds, "feed")
    aside = counted(suites.quarantined, "row")
    return Finding(
        "ok",
        configuration,
        f"{expected} of {feeds}, {suites.broken:,} not met, {aside} in quarantine, "
        f"last {moment(suites.last_at)}",
    )


def calculation(_: Line, live: Evidence) -> Finding:
    """The newest build ran the model of every metric and published windows."""
    models = {metric.model for metric in live.catalog.metrics.values()}
    configuration = f"{counted(len(models), 'dbt model')}, one a metric"
    if live.build is None:
        return Finding("missing", configuration, _NOT_RUN)
    absent = sorted(models - live.build.models)
    if absent:
        shown = f"{NOTHING} build {live.build.build_id} lacks {', '.join(absent)}"
        return Finding("missing", configuration, shown)
    observed = sum(facts.observed for facts in live.metrics.values())
    build = f"build {live.build.build_id} at {moment(live.build.finished_at)}"
    shown = f"{counted(observed, 'window')}, {build}"
    return Finding("ok" if observed else "missing", configuration, shown)


def long_term_storage(_: Line, live: Evidence) -> Finding:
    """What was computed is kept in the lake beside what it was computed from."""
    rows = sum(table.rows for table in live.marts.values())
    if not rows:
        return Finding("missing", "lake/marts", _NOT_RUN)
    taken = size(sum(table.size_bytes for table in live.marts.values()))
    tables = counted(len(live.marts), "table")
    return Finding("ok", "lake/marts", f"{counted(rows, 'row')} in {tables}, {taken}")
