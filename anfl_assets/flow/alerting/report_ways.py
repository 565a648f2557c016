"""Who gets the executive digest, and on which channels: `reports.executive` of `alerts.yaml`.

Without it: the contact `executive`, the end of every ladder of §4.2, by mail and on Slack.
"""

from __future__ import annotations

from anfl_assets.config.section import Section, nearest
from anfl_assets.deliver.channel import Refused
from anfl_assets.deliver.channels import Channels
from anfl_assets.store.alerts.records import Target

KEY = "reports"
_CONTACTS, _CHANNELS = ("executive",), ("Email", "Slack")


def read_reports(section: Section | None, channels: Channels) -> tuple[Target, ...]:
    """Return whom the digest goes to, each where there is an address; faults are noted.

    Somebody who is named and can be reached on none of the channels is a fault.
    """
    inner = section.section(KEY) if section is not None else None
    if inner is None:
        return _reached(_CONTACTS, _CHANNELS, channels)
    inner.only(("executive",))
    own = inner.section("executive")
    if own is None:
        return _reached(_CONTACTS, _CHANNELS, channels)
    own.only(("contacts", "channels"))
    contacts, wanted = own.texts("contacts") or _CONTACTS, own.texts("channels") or _CHANNELS
    if not channels.is_sandbox:
        _note_faults(own, contacts, wanted, channels)
    return _reached(contacts, wanted, channels)


def _note_faults(
    own: Section, contacts: tuple[str, ...], wanted: tuple[str, ...], channels: Channels
) -> None:
    known = channels.openings
    unknown = [name for name in own.texts("channels") or () if name not in known]
    for name in unknown:
        own.fault("channels", f"some of {', '.join(known)}{nearest(name, known)}", repr(name))
    for contact in contacts:
        if not unknown and not _reached((contact,), wanted, channels):
            own.fault("contacts", "contacts with an address on one of the channels", repr(contact))


def _reached(
    contacts: tuple[str, ...], wanted: tuple[str, ...], channels: Channels
) -> tuple[Target, ...]:
    pairs = [Target(channel, contact) for contact in contacts for channel in wanted]
    return tuple(dict.fromkeys(pair for pair in pairs if _has_address(pair, channels)))


def _has_address(target: Target, channels: Channels) -> bool:
    try:
        channels.address(target.recipient, target.channel)
    except Refused:
        return False
    return True
