"""One request to a provider, as it arrived: all the sandbox remembers, without any secret."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

PROVIDERS = ("pagerduty", "twilio", "slack", "smtp", "webhook")

# Bytes that a later message shows; nobody reads them by themselves.
UPLOAD = "files.upload"


@dataclass(frozen=True)
class Draft:
    """What a provider made of a request.

    `action` is what was asked for (trigger, chat.update, mail …); `key` what the provider tells
    messages apart by (dedup key, ts, Message-ID); `fields` the request without its secrets, of
    which `secrets` only says which were given. `identity` is equal for two attempts at one message.
    """

    action: str
    identity: str
    fields: Mapping[str, Any]
    key: str = ""
    incident_id: str | None = None
    secrets: tuple[str, ...] = ()
    refusal: str | None = None


@dataclass(frozen=True)
class Received:
    """A draft in its place: its number, its time, the how-manieth attempt, the fault played on it.

    `is_accepted`: the provider took it; a fault or a mistake in the request says otherwise.
    """

    number: int
    provider: str
    received_at: datetime
    attempt: int
    is_accepted: bool
    draft: Draft
    fault: Mapping[str, Any] | None = field(default=None)

    @property
    def reaches_reader(self) -> bool:
        """Whether a person, or the system behind a webhook, got it."""
        return self.is_accepted and self.draft.action != UPLOAD

    def as_json(self) -> dict[str, Any]:
        """Return it as `GET /messages` and the file show it."""
        content = asdict(self)
        return {**content, "received_at": self.received_at.isoformat(), **content.pop("draft")}


def from_json(content: dict[str, Any]) -> Received:
    """Read what `as_json` wrote."""
    draft = {name: content[name] for name in Draft.__dataclass_fields__}
    return Received(
        number=content["number"],
        provider=content["provider"],
        received_at=datetime.fromisoformat(content["received_at"]),
        attempt=content["attempt"],
        is_accepted=content["is_accepted"],
        draft=Draft(**{**draft, "secrets": tuple(draft["secrets"])}),
        fault=content["fault"],
    )
