"""One tick of each sensor, as the daemon makes it: bounded, and said in words."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import dagster as dg
import pytest

from anfl_assets.defs import sensors
from anfl_assets.defs.ended import ended_checks
from anfl_assets.defs.resources import WorkspaceResource
from anfl_assets.flow.binding import bind_feeds
from anfl_assets.store.alerts.store import open_alerts
from anfl_assets.store.workspace import Workspace, open_workspace

FEEDS = """\
feeds:
  orders:
    entity: orders
    files: "orders/*.csv"
    columns:
      occurred_at: {from: at, zone: UTC}
      order_id: id
      amount: amount
      currency: {constant: EUR}
      kind: {constant: sale}
"""


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    path = tmp_path / "feeds.yaml"
    path.write_text(FEEDS)
    made = open_workspace(tmp_path / "data")
    bind_feeds(made, path)
    return made


@pytest.fixture
def instance() -> Iterator[dg.DagsterInstance]:
    with dg.DagsterInstance.ephemeral() as opened:
        yield opened


def tick(
    sensor: dg.SensorDefinition,
    workspace: Workspace,
    instance: dg.DagsterInstance,
    cursor: str | None = None,
) -> tuple[str, str | None]:
    """Let a sensor tick; return what it says and its cursor."""
    resource = WorkspaceResource(data_dir=str(workspace.root))
    with dg.build_sensor_context(
        instance=instance, cursor=cursor, resources={"workspace": resource}
    ) as context:
        result = sensor.evaluate_tick(context)
    assert not result.run_requests
    return result.skip_message or "", result.cursor


@dg.op(config_schema={"is_broken": bool})
def landing(context: dg.OpExecutionContext) -> None:
    """Succeed or fail as configured."""
    if context.op_config["is_broken"]:
        raise dg.Failure(description="orders.csv: no such column 'amount'")


@dg.job
def collecting_orders() -> None:
    """One step."""
    landing()


def judge_orders(
    instance: dg.DagsterInstance, *, passed: bool, severity: dg.AssetCheckSeverity
) -> None:
    """Materialize an asset whose check ends so."""

    @dg.asset(check_specs=[dg.AssetCheckSpec("whole", asset="orders")])
    def orders() -> Iterator[dg.AssetCheckResult | dg.MaterializeResult[None]]:
        yield dg.MaterializeResult()
        yield dg.AssetCheckResult(passed=passed, severity=severity, description="2 of 9 broken")

    dg.materialize([orders], instance=instance)


def run(instance: dg.DagsterInstance, *, is_broken: bool) -> None:
    """Run the job on the instance."""
    collecting_orders.execute_in_process(
        instance=instance,
        raise_on_error=False,
        run_config={"ops": {"landing": {"config": {"is_broken": is_broken}}}},
    )


def test_each_sensor_says_in_words_what_its_tick_found(
    workspace: Workspace, instance: dg.DagsterInstance
) -> None:
    said = {each.name: tick(each, workspace, instance)[0] for each in sensors.sensors()}
    assert said == {
        "metric_breach_sensor": "nothing to judge yet",
        "alert_delivery_sensor": "nothing to send",
        "run_failure_sensor": "nothing to judge yet",
        "stale_source_sensor": said["stale_source_sensor"],
        "failed_check_sensor": "nothing to judge yet",
    }
    assert said["stale_source_sensor"].startswith("2 metrics, 3 subjects judged in ")
    assert said["stale_source_sensor"].endswith(" s: 0 firing, 0 incidents open")
    with open_alerts(workspace) as store:
        assert set(store.beats()) == {"metrics", "delivery", "runs", "sources", "checks"}


def test_delivering_waits_for_messages_for_a_bounded_time(
    workspace: Workspace, instance: dg.DagsterInstance
) -> None:
    began = time.monotonic()
    tick(sensors.alert_delivery_sensor, workspace, instance)
    # Four seconds, and what a busy machine adds: the daemon looks again after five.
    assert 3.5 < time.monotonic() - began < 30


def test_a_failed_run_is_told_once_with_its_error_and_is_over_when_the_job_succeeds(
    workspace: Workspace, instance: dg.DagsterInstance
) -> None:
    def look(cursor: str | None) -> tuple[str, str | None]:
        return tick(sensors.run_failure_sensor, workspace, instance, cursor)

    run(instance, is_broken=True)
    said, cursor = look(None)
    assert "1 firing, 1 incident open" in said
    assert "to send" in said
    with open_alerts(workspace) as store:
        [incident] = store.open_incidents()
        [member] = store.members(incident.incident_id)
    assert member.key.subject == "collecting_orders"
    assert member.reading.detail == "landing: orders.csv: no such column 'amount'"

    # Looked at again, and failed again: nobody hears of it a second time.
    said, cursor = look(cursor)
    assert "to send" not in said
    run(instance, is_broken=True)
    said, cursor = look(cursor)
    assert "1 firing, 1 incident open" in said
    assert "to send" not in said

    run(instance, is_broken=False)
    said, cursor = look(cursor)
    assert "0 firing, 0 incidents open" in said


@pytest.mark.parametrize(
    ("passed", "severity", "error"),
    [
        (True, dg.AssetCheckSeverity.ERROR, None),
        (False, dg.AssetCheckSeverity.ERROR, "2 of 9 broken"),
        # its rows are in quarantine; nothing is stopped by it
        (False, dg.AssetCheckSeverity.WARN, None),
    ],
)
def test_a_blocking_check_fails_where_it_stops_what_is_built_on_it(
    instance: dg.DagsterInstance,
    *,
    passed: bool,
    severity: dg.AssetCheckSeverity,
    error: str | None,
) -> None:
    key = dg.AssetCheckKey(dg.AssetKey("orders"), "whole")
    assert list(ended_checks(instance, [key])) == []
    judge_orders(instance, passed=passed, severity=severity)
    [ended] = ended_checks(instance, [key])
    assert (ended.name, ended.error) == ("orders/whole", error)
    assert abs(datetime.now(UTC) - ended.ended_at) < timedelta(minutes=1)


def test_a_broken_data_folder_is_said_not_raised(
    tmp_path: Path, instance: dg.DagsterInstance
) -> None:
    (tmp_path / "data").write_text("a file")
    broken = Workspace(tmp_path / "data")
    for sensor, begins in (
        (sensors.metric_breach_sensor, "not judged: "),
        (sensors.alert_delivery_sensor, "nothing sent: "),
    ):
        said, _ = tick(sensor, broken, instance)
        assert said.startswith(begins)
        assert "data" in said
