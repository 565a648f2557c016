"""Checks of §1: a metric is defined, held to its target and threshold, and collected in time.

The published build is asked, not the catalog alone: what the judge was given must be what the
catalog says now, and windows must have come of it.
"""

from __future__ import annotations

from anfl_assets.catalog.model import Metric
from anfl_assets.report.conform.evidence import NOTHING, Evidence, Finding, MetricFacts
from anfl_assets.report.conform.lines import Line
from anfl_assets.report.conform.schedule import serving
from anfl_assets.report.conform.words import counted, moment, number


def definition(line: Line, live: Evidence) -> Finding:
    """A model computes what is described, and its windows are published."""
    metric = _metric(line, live)
    facts = live.metrics.get(metric.metric_id)
    configuration = f"{metric.model}: {metric.statistic}"
    if facts is not None and facts.description != line.value:
        return _stale(line, f"found {facts.description!r} in the published build")
    if live.build is not None and metric.model not in live.build.models:
        return Finding("missing", configuration, f"{NOTHING} build {live.build.build_id} lacks it")
    if facts is None or live.build is None or facts.observed == 0:
        return Finding("missing", configuration, _nothing(metric, live))
    shown = f"{counted(facts.observed, 'window')}, last to {moment(facts.last_end_at)}"
    return Finding("ok", configuration, f"{shown}, build {live.build.build_id}")


def target(line: Line, live: Evidence) -> Finding:
    """The judge holds values to the target the catalog has."""
    metric = _metric(line, live)
    wanted = (metric.target_operator, metric.target.value)
    facts = live.metrics.get(metric.metric_id)
    configuration = f"on target {wanted[0]} {number(wanted[1])} {metric.unit}"
    if facts is not None and (facts.operator, facts.target) != wanted:
        return _stale(line, f"found {facts.operator} {number(facts.target)} {facts.unit}")
    return _judged(metric, live, configuration)


def threshold(line: Line, live: Evidence) -> Finding:
    """The judge calls a value breached beyond the threshold the catalog has."""
    metric = _metric(line, live)
    wanted = metric.threshold.value
    facts = live.metrics.get(metric.metric_id)
    beyond = ">" if metric.direction == "lower_is_better" else "<"
    configuration = f"breached {beyond} {number(wanted)} {metric.unit}"
    if facts is not None and facts.threshold != wanted:
        return _stale(line, f"found {number(facts.threshold)} {facts.unit}")
    return _judged(metric, live, configuration)


def collection(line: Line, live: Evidence) -> Finding:
    """A schedule builds the metric as often as the cadence asks, and files have come for it."""
    metric = _metric(line, live)
    schedule = serving(live.schedules, metric.collection)
    if schedule is None:
        return Finding("missing", f"no schedule comes round for {metric.collection}")
    configuration = str(schedule)
    landed = [live.loads[entity].last_at for entity in metric.entities if entity in live.loads]
    last_at = max((at for at in landed if at is not None), default=None)
    facts = live.metrics.get(metric.metric_id)
    if live.build is None or last_at is None or facts is None or facts.observed == 0:
        return Finding("missing", configuration, _nothing(metric, live))
    shown = f"last landing {moment(last_at)}, last build {moment(live.build.finished_at)}"
    return Finding("ok", configuration, shown)


def _metric(line: Line, live: Evidence) -> Metric:
    return live.catalog.metrics[line.path[2]]


def _judged(metric: Metric, live: Evidence, configuration: str) -> Finding:
    facts = live.metrics.get(metric.metric_id)
    if facts is None or facts.judged == 0:
        return Finding("missing", configuration, _nothing(metric, live))
    return Finding("ok", configuration, _verdicts(facts))


def _verdicts(facts: MetricFacts) -> str:
    judged = counted(facts.judged, "window")
    return f"{judged} judged: {facts.off_target:,} off target, {facts.breached:,} of them breached"


def _stale(line: Line, found: str) -> Finding:
    return Finding("drifted", f"{found}; expected {line.value!r}; `anfl run` builds again")


def _nothing(metric: Metric, live: Evidence) -> str:
    """Say why there is no evidence, and what would bring it."""
    if live.build is None:
        return f"{NOTHING} nothing published; `anfl run` builds"
    if not any(entity in live.tables for entity in metric.entities):
        return f"{NOTHING} no feed brought {' or '.join(metric.entities)}"
    return f"{NOTHING} no closed window yet"
