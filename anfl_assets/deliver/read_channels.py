"""The sections `channels`, `contacts` and `fallback` of `alerts.yaml`.

```yaml
channels:
  PagerDuty: {kind: pagerduty}
  Slack: {kind: slack, token: "${ANFL_SLACK_TOKEN}"}
contacts:
  on_call: {PagerDuty: "${ANFL_PD_ON_CALL}", Slack: "#on-call"}
fallback: {PagerDuty: Slack}
```

Without `channels` the sandbox stands in for all of them, where the environment names one.
"""

from __future__ import annotations

from collections.abc import Mapping

from anfl_assets.config.expand import Environment
from anfl_assets.config.secret import Secret
from anfl_assets.config.section import Section, nearest
from anfl_assets.deliver.answers import Clock
from anfl_assets.deliver.channels import DASHBOARD, NAMED, Channels, Kind, Opening
from anfl_assets.deliver.read_channel import Written, read_address, read_channel
from anfl_assets.deliver.sandboxed import sandbox_channels

SECTIONS = ("channels", "contacts", "fallback")


def read_channels(section: Section | None, environment: Environment, *, clock: Clock) -> Channels:
    """Return the channels of an organisation; what is wrong is noted in the section's faults.

    `section` is the whole of `alerts.yaml`, None where there is none.

    Raises:
        AlertsError: the environment names a sandbox that is no address.
    """
    if section is None:
        return sandbox_channels(environment.variables, clock)
    openings = _openings(section.section("channels"), environment, clock)
    kinds = {**NAMED, **{name: opening.kind for name, opening in openings.items()}}
    addresses = _addresses(section.section("contacts"), kinds, environment, clock)
    fallback = _fallback(section.section("fallback"), kinds)
    if not openings:
        return sandbox_channels(environment.variables, clock)
    return Channels({"Dashboard": DASHBOARD, **openings}, addresses, fallback)


def _openings(
    section: Section | None, environment: Environment, clock: Clock
) -> dict[str, Opening]:
    if section is None:
        return {}
    found = {}
    for name in section.content:
        inner = section.section(name)
        if inner is None:
            section.fault(name, "a mapping with a `kind`")
            continue
        opening = read_channel(Written(inner, environment, clock))
        if opening is not None:
            found[name] = opening
    return found


def _addresses(
    section: Section | None, kinds: Mapping[str, Kind], environment: Environment, clock: Clock
) -> dict[str, dict[str, Secret]]:
    found: dict[str, dict[str, Secret]] = {}
    for contact in section.content if section else ():
        inner = section.section(contact) if section else None
        if inner is None:
            continue
        inner.only(tuple(kinds))
        written = Written(inner, environment, clock)
        given = {
            name: read_address(written, name, kinds[name])
            for name in inner.content
            if name in kinds
        }
        found[contact] = {name: address for name, address in given.items() if address is not None}
    return found


def _fallback(section: Section | None, kinds: Mapping[str, Kind]) -> dict[str, str]:
    if section is None:
        return {}
    section.only(tuple(kinds))
    found = {}
    for name in section.content:
        other = section.text(name)
        if other is not None and (other not in kinds or other == name):
            section.fault(
                name, f"another channel, one of {', '.join(kinds)}{nearest(other, kinds)}"
            )
        elif other is not None and name in kinds:
            found[name] = other
    return found
