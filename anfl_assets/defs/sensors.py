"""The sensors of alerting: what stands is evaluated and kept, what is to be told is sent.

A few lines each; deciding is `alert`'s, reading and sending `flow.alerting`'s. One evaluator stays
open between ticks. Ticks say what they found as the reason why they started no run.
"""

import os
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import dagster as dg

from anfl_assets.defs.checks import suite_checks
from anfl_assets.defs.ended import ended_checks, ended_runs
from anfl_assets.defs.resources import WorkspaceResource
from anfl_assets.errors import AnflError

if TYPE_CHECKING:
    from anfl_assets.flow.alerting.evaluate import Evaluation, Evaluator
    from anfl_assets.flow.alerting.sending.deliverer import Deliverer

# The daemon looks every five seconds; an interval of five would be missed by milliseconds each
# second time.
_EACH_LOOK_S = 2
# Ends before the daemon looks again; what is evaluated at the same look is sent within it.
_LONG_POLL_S = 4.0
_ON = dg.DefaultSensorStatus.RUNNING

# Sensors tick in threads of one process; what is open stays so between ticks, by data folder.
_HELD = threading.Lock()
_EVALUATORS: dict[Path, "Evaluator"] = {}
_DELIVERERS: dict[Path, "Deliverer"] = {}


def sensors() -> list[dg.SensorDefinition]:
    """Return the five sensors."""
    return [
        metric_breach_sensor,
        alert_delivery_sensor,
        run_failure_sensor,
        stale_source_sensor,
        failed_check_sensor,
    ]


@dg.sensor(
    minimum_interval_seconds=_EACH_LOOK_S,
    default_status=_ON,
    description="Judges every metric as it stands now, and keeps what follows.",
)
def metric_breach_sensor(workspace: WorkspaceResource) -> dg.SkipReason:
    """Evaluate the metrics, live where a running system brings them."""
    return _judged(workspace, lambda evaluator, now: evaluator.evaluate(now))


@dg.sensor(
    minimum_interval_seconds=_EACH_LOOK_S,
    default_status=_ON,
    description="Sends what waits in the outbox, as soon as it is there.",
)
def alert_delivery_sensor(workspace: WorkspaceResource) -> dg.SkipReason:
    """Send for a while; the evaluator is not held meanwhile."""
    from anfl_assets.flow.alerting.sending.deliverer import open_deliverer

    try:
        folder = workspace.open()
        if folder.root not in _DELIVERERS:
            _DELIVERERS[folder.root] = open_deliverer(folder, os.environ, clock=_now)
        return dg.SkipReason(str(_DELIVERERS[folder.root].deliver_for(_LONG_POLL_S)))
    except AnflError as error:
        return dg.SkipReason(f"nothing sent: {error}")


@dg.sensor(
    minimum_interval_seconds=8,
    default_status=_ON,
    description="Judges how the newest run of each job ended.",
)
def run_failure_sensor(
    context: dg.SensorEvaluationContext, workspace: WorkspaceResource
) -> dg.SkipReason:
    """Evaluate the runs that ended since the last tick."""
    from anfl_assets.flow.alerting.evaluate import RUNS
    from anfl_assets.flow.alerting.own_signals import run_readings

    since = datetime.fromisoformat(context.cursor) if context.cursor else None
    runs, until = ended_runs(context.instance, since)

    def judge(evaluator: "Evaluator", now: datetime) -> "Evaluation":
        found = evaluator.observe(RUNS, run_readings(runs), now)
        if found.is_done and until is not None:
            context.update_cursor(until.isoformat())
        return found

    return _judged(workspace, judge)


@dg.sensor(
    minimum_interval_seconds=60,
    default_status=_ON,
    description="Judges how fresh every source is: silent, overdue, or fine.",
)
def stale_source_sensor(workspace: WorkspaceResource) -> dg.SkipReason:
    """Evaluate the feeds."""
    return _judged(workspace, lambda evaluator, now: evaluator.evaluate_sources(now))


@dg.sensor(
    minimum_interval_seconds=30,
    default_status=_ON,
    description="Judges how each blocking check ended last.",
)
def failed_check_sensor(
    context: dg.SensorEvaluationContext, workspace: WorkspaceResource
) -> dg.SkipReason:
    """Evaluate the blocking checks."""
    from anfl_assets.flow.alerting.evaluate import CHECKS
    from anfl_assets.flow.alerting.own_signals import check_readings

    specs = [spec for checks in suite_checks() for spec in checks.check_specs if spec.blocking]
    readings = check_readings(ended_checks(context.instance, [spec.key for spec in specs]))
    return _judged(workspace, lambda evaluator, now: evaluator.observe(CHECKS, readings, now))


def _judged(
    workspace: WorkspaceResource, judge: "Callable[[Evaluator, datetime], Evaluation]"
) -> dg.SkipReason:
    """Judge with the folder's evaluator, one sensor after the other; say what was found."""
    from anfl_assets.flow.alerting.evaluate import open_evaluator

    try:
        folder = workspace.open()
        with _HELD:
            if folder.root not in _EVALUATORS:
                _EVALUATORS[folder.root] = open_evaluator(folder, os.environ)
            return dg.SkipReason(str(judge(_EVALUATORS[folder.root], datetime.now(UTC))))
    except AnflError as error:
        return dg.SkipReason(f"not judged: {error}")


def _now() -> datetime:
    return datetime.now(UTC)
