"""Whom the executive digest goes to."""

from __future__ import annotations

import textwrap
from pathlib import Path

import pytest

from anfl_assets.errors import AlertsError
from anfl_assets.flow.alerting.settings import Settings, load_settings
from anfl_assets.store.alerts.records import Target
from anfl_assets.store.workspace import Workspace

SANDBOX = {"ANFL_SANDBOX_URL": "http://127.0.0.1:8420", "ANFL_SANDBOX_SMTP": "127.0.0.1:8425"}
CHANNELS = """
channels:
  Email: {kind: smtp, host: mail.example.org, from: metrics@example.org}
contacts:
  executive: {Email: chief@example.org}
  finance: {Email: finance@example.org}
  on_call: {Email: on-call@example.org}
  owner: {}
"""


def settings(tmp_path: Path, written: str) -> Settings:
    (tmp_path / "alerts.yaml").write_text(CHANNELS + textwrap.dedent(written))
    return load_settings(Workspace(tmp_path), {})


def test_at_the_sandbox_the_executive_has_it_by_mail_and_on_slack(tmp_path: Path) -> None:
    found = load_settings(Workspace(tmp_path), SANDBOX).reports
    assert found == (Target("Email", "executive"), Target("Slack", "executive"))


def test_where_nothing_can_be_sent_nobody_gets_it(tmp_path: Path) -> None:
    assert load_settings(Workspace(tmp_path), {}).reports == ()


def test_without_a_word_it_goes_where_the_executive_has_an_address(tmp_path: Path) -> None:
    assert settings(tmp_path, "").reports == (Target("Email", "executive"),)


def test_an_organisation_says_who_gets_it(tmp_path: Path) -> None:
    found = settings(tmp_path, "reports: {executive: {contacts: [executive, finance]}}").reports
    assert found == (Target("Email", "executive"), Target("Email", "finance"))


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("reports: {executive: {contacts: [nobody]}}", "reports.executive.contacts"),
        ("reports: {executive: {channels: [Emial]}}", "did you mean .Email"),
        ("reports: {daily: {}}", "reports.daily"),
    ],
)
def test_what_would_reach_nobody_is_a_fault_of_the_file(
    tmp_path: Path, written: str, told: str
) -> None:
    with pytest.raises(AlertsError, match=told):
        settings(tmp_path, written)
