"""One channel as `alerts.yaml` writes it: a reader for each kind.

Secrets come from the environment only. What is wrong is noted in the section; the channel made then
is never opened.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

from anfl_assets.config.expand import Environment
from anfl_assets.config.secret import Secret
from anfl_assets.config.section import Section
from anfl_assets.deliver import pagerduty, slack_api, twilio
from anfl_assets.deliver.address import is_loopback_url, url_fault
from anfl_assets.deliver.answers import Clock
from anfl_assets.deliver.channels import DASHBOARD, Kind, Opening
from anfl_assets.deliver.slack import Slack, SlackWebhook
from anfl_assets.deliver.smtp import Smtp, Tls
from anfl_assets.deliver.webhook import Webhook

MAIL_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*")
TELEPHONE = re.compile(r"\+[1-9]\d{6,14}")
_SENDER = re.compile(r"\+[1-9]\d{4,14}|(?=.*[A-Za-z])[A-Za-z0-9 ]{1,11}|\d{5,6}")
_PORTS: Mapping[Tls, int] = {"starttls": 587, "implicit": 465, "none": 25}
_TLS: tuple[Tls, ...] = ("starttls", "implicit", "none")


@dataclass(frozen=True)
class Written:
    """One channel's section, and what fills it in."""

    section: Section
    environment: Environment
    clock: Clock

    def text(self, key: str) -> str | None:
        """Return the text at a key with its variables filled in."""
        text = self.section.text(key)
        return None if text is None else self.environment.expanded(self.section, key, text)

    def needed(self, key: str, expected: str, form: re.Pattern[str] | None = None) -> str:
        """Return the text at a key that must be there, in a form."""
        text = self.text(key)
        if text is None or not (form.fullmatch(text) if form else text.strip()):
            self.section.fault(key, expected)
            return ""
        return text

    def secret(self, key: str, expected: str) -> Secret:
        """Return the secret at a key that must be there."""
        found = self.environment.secret(self.section, key)
        if found is None and key not in self.section.content:
            self.section.fault(key, expected, "nothing")
        return found or Secret("")

    def address(self, key: str, default: str) -> str:
        """Return the base address of a provider."""
        text = self.text(key)
        if text is None:
            return default
        expected = url_fault(text)
        if expected:
            self.section.fault(key, expected)
        return text

    def secret_address(self, key: str) -> Secret:
        """Return an address that is itself a secret."""
        found = self.secret(key, "a variable such as ${ANFL_HOOK_URL} with the whole address")
        expected = url_fault(found.text) if found.text else None
        if expected:
            self.section.fault(key, expected, "***")
        return found


def read_channel(written: Written) -> Opening | None:
    """Return one channel; None where its kind is not known."""
    kind = written.section.choice("kind", tuple(_READERS))
    if kind is None:
        if "kind" not in written.section.content:
            written.section.fault("kind", f"one of {', '.join(_READERS)}", "nothing")
        return None
    known, read = _READERS[kind]
    written.section.only(("kind", *known))
    return read(written)


def _pagerduty(written: Written) -> Opening:
    url = written.address("url", pagerduty.URL)
    made = partial(pagerduty.PagerDuty, written.clock, url=url)
    return Opening("pagerduty", made, follows=True)


def _slack(written: Written) -> Opening:
    given = {key for key in ("token", "webhook") if key in written.section.content}
    if len(given) != 1:
        found = " and ".join(sorted(given)) or "neither"
        written.section.fault("token", "either `token` (a bot's) or `webhook`", found)
    if "webhook" in given:
        hook = partial(SlackWebhook, written.clock, written.secret_address("webhook"))
        return Opening("slack", hook, needs_address=False)
    token = written.environment.secret(written.section, "token") or Secret("")
    api = slack_api.SlackApi(written.clock, token, url=written.address("url", slack_api.URL))
    return Opening("slack", partial(Slack, api), follows=True)


def _twilio(written: Written) -> Opening:
    account = written.needed("account", "the account's number, such as ${ANFL_TWILIO_ACCOUNT}")
    token = written.secret("token", "a variable such as ${ANFL_TWILIO_TOKEN}")
    sender = written.needed("from", "a telephone number such as +15005550006", _SENDER)
    url = written.address("url", twilio.URL)
    made = partial(twilio.Twilio, written.clock, Secret(account), token, sender=sender, url=url)
    return Opening("twilio", made)


def _smtp(written: Written) -> Opening:
    section = written.section
    found = section.choice("tls", _TLS)
    tls: Tls = next((each for each in _TLS if each == found), "starttls")
    user = written.text("user")
    password = written.environment.secret(section, "password")
    if (user is None) != ("password" not in section.content):
        section.fault("user", "`user` and `password`, or neither of them")
    made = partial(
        Smtp,
        host=written.needed("host", "the mail server's name", re.compile(r"[\w.:-]+")),
        port=section.count("port", default=_PORTS[tls], most=65_535),
        sender=written.needed("from", "a mail address such as alerts@example.org", MAIL_ADDRESS),
        tls=tls,
        user=user,
        password=password,
    )
    return Opening("smtp", made)


def _webhook(written: Written) -> Opening:
    url = written.secret_address("url")
    allow_private = written.section.flag("allow_private", default=False)
    if is_loopback_url(url.text) and not allow_private:
        expected = "true, as the url is on this machine"
        written.section.fault("allow_private", expected, "false")
    secret = written.environment.secret(written.section, "secret")
    made = partial(Webhook, written.clock, url, secret, allow_private=allow_private)
    return Opening("webhook", made, follows=True, needs_address=False)


def _dashboard(written: Written) -> Opening:
    del written
    return DASHBOARD


_READERS: Mapping[str, tuple[tuple[str, ...], Callable[[Written], Opening]]] = {
    "pagerduty": (("url",), _pagerduty),
    "slack": (("token", "webhook", "url"), _slack),
    "twilio": (("account", "token", "from", "url"), _twilio),
    "smtp": (("host", "port", "tls", "user", "password", "from"), _smtp),
    "webhook": (("url", "secret", "allow_private"), _webhook),
    "dashboard": ((), _dashboard),
}
_ADDRESSES: Mapping[Kind, tuple[re.Pattern[str], str]] = {
    "slack": (re.compile(r"#[^\s#<>]{1,80}|[CDGU][A-Z0-9]{5,}"), "a channel such as #on-call"),
    "twilio": (TELEPHONE, "a telephone number such as +4915112345678"),
    "smtp": (MAIL_ADDRESS, "a mail address such as oncall@example.org"),
}


def read_address(written: Written, channel: str, kind: Kind) -> Secret | None:
    """Return a contact's address on a channel, which stands at the channel's name."""
    if kind == "pagerduty":
        # A routing key lets anyone page: it is a secret.
        return written.environment.secret(written.section, channel)
    text = written.text(channel)
    if text is None:
        return None
    form, expected = _ADDRESSES.get(kind, (re.compile(r".*"), "a text"))
    if not form.fullmatch(text):
        written.section.fault(channel, expected)
    return Secret(text)
