"""Slack's Web API, as far as a message and its chart need it: one call, its answer, its errors.

Not through `slack_sdk`: its client follows redirects with the token, reads answers of any length
and has no time limit over the whole request.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from anfl_assets.config.secret import Secret, redacted
from anfl_assets.deliver.address import Guard, url_fault
from anfl_assets.deliver.answers import FORM, JSON, Clock, content, retry_after_s, taken
from anfl_assets.deliver.channel import Refused, TryAgainLater
from anfl_assets.deliver.wire import PATIENCE, Answer, Patience, post
from anfl_assets.wording.inert import one_line

URL = "https://slack.com/api/"
_BUSY = frozenset(
    {
        "ratelimited",
        "rate_limited",
        "internal_error",
        "fatal_error",
        "service_unavailable",
        "request_timeout",
        "team_added_to_org",
    }
)
_GUARD = Guard(only_public=False)


class SlackRefused(Refused):
    """Slack said `ok: false`; `error` is its word for why."""

    def __init__(self, message: str, error: str) -> None:
        """Keep the word, which may have a remedy."""
        super().__init__(message)
        self.error = error


@dataclass(frozen=True)
class SlackApi:
    """Calls methods with a bot's token."""

    clock: Clock
    token: Secret
    url: str = URL
    patience: Patience = PATIENCE

    def call(self, method: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
        """Call a method with JSON arguments.

        Raises:
            TryAgainLater: Slack is busy or out of reach.
            SlackRefused: it said no.
        """
        return self._called(method, json.dumps(arguments).encode("ascii"), JSON)

    def call_with_form(self, method: str, arguments: Mapping[str, str]) -> dict[str, Any]:
        """Call one of the methods that read no JSON."""
        return self._called(method, urlencode(arguments).encode("ascii"), FORM)

    def upload(self, url: str, content: bytes) -> None:
        """Send a file to where Slack wants it."""
        if url_fault(url):
            raise Refused("Slack named no https address for the file")
        headers = {"Content-Type": "application/octet-stream"}
        answer = post(url, content, headers, patience=self.patience, guard=_GUARD)
        taken(answer, "Slack's upload", clock=self.clock, secrets=(self.token,))

    def _called(self, method: str, body: bytes, kind: Mapping[str, str]) -> dict[str, Any]:
        headers = {**kind, "Authorization": f"Bearer {self.token.text}"}
        url = f"{self.url.rstrip('/')}/{method}"
        answer = post(url, body, headers, patience=self.patience, guard=_GUARD)
        taken(answer, "Slack", clock=self.clock, secrets=(self.token,))
        return self._agreed(method, answer)

    def _agreed(self, method: str, answer: Answer) -> dict[str, Any]:
        told = content(answer)
        if told.get("ok") is True:
            return told
        if "error" not in told:
            raise TryAgainLater(f"Slack's answer to {method} was not its own")
        error = one_line(redacted(str(told["error"]), self.token))
        if error in _BUSY:
            raise TryAgainLater(f"Slack: {error}", retry_after_s(answer, self.clock()))
        why = one_line(redacted(str(told.get("response_metadata") or ""), self.token))
        raise SlackRefused(f"Slack refused {method}: {error} {why}".rstrip(), error)
