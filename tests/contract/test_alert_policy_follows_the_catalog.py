"""A thirteenth metric, a severity's new channel and a new signal alert without any other edit."""

import shutil
from datetime import timedelta
from pathlib import Path

import pytest

from anfl_assets.alert.policy import Policy
from anfl_assets.alert.read_policy import read_policy
from anfl_assets.catalog import load_catalog
from anfl_assets.catalog.alerting import KINDS
from anfl_assets.catalog.loader import FILES, FOLDER
from anfl_assets.config.file import read_section
from anfl_assets.errors import AlertsError
from anfl_assets.flow.alerting.settings import ALL_KEYS, settings_faults
from anfl_assets.store.alerts import records

METRIC = """
  quality:
    answer_quality:
      description: "Requests answered without a server's fault"
      target: ">95%"
      alert_threshold: "90%"
      collection: "Daily"
      decided:
        statistic: "Requests with a status below 500 by all requests of a day"
        unit: "%"
        judged_on: [day]
        entities: [accesses]
        reach: [0 days]
        for: 10 minutes
        severity: {breached: warning, off_target: information}
        owner: ml_platform
        stale_after: 2 days
        has_parts: false
        panels: {executive: Key performance indicators}
"""
SIGNAL = """
      backup:
        label: Backups
        unit: count
        judged_on: night
        for: 1 evaluation
        severity: {breached: warning}
        owner: data_team
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the catalog's files."""
    for name in FILES:
        shutil.copy(FOLDER / name, tmp_path / name)
    return tmp_path


def policy_of(folder: Path, written: str) -> Policy:
    """Read the policy of a catalog and of an alerts.yaml without a fault."""
    path = folder / "organisation.yaml"
    path.write_text(written, encoding="utf-8")
    section = read_section(path, AlertsError)
    policy = read_policy(load_catalog(folder), section, feeds={})
    assert section.faults == []
    return policy


def test_a_thirteenth_metric_alerts_and_may_be_routed(folder: Path) -> None:
    with (folder / "metrics.yaml").open("a", encoding="utf-8") as file:
        file.write(METRIC)
    route = "routes: [{name: q, match: {metric: answer_quality, domain: quality}, ladder: [qa]}]"
    watched = policy_of(folder, route).watched["answer_quality"]
    assert (watched.label, watched.domain, watched.owner) == (
        "Answer quality",
        "quality",
        "ml_platform",
    )
    assert watched.severity["breached"] == "warning"
    assert watched.hold.duration is not None
    assert watched.hold.duration.timedelta == timedelta(minutes=10)


def test_a_new_channel_of_a_severity_is_told_and_may_be_routed_to(folder: Path) -> None:
    text = (folder / "alerts.yaml").read_text(encoding="utf-8")
    (folder / "alerts.yaml").write_text(text.replace('"SMS", "Email"]', '"SMS", "Email", "Teams"]'))
    policy = policy_of(folder, "routes: [{name: t, match: {}, channels: [Teams]}]")
    assert policy.severities["critical"].channels == ("PagerDuty", "SMS", "Email", "Teams")


def test_a_new_signal_of_our_own_alerts_and_may_be_matched(folder: Path) -> None:
    with (folder / "alerts.yaml").open("a", encoding="utf-8") as file:
        file.write(SIGNAL)
    policy = policy_of(
        folder, "routes: [{name: b, match: {metric: backup, grain: night}, ladder: [ops]}]"
    )
    assert policy.watched["backup"].domain == "own"


def test_the_catalog_and_the_state_of_alerting_know_the_same_kinds() -> None:
    assert KINDS == records.KINDS


def test_the_example_of_what_an_organisation_may_write_has_every_part_and_no_fault() -> None:
    example = Path(__file__).parents[2] / "examples" / "alerts.yaml"
    secrets = ("TWILIO_ACCOUNT", "TWILIO_TOKEN", "SMTP_PASSWORD", "SLACK_TOKEN", "PD_ON_CALL")
    environ = {f"ANFL_{name}": "0" * 32 for name in secrets}
    assert settings_faults(example, environ) == []
    assert set(read_section(example, AlertsError).content) == set(ALL_KEYS)
