"""Lines whose machinery is not there: what the catalog declares for each, and no evidence (§2-§5).

A line leaves this module for a check of its own once there is something live to look at.
"""

from __future__ import annotations

from collections.abc import Callable

from anfl_assets.catalog.sections import Action
from anfl_assets.report.conform.evidence import Evidence, Finding
from anfl_assets.report.conform.lines import Line

Describe = Callable[[Line, Evidence], str]
Check = Callable[[Line, Evidence], Finding]


def unbuilt(describe: Describe) -> Check:
    """Make the check of a line that nothing performs: missing, with what is declared for it."""

    def check(line: Line, live: Evidence) -> Finding:
        return Finding("missing", describe(line, live))

    return check


def as_written(line: Line, _: Evidence) -> str:
    """The value itself: it needs no reading."""
    return f"declared: {line.value}"


def pipeline_step(line: Line, live: Evidence) -> str:
    """The part of the system that is to perform a step of §2.2."""
    steps = {step.name: step.performed_by for step in live.catalog.pipeline}
    return f"declared: performed by {steps[line.value]}"


def panel(line: Line, live: Evidence) -> str:
    """What a panel of §4.1 is to show."""
    shown = live.catalog.dashboards[line.path[1]].panels[line.value]
    return f"declared: {', '.join(shown)}"


def trigger(line: Line, live: Evidence) -> str:
    """The metric and status that set a protocol of §5.1 off."""
    bound = live.catalog.protocols[line.path[1]].trigger
    return f"declared: {bound.metric_id} is {bound.fires_when}"


def action(line: Line, live: Evidence) -> str:
    """Who does an action of §5.1, by what, and when its effect is checked."""
    actions: tuple[Action, ...] = live.catalog.protocols[line.path[1]].actions
    bound = next(each for each in actions if each.name == line.value)
    return f"declared: {bound.owner} by {bound.done_by}, checked after {bound.check_after}"


def cycle_step(line: Line, live: Evidence) -> str:
    """The field that records a step of §5.2."""
    steps = {name: kept for phase in live.catalog.cycle for name, kept in phase.steps.items()}
    return f"declared: recorded as {steps[line.value]}"
