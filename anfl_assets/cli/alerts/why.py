"""`anfl alerts why`: what happened in an incident, in order and in plain sentences."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from anfl_assets.cli.alerts.state import IDENTIFIER, opened
from anfl_assets.cli.options import data_dir_option, json_option, print_json
from anfl_assets.cli.render import console, count, label, printable

if TYPE_CHECKING:
    from rich.console import Console

    from anfl_assets.flow.alerting.explain import Told


@click.command(name="why")
@click.argument("incident_id", metavar="ID", type=IDENTIFIER)
@data_dir_option
@json_option
def command(incident_id: int, data_dir: Path, *, as_json: bool) -> None:
    """Tell the story of an incident: readings, decisions, messages with receipts, answers."""
    from anfl_assets.flow.alerting.explain import why

    with opened(data_dir) as store:
        told = why(store, incident_id)
    if as_json:
        print_json(
            {
                "incident_id": incident_id,
                "severity": told.incident.policy.severity,
                "opened_at": told.incident.opened_at,
                "resolved_at": told.incident.resolved_at,
                "member_count": len(told.members),
                "story": [asdict(sentence) for sentence in told.story],
            }
        )
        return
    _show(told, console())


def _show(told: Told, out: Console) -> None:
    incident = told.incident
    state = f"over since {incident.resolved_at:%H:%M:%S}" if incident.resolved_at else "open"
    out.print(
        f"incident {incident.incident_id}, {label(incident.policy.severity)}, opened "
        f"{incident.opened_at:%Y-%m-%d %H:%M:%S} UTC, {state}, {count(len(told.members))} in it"
    )
    day = None
    for sentence in told.story:
        if sentence.at.date() != day:
            day = sentence.at.date()
            out.print(f"{day:%Y-%m-%d} (UTC)")
        text = printable(sentence.text)
        out.print(f"  {sentence.at:%H:%M:%S}  {sentence.source:<7}  {text}", soft_wrap=True)
    if told.left_out:
        out.print(f"{count(told.left_out)} more belong to it and are not told of one by one")
