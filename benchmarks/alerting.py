"""One evaluation of 12 metrics of 1,000 subjects: read, judged by the policy, kept in one commit.

In SQLite and in PostgreSQL, beside the same step without keeping; then a storm of 10,000 subjects
up to the outbox, and how long a board of that size takes to be read.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from time import perf_counter, process_time

from anfl_assets.alert.pipeline import METRICS, step
from anfl_assets.alert.policy import Policy
from anfl_assets.catalog import load_catalog
from anfl_assets.flow.alerting.settings import load_settings
from anfl_assets.store.alerts.records import Outcome, Reading, State
from anfl_assets.store.alerts.store import AlertStore, open_alerts
from anfl_assets.store.workspace import open_workspace
from benchmarks import alerting_board
from benchmarks.figures import SCRATCH, Measured, measured, report
from tests.integration.postgresql_server import binaries, postgresql

SUBJECTS, STORM = 1_000, 10_000
_START = datetime(2026, 3, 2, 12, tzinfo=UTC)
_TICK = timedelta(seconds=5)
# What stands at each tick. The second breach is held already, so that it is told at once.
_TICKS = (
    ("all on target", "on_target"),
    ("still all on target", "on_target"),
    ("all begin to breach", "breached"),
    ("all breached a tick later", "breached"),
    ("nothing new", "breached"),
    ("all recover", "on_target"),
)


def main() -> None:
    """Print each tick in both databases, the storm, and the board."""
    _report_ticks("SQLite", None)
    if binaries() is None:
        print("in PostgreSQL: skipped, it is not installed", flush=True)
    else:
        with postgresql() as server:
            _report_ticks("PostgreSQL", server.url())
    storm = measured(storm_through, warm=load_catalog)
    report("a storm begins: judged, kept, in the outbox", storm, rows=STORM, beside=storm.result)
    alerting_board.main()


@dataclass(frozen=True)
class Tick:
    """One evaluation: seconds with and without keeping, and of the first those of the processor.

    Where PostgreSQL keeps it, what its own process takes is not among them.
    """

    name: str
    readings: int
    kept_s: float
    kept_cpu_s: float
    pure_s: float
    told: str


def _report_ticks(database: str, url: str | None) -> None:
    found = measured(ticks, url, warm=load_catalog)
    for tick in found.result:
        report(
            f"{tick.name}, {database}",
            Measured(tick.kept_s, found.peak_mib, None),
            rows=tick.readings,
            beside=f"{tick.kept_cpu_s:.2f} s of a processor; {tick.pure_s:.2f} s without keeping; "
            f"{tick.told}",
        )


def ticks(url: str | None) -> list[Tick]:
    """Evaluate each tick, twice: from memory, and from what is kept."""
    made = []
    with _opened(url) as (store, policy):
        before = State({}, {}, ())
        for number, (name, status) in enumerate(_TICKS):
            now = _START + number * _TICK
            readings = list(_readings(status, now))
            began = perf_counter()
            changed = len(step(before, readings, policy, evaluator=METRICS, now=now).conditions)
            pure_s = perf_counter() - began
            began, began_cpu = perf_counter(), process_time()
            outcome = _kept(store, readings, policy, now)
            kept_s, kept_cpu_s = perf_counter() - began, process_time() - began_cpu
            assert len(outcome.conditions) == changed
            before = outcome.state
            made.append(Tick(name, len(readings), kept_s, kept_cpu_s, pure_s, _told(outcome)))
    return made


def storm_through() -> str:
    """Let all subjects of one metric breach at once; return what that made."""
    with _opened(None) as (store, policy):
        one = next(_readings("breached", _START))
        readings = [replace(one, subject=f"service-{n:05}") for n in range(STORM)]
        outcome = _kept(store, readings, policy, _START)
        for number in range(1, 4):
            again = [replace(each, judged_at=_START + number * _TICK) for each in readings]
            _kept(store, again, policy, _START + number * _TICK)
        [incident] = store.open_incidents()
        assert incident.member_count == STORM
        return f"4 ticks; {_told(outcome)} at the first, {len(store.waiting())} messages wait"


def _kept(store: AlertStore, readings: Sequence[Reading], policy: Policy, now: datetime) -> Outcome:
    """Do what an evaluator does with what it has read."""
    with store.transaction() as transaction:
        outcome = step(transaction.state(now), readings, policy, evaluator=METRICS, now=now)
        transaction.keep(outcome, now=now)
    return outcome


def _readings(status: str, now: datetime) -> Iterator[Reading]:
    """Yield a judgement of every metric and subject that has stood for a while."""
    for metric in load_catalog().metrics.values():
        target, threshold = metric.target.value, metric.threshold.value
        for number in range(SUBJECTS):
            yield Reading(
                metric_id=metric.metric_id,
                subject=f"subject-{number:04}",
                grain="5 minutes",
                status=status,
                value=target if status == "on_target" else 2 * threshold - target,
                unit=metric.unit.value,
                target=target,
                target_operator=metric.target_operator,
                threshold=threshold,
                sample_count=300,
                since=now - timedelta(minutes=15),
                window_start_at=now - timedelta(minutes=5),
                window_end_at=now,
                judged_at=now,
            )


def _told(outcome: Outcome) -> str:
    firing = sum(each.phase == "firing" for each in outcome.state.conditions.values())
    return (
        f"{firing:,} firing, {len(outcome.incidents)} incidents touched, "
        f"{len(outcome.notices)} messages"
    )


@contextmanager
def _opened(url: str | None) -> Iterator[tuple[AlertStore, Policy]]:
    """Open new state in a folder of its own, or in the database at the URL."""
    folder = SCRATCH / "alerting"
    shutil.rmtree(folder, ignore_errors=True)
    workspace = open_workspace(folder)
    with ExitStack() as stack:
        store = stack.enter_context(open_alerts(workspace, url))
        yield store, load_settings(workspace, {}).policy
    shutil.rmtree(folder)


if __name__ == "__main__":
    main()
