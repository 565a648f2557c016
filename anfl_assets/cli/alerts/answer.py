"""`anfl alerts ack` and `resolve`: what a person answers to an incident."""

from __future__ import annotations

from pathlib import Path

import click

from anfl_assets.cli.alerts.state import IDENTIFIER, VIA, answering_policy, by_option, opened, said
from anfl_assets.cli.options import current_moment, data_dir_option
from anfl_assets.cli.render import printable
from anfl_assets.errors import UnknownIncident


@click.command(name="ack")
@click.argument("incident_id", metavar="ID", type=IDENTIFIER)
@by_option
@click.option("--note", help="What you know or do, for the log.")
@data_dir_option
def ack(incident_id: int, by: str, note: str | None, data_dir: Path) -> None:
    """Take an incident on: nobody else is told, and escalation stops."""
    from anfl_assets.flow.alerting.answering.incidents import acknowledge

    policy, now = answering_policy(data_dir), current_moment(None)
    with opened(data_dir) as store:
        before = acknowledge(store, incident_id, policy, by=by, via=VIA, note=note or "", now=now)
    if before is None:
        raise UnknownIncident(f"incident {incident_id} is over; nobody is told of it any more")
    if before.acknowledged_at is not None:
        who = printable(before.acknowledged_by or "somebody")
        click.echo(
            f"incident {incident_id}: {who} acknowledged it already, at "
            f"{before.acknowledged_at:%Y-%m-%d %H:%M:%S} UTC"
        )
        return
    span = before.policy.acknowledged_s
    again = f"; told again in {span / 3600:g} h if it still fires" if span is not None else ""
    click.echo(f"incident {incident_id}: acknowledged by {printable(by)}{again}")


@click.command(name="resolve")
@click.argument("incident_id", metavar="ID", type=IDENTIFIER)
@click.option("--reason", required=True, callback=said, help="Why it is over.")
@by_option
@data_dir_option
def resolve(incident_id: int, reason: str, by: str, data_dir: Path) -> None:
    """Close an incident by hand; what still fires in it stays quiet until it has ended."""
    from anfl_assets.flow.alerting.answering import incidents

    policy, now = answering_policy(data_dir), current_moment(None)
    with opened(data_dir) as store:
        before = incidents.resolve(store, incident_id, policy, by=by, reason=reason, now=now)
    if before is None:
        click.echo(f"incident {incident_id} is over already")
        return
    told = "those who were told hear of it" if before.told else "nobody had been told"
    click.echo(f"incident {incident_id}: closed by {printable(by)}; {told}")
