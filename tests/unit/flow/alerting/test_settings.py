"""Where settings come from; what is broken beside them neither stops nor hides anything."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from anfl_assets.alert.policy import Maintenance
from anfl_assets.errors import AlertsError
from anfl_assets.flow.alerting.settings import (
    Watch,
    kept_settings,
    load_settings,
    settings_faults,
    settings_files,
)
from anfl_assets.flow.binding import bind_feeds
from anfl_assets.store.alerts.records import Match
from anfl_assets.store.workspace import Workspace, open_workspace

FEEDS = """
organisation:
  name: Made-up company
  is_simulated: true
  maintenance:
    - {component: "db[1]", start_at: 2026-12-01T02:00:00Z, end_at: 2026-12-01T04:00:00Z}
feeds:
  probes:
    entity: probes
    files: probes.csv
    columns:
      observed_at: {from: at, zone: UTC}
      component: component
      is_up: up
"""


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    """A data folder that is bound to a feeds file of its own."""
    workspace = open_workspace(tmp_path / "data")
    feeds = workspace.root / "feeds.yaml"
    feeds.write_text(FEEDS, encoding="utf-8")
    bind_feeds(workspace, feeds)
    return workspace


def write(workspace: Workspace, text: str) -> Path:
    """Write the folder's own alerts.yaml."""
    path = workspace.root / "alerts.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_folder_without_anything_has_the_catalogs_policy_and_is_left_as_it_was(
    tmp_path: Path,
) -> None:
    settings = load_settings(Workspace(tmp_path), {})
    assert settings.path is None
    assert settings.policy.group_by == ("metric",)
    assert settings.watch == Watch("Email", "on_call")
    assert (settings.policy.organisation, settings.policy.link) == ("", None)
    assert list(tmp_path.iterdir()) == []


def test_the_feeds_file_says_whose_numbers_they_are_and_what_brings_them(
    workspace: Workspace,
) -> None:
    policy = load_settings(workspace, {}).policy
    assert (policy.organisation, policy.is_simulated) == ("Made-up company", True)
    assert policy.watched["uptime"].feeds == {"probes"}
    assert policy.watched["revenue"].feeds == frozenset()


def test_a_planned_stop_of_the_feeds_file_mutes_what_is_said_of_that_component(
    workspace: Workspace,
) -> None:
    assert load_settings(workspace, {}).policy.maintenance == (
        Maintenance(
            Match(subject="db[[]1]"),
            datetime(2026, 12, 1, 2, tzinfo=UTC),
            datetime(2026, 12, 1, 4, tzinfo=UTC),
            "planned stop of db[1]",
        ),
    )


def test_a_feeds_file_with_a_fault_does_not_stop_alerting_or_hide_what_is_simulated(
    workspace: Workspace,
) -> None:
    (workspace.root / "feeds.yaml").write_text(FEEDS.replace("entity: probes", "entity: x"))
    settings = load_settings(workspace, {})
    assert (settings.policy.organisation, settings.policy.is_simulated) == ("Made-up company", True)
    assert settings.policy.watched["uptime"].feeds == frozenset()
    assert "feeds.probes.entity: found 'x'" in settings.problem


def test_the_folders_own_file_is_used_unless_the_environment_or_the_caller_names_another(
    workspace: Workspace, tmp_path: Path
) -> None:
    own = write(workspace, "group_by: [subject]")
    named, given = tmp_path / "named.yaml", tmp_path / "given.yaml"
    named.write_text("group_by: [domain]")
    given.write_text("group_by: [owner]")
    environ = {"ANFL_ALERTS": str(named)}
    found = [
        load_settings(workspace, {}),
        load_settings(workspace, environ),
        load_settings(workspace, environ, policy_path=given),
    ]
    assert [(each.path, each.policy.group_by) for each in found] == [
        (own, ("subject",)),
        (named, ("domain",)),
        (given, ("owner",)),
    ]


def test_a_file_that_the_environment_names_must_be_there(tmp_path: Path) -> None:
    with pytest.raises(AlertsError, match=r"nowhere\.yaml: .* expected a readable file"):
        load_settings(Workspace(tmp_path), {"ANFL_ALERTS": str(tmp_path / "nowhere.yaml")})


def test_every_fault_of_policy_channels_and_watch_is_told_at_once(workspace: Workspace) -> None:
    path = write(
        workspace,
        """
        chanels: {}
        group_by: [host]
        channels: {Email: {kind: smpt}}
        watch: {channel: Emial, to: me}
        """,
    )
    with pytest.raises(AlertsError) as refused:
        load_settings(workspace, {})
    keys = {fault.key for fault in refused.value.faults}
    assert {"chanels", "group_by", "channels.Email.kind", "watch.channel", "watch.to"} <= keys
    assert [fault.key for fault in settings_faults(path, {})] == [
        fault.key for fault in refused.value.faults
    ]


def test_a_file_without_a_fault_has_none(workspace: Workspace) -> None:
    path = write(
        workspace,
        "watch: {channel: Dashboard, contact: me}\nchannels: {Dashboard: {kind: dashboard}}",
    )
    assert settings_faults(path, {}) == []
    assert load_settings(workspace, {}).watch == Watch("Dashboard", "me")


def test_the_pages_address_leads_messages_to_their_incident(tmp_path: Path) -> None:
    environ = {"ANFL_PAGES_URL": "https://metrics.example.org/"}
    assert load_settings(Workspace(tmp_path), environ).policy.link == "https://metrics.example.org"


def test_a_pages_address_that_is_none_is_a_fault(tmp_path: Path) -> None:
    with pytest.raises(AlertsError, match="ANFL_PAGES_URL"):
        load_settings(Workspace(tmp_path), {"ANFL_PAGES_URL": "javascript:alert(1)"})


def test_channels_that_follow_their_own_message_are_told_of_acknowledgements(
    tmp_path: Path,
) -> None:
    environ = {"ANFL_SANDBOX_URL": "http://127.0.0.1:8424"}
    following = load_settings(Workspace(tmp_path), environ).policy.following
    assert {"PagerDuty", "Slack"} <= following
    assert "SMS" not in following


def test_a_process_that_goes_on_keeps_the_settings_a_broken_edit_would_end(
    workspace: Workspace,
) -> None:
    kept = kept_settings(workspace, {})
    assert kept.get().policy.group_by == ("metric",)
    path = write(workspace, "group_by: [host]")
    assert kept.get().policy.group_by == ("metric",)
    assert "group_by: found 'host'" in kept.problem
    path.write_text("group_by: [subject]")
    os.utime(path, ns=(1, 1))
    assert (kept.get().policy.group_by, kept.problem) == (("subject",), "")


def test_made_up_numbers_stay_made_up_while_the_feeds_file_cannot_be_read(
    workspace: Workspace,
) -> None:
    kept = kept_settings(workspace, {})
    assert kept.get().policy.is_simulated
    (workspace.root / "feeds.yaml").write_text("feeds: [oops")
    told = kept.get()
    assert (told.policy.is_simulated, told.policy.organisation) == (True, "Made-up company")
    assert "feeds are not known to alerting" in told.problem


def test_a_change_of_the_feeds_file_or_what_stands_beside_it_is_noticed(
    workspace: Workspace,
) -> None:
    (workspace.root / "organisation.yaml").write_text("name: X")
    names = [path.name for path in settings_files(workspace, {})]
    assert names == ["alerts.yaml", "feeds.yaml", "organisation.yaml"]
