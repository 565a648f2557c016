"""How runs and blocking checks ended, as plain facts for alerting."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

import dagster as dg

from anfl_assets.defs.failures import is_interruption, reason
from anfl_assets.flow.alerting.own_signals import Finished

# A person's cancelling is no failure; the job's last end before it stands.
_ENDED = [dg.DagsterRunStatus.SUCCESS, dg.DagsterRunStatus.FAILURE]
_AT_ONCE = 50
_ERROR_LENGTH = 500


def ended_runs(
    instance: dg.DagsterInstance, since: datetime | None
) -> tuple[list[Finished], datetime | None]:
    """Return how each job's newest run since then ended, and up to when runs were looked at.

    None is the beginning: only the newest runs are looked at then. Not more than a few at once.
    """
    # Oldest first, so that what is left over is newer; from the beginning the newest are enough.
    records = instance.get_run_records(
        dg.RunsFilter(statuses=_ENDED, updated_after=since),
        limit=_AT_ONCE,
        order_by="update_timestamp",
        ascending=since is not None,
    )
    records = sorted(records, key=lambda record: record.update_timestamp)
    newest: dict[str, Finished] = {}
    for record in records:
        ended = _ended_run(instance, record)
        if ended is not None:
            newest[ended.name] = ended
    return list(newest.values()), records[-1].update_timestamp if records else since


def ended_checks(
    instance: dg.DagsterInstance, keys: Sequence[dg.AssetCheckKey]
) -> Iterator[Finished]:
    """Yield how each blocking check ended last, as `source/check`; a warning blocks nothing."""
    for key in keys:
        record = instance.get_latest_asset_check_evaluation_record(key)
        evaluation = record.evaluation if record else None
        # Planned, not made yet.
        if record is None or not isinstance(evaluation, dg.AssetCheckEvaluation):
            continue
        is_broken = not evaluation.passed and evaluation.severity is dg.AssetCheckSeverity.ERROR
        yield Finished(
            f"{key.asset_key.path[-1]}/{key.name}",
            datetime.fromtimestamp(record.create_timestamp, UTC),
            _short(evaluation.description or "failed") if is_broken else None,
        )


def _ended_run(instance: dg.DagsterInstance, record: dg.RunRecord) -> Finished | None:
    run = record.dagster_run
    ended_at = (
        record.update_timestamp
        if record.end_time is None
        else datetime.fromtimestamp(record.end_time, UTC)
    )
    if run.status is dg.DagsterRunStatus.SUCCESS:
        return Finished(run.job_name, ended_at)
    error = _error(instance, run.run_id)
    return None if error is None else Finished(run.job_name, ended_at, _short(error))


def _error(instance: dg.DagsterInstance, run_id: str) -> str | None:
    """Return why a run failed, of its first failed step; None where a person interrupted it."""
    for entry in instance.all_logs(run_id, of_type=dg.DagsterEventType.STEP_FAILURE):
        event = entry.dagster_event
        if event is not None:
            failed = event.step_failure_data
            return None if is_interruption(failed) else f"{event.step_key}: {reason(failed)}"
    for entry in instance.all_logs(run_id, of_type=dg.DagsterEventType.RUN_FAILURE):
        if entry.dagster_event is not None and entry.dagster_event.message:
            return entry.dagster_event.message
    return "no reason given"


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _ERROR_LENGTH else f"{line[: _ERROR_LENGTH - 1]}…"
