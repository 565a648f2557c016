"""Every channel of §4.2 at the sandbox, until an organisation has written its own."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import partial
from hashlib import sha256

from anfl_assets.config.secret import Secret
from anfl_assets.deliver.address import url_fault
from anfl_assets.deliver.answers import Clock
from anfl_assets.deliver.channels import DASHBOARD, Channels, Kind, Opening
from anfl_assets.deliver.pagerduty import PagerDuty
from anfl_assets.deliver.slack import Slack
from anfl_assets.deliver.slack_api import SlackApi
from anfl_assets.deliver.smtp import Smtp
from anfl_assets.deliver.twilio import Twilio
from anfl_assets.errors import AlertsError, Fault

URL_VARIABLE, SMTP_VARIABLE = "ANFL_SANDBOX_URL", "ANFL_SANDBOX_SMTP"
FALLBACK = {"PagerDuty": "SMS", "SMS": "Email", "Slack": "Email", "Email": "Slack"}

_HOST_PORT = re.compile(r"(\[[0-9a-fA-F:]+\]|[\w.-]+):(\d{1,5})")
_NOT_A_WORD = re.compile(r"[^a-z0-9]+")


def sandbox_channels(variables: Mapping[str, str], clock: Clock) -> Channels:
    """Return the channels at the sandbox that the environment names; without one, the dashboard.

    Raises:
        AlertsError: a variable names no address.
    """
    web, smtp = _web(variables), _smtp(variables)
    openings = {"Dashboard": DASHBOARD}
    if web is not None:
        openings |= _web_openings(web, clock)
    if smtp is not None:
        host, port = smtp
        mail = partial(Smtp, host=host, port=port, sender="alerts@example.org", tls="none")
        openings["Email"] = Opening("smtp", mail)
    if len(openings) == 1:
        return Channels(openings)
    fallback = {one: other for one, other in FALLBACK.items() if {one, other} <= {*openings}}
    return Channels(openings, fallback=fallback, made_up=made_up_address)


def made_up_address(contact: str, kind: Kind) -> str:
    """Return an address that belongs to nobody; the same contact always has the same."""
    word = _NOT_A_WORD.sub("_", contact.casefold()).strip("_")[:40] or "somebody"
    number = sha256(contact.encode("utf-8", "replace")).hexdigest()
    made: Mapping[Kind, str] = {
        "smtp": f"{word}@example.org",
        "slack": f"#{word.replace('_', '-')}",
        # 555-01xx is kept free for stories.
        "twilio": f"+1{200 + int(number[:4], 16) % 700}55501{int(number[4:8], 16) % 100:02d}",
        "pagerduty": number[:32],
    }
    return made.get(kind, contact)


def _web_openings(web: str, clock: Clock) -> dict[str, Opening]:
    token = Secret("sandbox")
    slack = partial(Slack, SlackApi(clock, token, url=f"{web}/slack/api/"))
    twilio = partial(
        Twilio, clock, Secret("ACsandbox"), token, sender="+15005550006", url=f"{web}/twilio"
    )
    pagerduty = partial(PagerDuty, clock, url=f"{web}/pagerduty")
    return {
        "PagerDuty": Opening("pagerduty", pagerduty, follows=True),
        "SMS": Opening("twilio", twilio),
        "Slack": Opening("slack", slack, follows=True),
    }


def _web(variables: Mapping[str, str]) -> str | None:
    text = variables.get(URL_VARIABLE, "").strip().rstrip("/")
    if not text:
        return None
    expected = url_fault(text)
    if expected:
        raise AlertsError([Fault("(environment)", URL_VARIABLE, repr(text)[:80], expected)])
    return text


def _smtp(variables: Mapping[str, str]) -> tuple[str, int] | None:
    text = variables.get(SMTP_VARIABLE, "").strip()
    if not text:
        return None
    match = _HOST_PORT.fullmatch(text)
    if match is None or not 0 < int(match[2]) < 1 << 16:
        expected = "host:port, such as 127.0.0.1:8425"
        raise AlertsError([Fault("(environment)", SMTP_VARIABLE, repr(text)[:80], expected)])
    return match[1].strip("[]"), int(match[2])
