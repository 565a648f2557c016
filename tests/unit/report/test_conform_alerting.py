"""Lines of §4.2: the state of alerting in, what `anfl conform` says of each line out."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from anfl_assets.catalog.loader import load_catalog
from anfl_assets.report.conform.evidence import (
    AlertFacts,
    Evidence,
    Finding,
    OpenedFacts,
    SentFacts,
)
from anfl_assets.report.conform.gather_alerts import gather_alerts
from anfl_assets.report.conform.lines import read_catalog_lines
from anfl_assets.report.conform.registry import check_of
from anfl_assets.store.alerts.store import open_alerts
from anfl_assets.store.workspace import Workspace, open_workspace
from tests.unit.store.alert_records import (
    MAIL,
    NOW,
    POLICY,
    at,
    condition,
    incident,
    notice,
    outcome,
)

CATALOG = load_catalog()
LINES = {str(line): line for line in read_catalog_lines()}
GENERATION = "processing_pipeline.real_time: Alert generation"
PAGER = "alert_framework.critical.channels: PagerDuty"
RESPONSE = "alert_framework.critical.response_time: 5 minutes"
ESCALATION = "alert_framework.critical.escalation: 15 minutes"
NEVER = "alert_framework.information.escalation: None"
FACTS = AlertFacts(
    evaluated_at=at(20),
    firing=1,
    open_incidents=1,
    sent={"PagerDuty": SentFacts(2, 1, at(16)), "Email": SentFacts(0, 1, at(1))},
    opened=(OpenedFacts("critical", 300.0, 900.0, 2, 1, 1, 1, at(0)),),
    own_channels=frozenset({"Email"}),
)


def found(line: str, alerts: AlertFacts | None = FACTS) -> Finding:
    """Check one line of the catalog."""
    return check_of(LINES[line])(LINES[line], Evidence(CATALOG, alerts=alerts))


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    """A data folder in which alerting has told of two incidents."""
    workspace = open_workspace(tmp_path)
    workspace.state_dir.mkdir()
    later = incident(
        2,
        opened_at=at(-60),
        policy=replace(POLICY, severity="information", response_s=86_400.0, escalation_s=None),
        resolved_at=at(-30),
        deadlines=(),
    )
    missed = incident(1, level=1, response_missed_at=at(5), acknowledged_at=at(16))
    with open_alerts(workspace) as store:
        with store.transaction() as transaction:
            kept = outcome(conditions=(condition(),), incidents=(missed, later))
            transaction.keep(kept, now=NOW)
            transaction.beat("metrics", at(20))
        proof = notice("4", reason="canary", incident_id=None, target=MAIL)
        waits = notice("5", target=MAIL)
        store.add([notice("1"), notice("2", incident_id=2), proof, waits], now=NOW)
        for minute, channel in ((1, "PagerDuty"), (2, "Email")):
            lease = timedelta(minutes=1)
            due = store.claim(at(minute), channel=channel, by="a", lease=lease, limit=2)
            told = [each.notice_id for each in due if each.send_key != "5"]
            store.sent(*told, reference="r", at=at(minute))
    return workspace


def test_the_state_of_alerting_is_summed_up(workspace: Workspace) -> None:
    facts = gather_alerts(workspace, None, own_channels=frozenset({"Email"}))
    assert facts == AlertFacts(
        evaluated_at=at(20),
        firing=1,
        open_incidents=1,
        sent={"PagerDuty": SentFacts(2, 0, at(1)), "Email": SentFacts(0, 1, at(2))},
        opened=(
            OpenedFacts("information", 86_400.0, None, 1, 0, 0, 0, at(-60)),
            OpenedFacts("critical", 300.0, 900.0, 1, 1, 1, 1, at(0)),
        ),
        own_channels=frozenset({"Email"}),
    )


def test_nothing_is_made_where_alerting_has_no_state(tmp_path: Path) -> None:
    assert gather_alerts(Workspace(tmp_path), None, own_channels=frozenset()) is None
    assert list(tmp_path.iterdir()) == []


def test_alert_generation_is_ok_once_metrics_were_evaluated() -> None:
    assert found(GENERATION) == Finding(
        "ok",
        "16 metrics and signals watched",
        "1 condition firing, 1 incident open, last evaluated 2026-03-01 12:20",
    )
    never = Finding(
        "missing",
        "16 metrics and signals watched",
        "– nothing was evaluated yet; `anfl up` does",
    )
    assert [found(GENERATION, None), found(GENERATION, AlertFacts())] == [never, never]


def test_a_channel_is_ok_once_it_took_something_and_the_sandbox_is_said_so() -> None:
    assert found(PAGER) == Finding(
        "ok",
        "on_call → owner → executive by PagerDuty (the sandbox)",
        "2 messages, 1 proof, last 2026-03-01 12:16",
    )
    assert found("alert_framework.warning.channels: Email") == Finding(
        "ok", "owner → executive by Email", "0 messages, 1 proof, last 2026-03-01 12:01"
    )
    assert found("alert_framework.critical.channels: SMS") == Finding(
        "missing",
        "on_call → owner → executive by SMS",
        "– it took no message yet; `anfl alerts test SMS`",
    )


def test_times_are_ok_once_an_incident_opened_with_them() -> None:
    assert found(RESPONSE) == Finding(
        "ok",
        "5 minutes, a deadline kept in the state",
        "2 incidents, 1 not answered in time, last opened 2026-03-01 12:00",
    )
    assert found(ESCALATION).evidence == "2 incidents, 1 escalated, last opened 2026-03-01 12:00"
    assert found(NEVER) == Finding("missing", "never", "– no information incident opened yet")


def test_incidents_of_another_time_show_nothing_of_this_one() -> None:
    before = replace(FACTS, opened=(replace(FACTS.opened[0], response_s=600.0),))
    assert found(RESPONSE, before).status == "missing"
    assert found(ESCALATION, before).status == "ok"
