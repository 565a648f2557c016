"""Whom the watcher tells, where several could be."""

from datetime import UTC, datetime
from pathlib import Path

from anfl_assets.flow.alerting.sending.at_once import watch_ways

_ALERTS = """
channels:
  Email: {kind: smtp, host: mail.example.org, port: 25, tls: none, from: a@example.org}
  Slack: {kind: slack, token: "${ANFL_SLACK}"}
  Dashboard: {kind: dashboard}
contacts:
  on_call: {Email: oncall@example.org, Slack: "#on-call"}
watch: {channel: Email, contact: on_call}
"""


def test_where_the_channel_it_names_takes_nothing_every_other_that_reaches_a_person_is_tried(
    tmp_path: Path,
) -> None:
    (tmp_path / "alerts.yaml").write_text(_ALERTS)
    ways = watch_ways(
        tmp_path, {"ANFL_SLACK": "xoxb-1"}, clock=lambda: datetime(2026, 3, 2, tzinfo=UTC)
    )
    assert list(ways.targets) == [("Email", "on_call"), ("Slack", "on_call")]
