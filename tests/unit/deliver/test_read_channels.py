"""Channels, contacts and fallbacks as an organisation writes them."""

from pathlib import Path

import pytest

from anfl_assets.config.expand import Environment
from anfl_assets.config.file import read_section
from anfl_assets.deliver.channel import Refused
from anfl_assets.deliver.channels import Channels
from anfl_assets.deliver.pagerduty import PagerDuty
from anfl_assets.deliver.read_channels import read_channels
from anfl_assets.deliver.slack import Slack, SlackWebhook
from anfl_assets.deliver.smtp import Smtp
from anfl_assets.deliver.twilio import Twilio
from anfl_assets.deliver.webhook import Webhook
from anfl_assets.errors import AlertsError
from tests.unit.deliver.samples import FIRST, clock

VARIABLES = {
    "ANFL_TWILIO_ACCOUNT": "AC1",
    "ANFL_TWILIO_TOKEN": "canary-twilio",
    "ANFL_SMTP_PASSWORD": "canary-smtp",
    "ANFL_SLACK_TOKEN": "canary-slack",
    "ANFL_SLACK_WEBHOOK": "https://hooks.slack.com/services/T/B/canary-hook",
    "ANFL_HOOK_URL": "https://hooks.example.org/canary-url",
    "ANFL_HOOK_SECRET": "canary-secret",
    "ANFL_PD_ON_CALL": "canary-routing-key",
}
WHOLE = """
channels:
  PagerDuty: {kind: pagerduty}
  SMS: {kind: twilio, account: "${ANFL_TWILIO_ACCOUNT}", token: "${ANFL_TWILIO_TOKEN}",
        from: "+15005550006"}
  Email: {kind: smtp, host: mail.example.org, user: alerts, password: "${ANFL_SMTP_PASSWORD}",
          from: alerts@example.org}
  Slack: {kind: slack, token: "${ANFL_SLACK_TOKEN}"}
  Room: {kind: slack, webhook: "${ANFL_SLACK_WEBHOOK}"}
  Hook: {kind: webhook, url: "${ANFL_HOOK_URL}", secret: "${ANFL_HOOK_SECRET}"}
contacts:
  on_call: {PagerDuty: "${ANFL_PD_ON_CALL}", SMS: "+4915112345678", Email: on@example.org,
            Slack: "#on-call"}
fallback: {PagerDuty: SMS, SMS: Email}
"""


EVERY_FAULT = """\
channels.A.kind: 'pager' | one of pagerduty, slack, twilio, smtp, webhook, dashboard; did you mean 'pagerduty'?
channels.B.token: neither | either `token` (a bot's) or `webhook`
channels.C.token: *** | a variable such as ${ANFL_TOKEN}: secrets do not stand in files
channels.D.tls: 'maybe' | one of starttls, implicit, none
channels.D.user: 'alerts' | `user` and `password`, or neither of them
channels.D.host: None | the mail server's name
channels.D.from: 'nobody' | a mail address such as alerts@example.org
channels.E.allow_private: false | true, as the url is on this machine
channels.F.colour: an unknown key | one of kind, url
channels.F.url: 'http://example.org' | an https:// address (http:// only to 127.0.0.1, ::1 or localhost)
channels.G.account: ANFL_NOT_SET is not set | ANFL_NOT_SET to be set, or ${ANFL_NOT_SET:-default}
channels.G.account: '${ANFL_NOT_SET}' | the account's number, such as ${ANFL_TWILIO_ACCOUNT}
channels.G.token: nothing | a variable such as ${ANFL_TWILIO_TOKEN}
channels.G.from: '555' | a telephone number such as +15005550006
channels.H: 'none' | a mapping of keys to values
channels.H: 'none' | a mapping with a `kind`
contacts.on_call.Emial: an unknown key | one of PagerDuty, SMS, Email, Slack, Dashboard, B, C, D, E, F, G; did you mean 'Email'?
contacts.on_call.F: *** | a variable such as ${ANFL_TOKEN}: secrets do not stand in files
contacts.on_call.G: '0151' | a telephone number such as +4915112345678
fallback.F: 'F' | another channel, one of PagerDuty, SMS, Email, Slack, Dashboard, B, C, D, E, F, G
fallback.G: 'Z' | another channel, one of PagerDuty, SMS, Email, Slack, Dashboard, B, C, D, E, F, G
"""  # noqa: E501 - one fault a line


def _read(
    folder: Path, text: str, variables: dict[str, str] | None = None
) -> tuple[Channels, list[str]]:
    path = folder / "alerts.yaml"
    path.write_text(text, encoding="utf-8")
    section = read_section(path, AlertsError)
    environment = Environment(VARIABLES if variables is None else variables)
    channels = read_channels(section, environment, clock=clock)
    return channels, [f"{fault.key}: {fault.found} | {fault.expected}" for fault in section.faults]


def test_every_kind_of_channel_is_opened_as_it_is_written(tmp_path: Path) -> None:
    channels, faults = _read(tmp_path, WHOLE)
    assert faults == []
    assert {
        name: type(channels.open(name)) for name in channels.openings if name != "Dashboard"
    } == {
        "PagerDuty": PagerDuty,
        "SMS": Twilio,
        "Email": Smtp,
        "Slack": Slack,
        "Room": SlackWebhook,
        "Hook": Webhook,
    }
    assert channels.following == {"PagerDuty", "Slack", "Hook", "Dashboard"}
    assert channels.fallback == {"PagerDuty": "SMS", "SMS": "Email"}
    assert channels.opening("Slack").rate_per_s == 1
    assert not channels.is_sandbox


def test_a_contact_has_an_address_on_each_channel_or_is_told_where_to_add_it(
    tmp_path: Path,
) -> None:
    channels, _ = _read(tmp_path, WHOLE)
    assert channels.address("on_call", "PagerDuty") == "canary-routing-key"
    assert channels.address("on_call", "Email") == "on@example.org"
    assert channels.address("anyone", "Hook") == "anyone"
    assert channels.address("anyone", "Room") == "anyone"
    with pytest.raises(Refused, match=r"owner has no address on Email: add contacts\.owner\.Email"):
        channels.address("owner", "Email")
    with pytest.raises(Refused, match="Pager is not configured: add"):
        channels.open("Pager")


def test_no_secret_shows_itself(tmp_path: Path) -> None:
    channels, _ = _read(tmp_path, WHOLE)
    shown = repr(channels) + "".join(repr(channels.open(name)) for name in channels.openings)
    assert "canary" not in shown


def test_every_fault_is_told_at_once(tmp_path: Path) -> None:
    _, faults = _read(
        tmp_path,
        """
channels:
  A: {kind: pager}
  B: {kind: slack}
  C: {kind: slack, token: xoxb-in-the-file}
  D: {kind: smtp, from: nobody, user: alerts, tls: maybe}
  E: {kind: webhook, url: "${ANFL_LOCAL}"}
  F: {kind: pagerduty, url: "http://example.org", colour: red}
  G: {kind: twilio, account: "${ANFL_NOT_SET}", from: "555"}
  H: none
contacts:
  on_call: {F: in-the-file, G: "0151", Emial: x}
fallback: {F: F, G: Z}
""",
        {"ANFL_LOCAL": "http://127.0.0.1:9/x"},
    )
    assert faults == EVERY_FAULT.splitlines()


def test_without_channels_the_sandbox_stands_in_for_all(tmp_path: Path) -> None:
    variables = {
        "ANFL_SANDBOX_URL": "http://127.0.0.1:8426/",
        "ANFL_SANDBOX_SMTP": "127.0.0.1:8425",
    }
    channels, faults = _read(tmp_path, "group_by: [metric]\n", variables)
    assert faults == []
    assert channels.is_sandbox
    assert set(channels.openings) == {"PagerDuty", "SMS", "Email", "Slack", "Dashboard"}
    assert channels.open("PagerDuty") == PagerDuty(clock, url="http://127.0.0.1:8426/pagerduty")
    assert channels.address("on_call", "Email") == "on_call@example.org"
    assert channels.address("on_call", "Slack") == "#on-call"
    assert channels.address("on_call", "SMS").startswith("+1")
    assert len(channels.address("on_call", "PagerDuty")) == 32
    assert channels.fallback["PagerDuty"] == "SMS"


def test_without_channels_and_sandbox_only_the_dashboard_takes_messages() -> None:
    channels = read_channels(None, Environment({}), clock=clock)
    assert channels.open("Dashboard").send(FIRST, "owner", thread={}, chart=None).detail == "shown"
    assert not channels.is_sandbox
    with pytest.raises(Refused, match=r"`PagerDuty: \{kind: pagerduty, …\}` under `channels`"):
        channels.address("on_call", "PagerDuty")


@pytest.mark.parametrize(
    "variables",
    [{"ANFL_SANDBOX_URL": "http://example.org"}, {"ANFL_SANDBOX_SMTP": "127.0.0.1"}],
    ids=["web", "mail"],
)
def test_a_sandbox_that_is_no_address_is_a_mistake_to_mend(variables: dict[str, str]) -> None:
    with pytest.raises(AlertsError, match=next(iter(variables))):
        read_channels(None, Environment(variables), clock=clock)
