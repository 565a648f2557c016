"""The channels of an organisation and the addresses of its contacts on them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from anfl_assets.config.secret import Secret
from anfl_assets.deliver.channel import Channel, Refused
from anfl_assets.deliver.dashboard import Dashboard

Kind = Literal["pagerduty", "slack", "twilio", "smtp", "webhook", "dashboard"]

# How many messages a second a provider takes for long.
RATES: Mapping[Kind, float] = {
    "pagerduty": 8,
    "slack": 1,
    "twilio": 1,
    "smtp": 10,
    "webhook": 10,
    "dashboard": 1_000,
}
# The channels that §4.2 names, and what each is when nothing else is written.
NAMED: Mapping[str, Kind] = {
    "PagerDuty": "pagerduty",
    "SMS": "twilio",
    "Email": "smtp",
    "Slack": "slack",
    "Dashboard": "dashboard",
}


@dataclass(frozen=True)
class Opening:
    """One channel before it is opened.

    `follows`: it keeps its own message up to date, so it is told of acknowledgements too.
    `needs_address`: a contact must have an address on it; otherwise the channel itself is the
    address and is told for whom.
    """

    kind: Kind
    make: Callable[[], Channel] = field(repr=False)
    follows: bool = False
    needs_address: bool = True

    @property
    def rate_per_s(self) -> float:
        """How many messages a second it takes."""
        return RATES[self.kind]


DASHBOARD = Opening("dashboard", Dashboard, follows=True, needs_address=False)


@dataclass(frozen=True)
class Channels:
    """Every channel by name, and whom it reaches where.

    `fallback` names the channel that stands in for one that takes nothing. `made_up` gives every
    contact an address on a channel of the sandbox.
    """

    openings: Mapping[str, Opening]
    addresses: Mapping[str, Mapping[str, Secret]] = field(default_factory=dict)
    fallback: Mapping[str, str] = field(default_factory=dict)
    made_up: Callable[[str, Kind], str] | None = None

    @property
    def is_sandbox(self) -> bool:
        """Whether messages only reach the stand-in on this machine."""
        return self.made_up is not None

    @property
    def following(self) -> frozenset[str]:
        """The channels that keep their own message up to date."""
        return frozenset(name for name, opening in self.openings.items() if opening.follows)

    def opening(self, channel: str) -> Opening:
        """Return a channel by its name.

        Raises:
            Refused: it is not configured.
        """
        found = self.openings.get(channel)
        if found is None:
            kind = NAMED.get(channel, "…")
            raise Refused(
                f"{channel} is not configured: add `{channel}: {{kind: {kind}, …}}` under "
                "`channels` in alerts.yaml, or start `anfl alerts sandbox`"
            )
        return found

    def open(self, channel: str) -> Channel:
        """Open a channel for one thread; nothing is connected before something is sent.

        Raises:
            Refused: it is not configured.
        """
        return self.opening(channel).make()

    def address(self, contact: str, channel: str) -> str:
        """Return where a contact is on a channel.

        Raises:
            Refused: the channel is not configured, or the contact is not on it.
        """
        opening = self.opening(channel)
        if not opening.needs_address:
            return contact
        if self.made_up is not None:
            return self.made_up(contact, opening.kind)
        found = self.addresses.get(contact, {}).get(channel)
        if found is None:
            raise Refused(
                f"{contact} has no address on {channel}: "
                f"add contacts.{contact}.{channel} in alerts.yaml"
            )
        return found.text
