"""`anfl alerts test`: does a message arrive on this channel, now."""

from __future__ import annotations

import getpass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from anfl_assets.cli.alerts.state import settings_of
from anfl_assets.cli.options import current_moment, data_dir_option
from anfl_assets.cli.render import printable

if TYPE_CHECKING:
    from anfl_assets.deliver.channels import Channels
    from anfl_assets.deliver.message import Message
    from anfl_assets.flow.alerting.settings import Settings

_FAILED = 1


@click.command(name="test")
@click.argument("channel")
@click.option("--to", "contact", help="A contact of alerts.yaml (default: the watcher's).")
@data_dir_option
@click.pass_context
def command(ctx: click.Context, channel: str, contact: str | None, data_dir: Path) -> None:
    """Send a test through a channel at once; print the receipt, or what went wrong (exit 1)."""
    from anfl_assets.deliver.channel import DeliveryError
    from anfl_assets.flow.alerting.sending.at_once import send_at_once
    from anfl_assets.store.alerts.records import Target

    settings = settings_of(data_dir)
    name = named_channel(channel, settings.channels)
    to = _contact(contact, name, settings)
    message = _message(settings, name, current_moment(None))
    place = "the sandbox" if settings.channels.is_sandbox else name
    try:
        receipt = send_at_once(settings.channels, message, Target(name, to))
    except DeliveryError as error:
        click.echo(f"anfl: {name} to {printable(to)}: {printable(str(error))}", err=True)
        ctx.exit(_FAILED)
    detail = f" ({printable(receipt.detail)})" if receipt.detail else ""
    click.echo(
        f"{name} to {printable(to)}: taken by {place}, receipt "
        f"{printable(receipt.reference)}{detail}"
    )
    if settings.channels.openings[name].kind == "pagerduty" and not settings.channels.is_sandbox:
        click.echo("PagerDuty has opened an incident for it: resolve it there")


def named_channel(name: str, channels: Channels) -> str:
    """Return the channel a person means, in whatever case they write it.

    Raises:
        UsageError: none of that name is configured; the message names the nearest.
    """
    from difflib import get_close_matches

    from anfl_assets.deliver.channels import NAMED

    known = {each.casefold(): each for each in (*NAMED, *channels.openings)}
    found = known.get(name.casefold())
    if found is None:
        near = get_close_matches(name.casefold(), known, n=1)
        hint = f"; did you mean '{known[near[0]]}'?" if near else ""
        raise click.UsageError(f"no channel {name!r}; one of {', '.join(known.values())}{hint}")
    # One that is known but not configured says itself what to write.
    if found not in channels.openings:
        from anfl_assets.deliver.channel import Refused

        try:
            channels.opening(found)
        except Refused as error:
            raise click.UsageError(str(error)) from error
    return found


def _contact(given: str | None, channel: str, settings: Settings) -> str:
    """Return whom to tell: who is named, else the watcher's contact, else who is on the channel."""
    from anfl_assets.deliver.channel import Refused

    channels, known = settings.channels, settings.channels.addresses
    if given is not None:
        if not channels.is_sandbox and known and given not in known:
            raise click.UsageError(f"no contact {given!r}; one of {', '.join(known)}")
        return given
    for contact in (settings.watch.contact, *known):
        try:
            channels.address(contact, channel)
        except Refused:
            continue
        return contact
    return settings.watch.contact


def _message(settings: Settings, channel: str, now: datetime) -> Message:
    from anfl_assets.deliver.message import Message

    try:
        who = getpass.getuser()
    except (KeyError, OSError):
        who = "somebody"
    return Message(
        reason="test",
        severity="information",
        at=now,
        dedup_key=f"anfl-test-{now:%Y%m%dT%H%M%S%f}",
        note=f"{who} asked for a test of {channel}. Nothing to do.",
        organisation=settings.policy.organisation,
        is_simulated=settings.policy.is_simulated,
        link=settings.policy.link,
    )
