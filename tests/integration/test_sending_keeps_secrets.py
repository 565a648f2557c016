"""What opens a provider goes to that provider and nowhere else, however it answers."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from pathlib import Path

import pytest

from anfl_assets.flow.alerting.settings import load_settings
from anfl_assets.store.alerts.store import open_alerts
from anfl_assets.store.workspace import Workspace
from tests.integration.outbox_at_work import Post
from tests.integration.providers import Providers, certificate, providers

SECRETS: Mapping[str, str] = {
    "ANFL_PD_KEY": "canarypd" + "0" * 24,
    "ANFL_TWILIO_ACCOUNT": "ACcanarytwilioaccount",
    "ANFL_TWILIO_TOKEN": "canary-twilio-token",
    "ANFL_SLACK_TOKEN": "xoxb-canary-slack-token",
    "ANFL_SMTP_PASSWORD": "canary-smtp-password",
}
FILE = """
channels:
  PagerDuty: {{kind: pagerduty, url: "{url}/pagerduty"}}
  SMS:
    kind: twilio
    account: "${{ANFL_TWILIO_ACCOUNT}}"
    token: "${{ANFL_TWILIO_TOKEN}}"
    from: "+15005550006"
    url: "{url}/twilio"
  Email:
    kind: smtp
    host: "{host}"
    port: {port}
    tls: starttls
    user: alerts
    password: "${{ANFL_SMTP_PASSWORD}}"
    from: alerts@example.org
  Slack: {{kind: slack, token: "${{ANFL_SLACK_TOKEN}}", url: "{url}/slack/api/"}}
contacts:
  on_call:
    PagerDuty: "${{ANFL_PD_KEY}}"
    SMS: "+15005550001"
    Email: on-call@example.org
    Slack: "#on-call"
fallback: {{PagerDuty: SMS, SMS: Email, Slack: Email, Email: Slack}}
"""


def written(folder: Path, sandbox: Providers) -> Post:
    host, _, port = sandbox.smtp.rpartition(":")
    (folder / "alerts.yaml").write_text(FILE.format(url=sandbox.url, host=host, port=port))
    settings = load_settings(Workspace(folder), SECRETS)
    return Post(folder, settings.channels, open_alerts(Workspace(folder)))


def test_no_secret_is_in_the_state_the_logs_or_a_message_whatever_the_providers_do(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    caplog.set_level(logging.DEBUG)
    tls, trusted = certificate(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(trusted))
    with providers(tls=tls) as sandbox:
        post = written(tmp_path, sandbox)
        sandbox.script("pagerduty", [{"status": 401}])
        sandbox.script("twilio", [{"status": 500}])
        sandbox.script("slack", [{"error": "invalid_auth"}])
        sandbox.script("smtp", [{"code": 451}, {"code": 550}])
        with post.store:
            for channel in ("PagerDuty", "SMS", "Email", "Slack"):
                post.put(channel, severity="critical")
            post.deliver_until(post.is_settled)
            told = [*map(str, post.rows()), str(post.channels), str(post.store.channel_states())]
            told += [str(post.store.attempts(row.notice_id)) for row in post.rows()]
        tried = {each.provider for each in sandbox.attempts()}
        assert tried == {"pagerduty", "twilio", "slack", "smtp"}
        told += [str(each.as_json()) for each in sandbox.attempts()]
    kept = b"".join(path.read_bytes() for path in (tmp_path / "state").iterdir())
    assert len(kept) > 10_000
    for secret in SECRETS.values():
        assert secret.encode() not in kept
        assert secret not in "".join(told)
        assert secret not in caplog.text
