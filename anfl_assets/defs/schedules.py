"""When what is collected and built: one schedule for each cadence the catalog has (§1, §2.1).

Streams and minutes are batched every five minutes. A source filled in by hand is looked for every
day as well, since its cadence says when it is due, not when it comes.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import dagster as dg

from anfl_assets.catalog.duration import Cadence
from anfl_assets.catalog.loader import load_catalog
from anfl_assets.catalog.model import Catalog
from anfl_assets.defs.assets import source_key
from anfl_assets.defs.jobs import QUIET, kpis

Evaluation = Callable[[dg.ScheduleEvaluationContext], dg.RunRequest | dg.SkipReason]

_HOUR_S = 3_600
_UNFINISHED = [
    dg.DagsterRunStatus.QUEUED,
    dg.DagsterRunStatus.NOT_STARTED,
    dg.DagsterRunStatus.STARTING,
    dg.DagsterRunStatus.STARTED,
]


@dataclass(frozen=True)
class Tick:
    """A cadence of ours: when it comes round (UTC) and which sources it collects."""

    name: str
    cron: str
    sources: tuple[str, ...]


# Minutes past the hour keep the longer cadences out of the five-minute one's way.
_CRONS = {
    "every_5_minutes": "*/5 * * * *",
    "hourly": "2 * * * *",
    "daily": "7 0 * * *",
    "weekly": "12 0 * * 1",
    "monthly": "17 0 1 * *",
    "quarterly": "22 0 1 1,4,7,10 *",
}
_BY_UNIT = {
    "hour": "hourly",
    "day": "daily",
    "week": "weekly",
    "month": "monthly",
    "quarter": "quarterly",
}


def ticks(catalog: Catalog) -> tuple[Tick, ...]:
    """List the cadences that a source or a metric of the catalog has, shortest first."""
    needed = {tick_name(source.frequency) for source in catalog.sources.values()}
    needed |= {tick_name(metric.collection) for metric in catalog.metrics.values()}
    return tuple(
        Tick(name, cron, tuple(_collected(catalog, name)))
        for name, cron in _CRONS.items()
        if name in needed
    )


def tick_name(cadence: Cadence) -> str:
    """Name the schedule that serves a cadence."""
    every = cadence.every
    if every is None or every.seconds is None or every.seconds < _HOUR_S:
        return "every_5_minutes"
    return _BY_UNIT[every.unit]


def schedules() -> list[dg.ScheduleDefinition]:
    """Make one schedule, switched on, for each cadence."""
    return [_schedule(tick) for tick in ticks(load_catalog())]


def _collected(catalog: Catalog, tick: str) -> Iterator[str]:
    for source in catalog.sources.values():
        if tick_name(source.frequency) == tick or (source.is_manual and tick == "daily"):
            yield source.name


def _schedule(tick: Tick) -> dg.ScheduleDefinition:
    selection = kpis() | dg.AssetSelection.assets(*map(source_key, tick.sources))
    job = dg.define_asset_job(f"collect_and_build_{tick.name}", selection)

    return dg.ScheduleDefinition(
        name=job.name,
        job=job,
        cron_schedule=tick.cron,
        execution_timezone="UTC",
        default_status=dg.DefaultScheduleStatus.RUNNING,
        description=f"Collects {', '.join(tick.sources) or 'nothing'}, then builds.",
        execution_fn=unless_unfinished(job.name),
    )


def unless_unfinished(job_name: str) -> Evaluation:
    """Start the job, unless its run before has not ended: then the next tick catches up."""

    def evaluate(context: dg.ScheduleEvaluationContext) -> dg.RunRequest | dg.SkipReason:
        waiting = dg.RunsFilter(job_name=job_name, statuses=_UNFINISHED)
        if context.instance.get_runs_count(waiting):
            return dg.SkipReason("the run before has not ended; the next one catches up")
        return dg.RunRequest(run_key=None, run_config=QUIET)

    return evaluate
