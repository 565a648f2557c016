"""`anfl alerts show`: one incident with its members, its clocks and everybody who was told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from anfl_assets.cli.alerts.as_json import incident_json, notice_json
from anfl_assets.cli.alerts.board import KIND_WORDS, STEPS, next_step
from anfl_assets.cli.alerts.state import IDENTIFIER, opened
from anfl_assets.cli.options import current_moment, data_dir_option, json_option, print_json
from anfl_assets.cli.render import NOTHING, console, count, duration, label, printable, table
from anfl_assets.cli.render import quantity as amount

if TYPE_CHECKING:
    from rich.console import Console

    from anfl_assets.store.alerts.outbox import Outgoing
    from anfl_assets.store.alerts.records import Incident, IncidentPolicy, Member

_SHOWN = 30


@click.command(name="show")
@click.argument("incident_id", metavar="ID", type=IDENTIFIER)
@data_dir_option
@json_option
def command(incident_id: int, data_dir: Path, *, as_json: bool) -> None:
    """Show an incident: what belongs to it, who was told when, what happens next."""
    with opened(data_dir) as store:
        incident = store.incident(incident_id)
        members, notices = store.members(incident_id), store.notices(incident_id)
    if as_json:
        print_json(_json(incident, members, notices))
        return
    out = console()
    _show_head(incident, out, current_moment(None))
    _show_members(members, out)
    _show_notices(notices, out)
    out.print(f"`anfl alerts why {incident_id}` tells the story in order")


def _show_head(incident: Incident, out: Console, now: datetime) -> None:
    policy = incident.policy
    state = "open" if incident.is_open else f"over since {_moment(incident.resolved_at)}"
    if incident.resolved_by:
        state += f", closed by {printable(incident.resolved_by)}"
    out.print(f"incident {incident.incident_id}, {label(policy.severity)}, {state}")
    lines = {
        "what": f"{KIND_WORDS[incident.kind]} ({printable(incident.group_key)})",
        "opened": _moment(incident.opened_at),
        "next": next_step(incident, now),
        "deadlines": ", ".join(
            f"{STEPS[each.step]} {_moment(each.due_at)}" for each in incident.deadlines
        ),
        "acknowledged": _acknowledged(incident),
        "missed": f"nobody answered by {_moment(incident.response_missed_at)}"
        if incident.response_missed_at
        else "",
        "ladder": " > ".join(
            f"[{label(name)}]" if level == incident.level else label(name)
            for level, name in enumerate(policy.ladder)
        ),
        "policy": _policy(policy),
        "key": printable(incident.dedup_key),
    }
    for name, text in lines.items():
        if text:
            out.print(f"  {name:<13} {text}")


def _policy(policy: IncidentPolicy) -> str:
    """Say by which policy it opened; it keeps it."""
    return (
        f"as it opened: {', '.join(map(label, policy.channels))}; route {label(policy.route)}; "
        f"answer within {_span(policy.response_s)}, escalation after {_span(policy.escalation_s)}, "
        f"at most {policy.repeats} repeats"
    )


def _span(seconds: float | None) -> str:
    return "no limit" if seconds is None else duration(seconds)


def _acknowledged(incident: Incident) -> str:
    if incident.acknowledged_at is None:
        return "by nobody" if incident.is_open else ""
    by, via = incident.acknowledged_by or "", incident.acknowledged_via or ""
    return f"by {label(by)} at {_moment(incident.acknowledged_at)} through {label(via)}"


def _show_members(members: Sequence[Member], out: Console) -> None:
    headings = ("metric", "subject", "grain", "value", "target", "alert", "joined", "over")
    shown = table(*headings, numeric=("value",), whole=("value",))
    for each in members[:_SHOWN]:
        reading = each.reading
        shown.add_row(
            each.key.metric_id,
            label(each.key.subject),
            each.key.grain,
            amount(reading.value, reading.unit),
            f"{reading.target_operator} {amount(reading.target, reading.unit)}",
            amount(reading.threshold, reading.unit),
            f"{each.joined_at:%m-%d %H:%M:%S}",
            f"{each.cleared_at:%m-%d %H:%M:%S}" if each.cleared_at else NOTHING,
        )
    out.print(shown)
    for each in members[:_SHOWN]:
        if each.key.kind == "forecast":
            out.print(f"{label(each.key.subject)}: {printable(each.reading.detail)}")
    if len(members) > _SHOWN:
        out.print(f"{count(len(members) - _SHOWN)} more; --json has them all")


def _show_notices(notices: Sequence[Outgoing], out: Console) -> None:
    if not notices:
        out.print("nobody has been told")
        return
    headings = ("message", "to", "by", "state", "at (UTC)", "receipt or reason")
    shown = table(*headings, whole=("at (UTC)",))
    for each in notices:
        at = each.sent_at or each.next_at
        shown.add_row(
            each.reason,
            label(each.target.recipient),
            label(each.target.channel),
            each.state,
            f"{at:%m-%d %H:%M:%S}",
            printable(each.error or each.reference or ""),
        )
    out.print(shown)


def _moment(at: datetime | None) -> str:
    return NOTHING if at is None else f"{at:%Y-%m-%d %H:%M:%S} UTC"


def _json(
    incident: Incident, members: Sequence[Member], notices: Sequence[Outgoing]
) -> dict[str, Any]:
    content = incident_json(incident, [])
    del content["firing"]
    return {
        **content,
        "acknowledged_via": incident.acknowledged_via,
        "response_missed_at": incident.response_missed_at,
        "policy": asdict(incident.policy),
        "members": [
            {
                **each.key._asdict(),
                "value": each.reading.value,
                "unit": each.reading.unit,
                "target": each.reading.target,
                "threshold": each.reading.threshold,
                "joined_at": each.joined_at,
                "cleared_at": each.cleared_at,
            }
            for each in members
        ],
        "notices": [notice_json(each) for each in notices],
    }
