"""Sending a message at once, past the outbox: a person's test, and the watcher's word."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from anfl_assets.config.expand import Environment
from anfl_assets.config.file import read_section
from anfl_assets.config.section import Section, nearest
from anfl_assets.deliver.answers import Clock
from anfl_assets.deliver.channel import DeliveryError, Receipt
from anfl_assets.deliver.channels import Channels
from anfl_assets.deliver.message import Message
from anfl_assets.deliver.read_channels import read_channels
from anfl_assets.errors import AlertsError
from anfl_assets.flow.alerting.places import alerts_path
from anfl_assets.store.alerts.records import Target

# Whom the watcher tells where the organisation does not say: mail first, it needs least.
_DEFAULT_CONTACT = "on_call"
_DEFAULT_CHANNELS = ("Email", "SMS")


@dataclass(frozen=True)
class WatchWays:
    """The channels, and the targets the watcher tries in turn."""

    channels: Channels
    targets: tuple[Target, ...]


def send_at_once(channels: Channels, message: Message, target: Target) -> Receipt:
    """Hand one message over, now.

    Raises:
        TryAgainLater: the provider is busy, broken or out of reach.
        Refused: it never will, or the channel or the address is not configured.
    """
    address = channels.address(target.recipient, target.channel)
    return channels.open(target.channel).send(message, address, thread={}, chart=None)


def told_somebody(ways: WatchWays, message: Message, say: Callable[[str], None]) -> bool:
    """Try the targets in turn; return whether one took it, and say how it went."""
    for target in ways.targets:
        named = f"{target.channel} to {target.recipient}"
        try:
            receipt = send_at_once(ways.channels, message, target)
        except DeliveryError as error:
            say(f"{named}: {error}")
        else:
            say(f"{named}: taken, receipt {receipt.reference}")
            return True
    return False


def watch_ways(root: Path, environ: Mapping[str, str], *, clock: Clock) -> WatchWays:
    """Read only what the watcher needs of `alerts.yaml`: channels, contacts and `watch`.

    Raises:
        AlertsError: these parts of the file are wrong.
    """
    path = alerts_path(root, environ)
    section = read_section(path, AlertsError) if path.exists() else None
    channels = read_channels(section, Environment(environ, path.parent), clock=clock)
    targets = watch_targets(section, channels)
    if section is not None and section.faults:
        raise AlertsError(section.faults)
    return WatchWays(channels, targets)


def watch_targets(section: Section | None, channels: Channels) -> tuple[Target, ...]:
    """Return whom the watcher tells, the one `watch` names first; faults are noted there."""
    inner = section.section("watch") if section is not None else None
    contact, wanted = _DEFAULT_CONTACT, None
    if inner is not None:
        inner.only(("channel", "contact"))
        contact = inner.text("contact") or contact
        wanted = inner.text("channel")
        if wanted is not None and wanted not in channels.openings:
            if not channels.is_sandbox:
                known = tuple(channels.openings)
                inner.fault("channel", f"one of {', '.join(known)}{nearest(wanted, known)}")
            wanted = None
    first = (name for name in _DEFAULT_CHANNELS if name in channels.openings)
    # Where neither mail nor SMS takes it: whatever reaches a person.
    others = (name for name in channels.openings if name != "Dashboard")
    names = dict.fromkeys((*([wanted] if wanted else ()), *first, *others))
    return tuple(Target(name, contact) for name in names)
