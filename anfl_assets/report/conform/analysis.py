"""Checks of §3.1, and of the step of §2.2 that performs it: what was analysed of the newest build.

A word is live when every metric it stands for has rows; one whose rows are all insufficient was
looked at, and says so.
"""

from __future__ import annotations

from anfl_assets.report.conform.evidence import NOTHING, AnalysisFacts, Evidence, Finding
from anfl_assets.report.conform.lines import Line
from anfl_assets.report.conform.words import counted, moment

_NOT_RUN = f"{NOTHING} it has not run; `anfl run` does"
_CONFIGURATION = "analyze/trends and analyze/correlations, in each run that builds"


def trend_analysis(_: Line, live: Evidence) -> Finding:
    """Every trend of the catalog was computed of the newest build."""
    trends = {facts.asked for facts in live.analyses} & set(live.catalog.trends)
    if not trends:
        return Finding("missing", _CONFIGURATION, _NOT_RUN)
    absent = sorted(set(live.catalog.trends) - trends)
    if absent:
        return Finding("missing", _CONFIGURATION, f"{NOTHING} nothing of {', '.join(absent)}")
    return Finding("ok", _CONFIGURATION, _shown(live.analyses))


def metrics_of_word(line: Line, live: Evidence) -> Finding:
    """Each metric that a word stands for was analysed."""
    ids = [metric.metric_id for metric in live.catalog.resolve(line.value)]
    found = [facts for facts in _of(line, live) if facts.metric_id in ids]
    absent = [name for name in ids if name not in {facts.metric_id for facts in found}]
    configuration = ", ".join(ids)
    if not found:
        return Finding("missing", configuration, _NOT_RUN)
    if absent:
        return Finding("missing", configuration, f"{NOTHING} no row of {', '.join(absent)}")
    return Finding("ok", configuration, _shown(found))


def window(line: Line, live: Evidence) -> Finding:
    """Rows look back as far as is written; those of coarser windows look back further."""
    found = _of(line, live)
    if not found:
        return Finding("missing", line.value, _NOT_RUN)
    asked = _asked_window_s(line, live)
    shortest = min(facts.window_s for facts in found)
    if asked is not None and shortest != asked:
        return Finding("drifted", line.value, f"found {shortest:,.0f} s: {_shown(found)}")
    return Finding("ok", line.value, _shown(found))


def granularity(line: Line, live: Evidence) -> Finding:
    """Rows are computed from windows so far apart."""
    found = _of(line, live)
    if not found:
        return Finding("missing", line.value, _NOT_RUN)
    return Finding("ok", f"windows every {line.value}", _shown(found))


def _of(line: Line, live: Evidence) -> list[AnalysisFacts]:
    return [facts for facts in live.analyses if facts.asked == line.path[2]]


def _asked_window_s(line: Line, live: Evidence) -> int | None:
    name = line.path[2]
    asked = live.catalog.trends.get(name) or live.catalog.correlations.get(name)
    return None if asked is None else asked.window.seconds


def _shown(found: list[AnalysisFacts] | tuple[AnalysisFacts, ...]) -> str:
    rows = counted(sum(facts.rows for facts in found), "row")
    told = sum(facts.told for facts in found)
    return (
        f"{rows}, {told:,} with an answer, to {moment(max(facts.window_end_at for facts in found))}"
    )
