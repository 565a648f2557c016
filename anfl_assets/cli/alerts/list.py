"""`anfl alerts list`: what is wrong, held back or silenced now, and what did not go out."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from anfl_assets.cli.alerts.as_json import condition_json, incident_json, notice_json, silence_json
from anfl_assets.cli.alerts.board import (
    KIND_WORDS,
    Board,
    acknowledged,
    below,
    keys_of,
    members_of,
    next_step,
    read_board,
    what,
)
from anfl_assets.cli.alerts.state import opened
from anfl_assets.cli.options import current_moment, data_dir_option, json_option, print_json
from anfl_assets.cli.render import NOTHING, console, count, label, printable, table

if TYPE_CHECKING:
    from rich.console import Console

    from anfl_assets.store.alerts.outbox import Outgoing
    from anfl_assets.store.alerts.records import Condition, Silence

_SHOWN = 20
# However narrow the terminal is, what is wrong must be read.
_WHAT = 18


@click.command(name="list")
@data_dir_option
@click.option("--all", "is_complete", is_flag=True, help="Also incidents that are over.")
@json_option
def command(data_dir: Path, *, is_complete: bool, as_json: bool) -> None:
    """Show open incidents, what is held back or muted, silences, and what did not go out."""
    now = current_moment(None)
    with opened(data_dir) as store:
        board = read_board(store, now, is_complete=is_complete)
    if as_json:
        print_json(_json(board))
    else:
        _show(board, console(), now)


def _show(board: Board, out: Console, now: datetime) -> None:
    held = below(board)
    if board.incidents:
        _show_incidents(board, out, now)
    else:
        out.print(_nothing(board))
    if held:
        _show_held(held, out)
    if board.silences:
        _show_silences(board.silences, out, now)
    if board.undelivered:
        _show_undelivered(board.undelivered, out)


def _nothing(board: Board) -> str:
    if board.evaluated_at is None:
        return "no incident: alerting has never run here; `anfl up` runs it, `anfl doctor` looks"
    return (
        f"no open incident; last judged {board.evaluated_at:%Y-%m-%d %H:%M:%S} UTC. "
        "`anfl alerts why-not METRIC` says why nobody was told; `--all` shows what is over"
    )


def _show_incidents(board: Board, out: Console, now: datetime) -> None:
    headings = ("id", "severity", "what", "opened", "next", "acknowledged")
    shown = table(*headings, numeric=("id",), whole=("id", "severity", "opened"))
    shown.columns[headings.index("what")].min_width = _WHAT
    keys = keys_of(board)
    for each in board.incidents:
        shown.add_row(
            str(each.incident_id),
            label(each.policy.severity),
            what(each, keys.get(each.incident_id, [])),
            f"{each.opened_at:%m-%d %H:%M}",
            next_step(each, now),
            acknowledged(each),
        )
    out.print(shown)
    out.print("times are UTC; `anfl alerts ack ID` takes one on, `show ID` and `why ID` tell of it")


def _show_held(held: Sequence[Condition], out: Console) -> None:
    out.print(f"\nnobody is told of {count(len(held))} more:")
    shown = table("metric", "subject", "grain", "what", "since (UTC)", "why")
    for each in held[:_SHOWN]:
        shown.add_row(
            each.key.metric_id,
            label(each.key.subject),
            each.key.grain,
            KIND_WORDS[each.key.kind],
            f"{each.pending_since:%m-%d %H:%M}",
            printable(f"{(each.verdict or each.phase).replace('_', ' ')}: {each.detail}"),
        )
    out.print(shown)
    if len(held) > _SHOWN:
        out.print(f"{count(len(held) - _SHOWN)} more; --json has them all")


def _show_silences(silences: Sequence[Silence], out: Console, now: datetime) -> None:
    out.print("\nsilences:")
    shown = table("id", "what", "by", "until (UTC)", "reason", numeric=("id",), whole=("id",))
    for each in silences:
        begins = f"from {each.starts_at:%m-%d %H:%M} " if each.starts_at > now else ""
        shown.add_row(
            str(each.silence_id),
            label(str(each.match)),
            label(each.author),
            f"{begins}{each.ends_at:%m-%d %H:%M}",
            printable(each.reason),
        )
    out.print(shown)


def _show_undelivered(undelivered: Sequence[Outgoing], out: Console) -> None:
    out.print(f"\n{count(len(undelivered))} messages that did not go out:")
    shown = table("incident", "to", "by", "state", "why", numeric=("incident",))
    for each in undelivered[:_SHOWN]:
        shown.add_row(
            str(each.incident_id or NOTHING),
            label(each.target.recipient),
            label(each.target.channel),
            f"{each.state}, {each.attempts} attempts",
            printable(each.error or ""),
        )
    out.print(shown)


def _json(board: Board) -> dict[str, Any]:
    members = members_of(board)
    return {
        "incidents": [
            incident_json(each, members.get(each.incident_id, [])) for each in board.incidents
        ],
        "held_back": [condition_json(each) for each in below(board)],
        "silences": [silence_json(each) for each in board.silences],
        "undelivered": [notice_json(each) for each in board.undelivered],
        "evaluated_at": board.evaluated_at,
    }
