"""Checks of §4.1's operational panels: what each shows is measured, and windows have come of it."""

from __future__ import annotations

from anfl_assets.catalog.sections import Measure
from anfl_assets.report.conform.evidence import NOTHING, Evidence, Finding
from anfl_assets.report.conform.lines import Line
from anfl_assets.report.conform.words import counted, moment
from anfl_assets.report.process import MEASURE_ID

_NOTHING = f"{NOTHING} no closed window yet; `anfl run` builds"


def panel(line: Line, live: Evidence) -> Finding:
    """Every measure of the panel has windows."""
    shown = [each for each in live.catalog.dashboards[line.path[1]].measures
             if each.panel == line.value]  # fmt: skip
    configuration = "; ".join(f"{each.measure_id}: {each.statistic}" for each in shown)
    evidence = [_evidence(measure, live) for measure in shown]
    if not evidence or None in evidence:
        return Finding("missing", configuration, _NOTHING)
    return Finding("ok", configuration, "; ".join(each for each in evidence if each))


def _evidence(measure: Measure, live: Evidence) -> str | None:
    if measure.measure_id == MEASURE_ID:
        return _of_the_ledger(live)
    facts = live.measures.get(measure.measure_id)
    if facts is None:
        return None
    windows, subjects = counted(facts.windows, "window"), counted(facts.subjects, "subject")
    return f"{windows} of {subjects}, last to {moment(facts.last_end_at)}"


def _of_the_ledger(live: Evidence) -> str | None:
    """What our own work is measured by: loads and builds that ended."""
    if live.build is None or not live.loads:
        return None
    files = counted(sum(each.files for each in live.loads.values()), "load")
    return f"{files} in the ledger, last build {moment(live.build.finished_at)}"
