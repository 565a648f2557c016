"""`anfl alerts why-not`: why nobody was told of a metric at a moment, subject by subject."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from anfl_assets.cli.alerts.state import policy_of
from anfl_assets.cli.options import (
    Moment,
    current_moment,
    data_dir_option,
    existing_workspace,
    json_option,
    print_json,
)
from anfl_assets.cli.render import console, printable

if TYPE_CHECKING:
    from rich.console import Console

    from anfl_assets.alert.explain_not import Answer


@click.command(name="why-not")
@click.argument("metric_name", metavar="METRIC")
@click.argument("subject", required=False)
@click.option("--at", type=Moment(), help="The moment asked about (default: now).")
@data_dir_option
@json_option
def command(
    metric_name: str, subject: str | None, at: datetime | None, data_dir: Path, *, as_json: bool
) -> None:
    """Say for each subject what was judged, what was decided, and why nobody was told."""
    from anfl_assets.flow.alerting.answering.questions import Question, asked

    workspace, policy = existing_workspace(data_dir), policy_of(data_dir)
    moment = current_moment(at)
    question = Question(metric_name, subject, moment, is_now=at is None)
    found = asked(workspace, os.environ, policy, question)
    if as_json:
        print_json(
            {
                "at": moment,
                "source": found.source,
                "answers": [asdict(each) for each in found.answers],
            }
        )
        return
    out = console()
    out.print(f"at {moment:%Y-%m-%d %H:%M:%S} UTC, by {found.source}:")
    if found.answers:
        _show(found.answers, out)
    else:
        out.print(_nothing(metric_name, subject))


def _nothing(metric_name: str, subject: str | None) -> str:
    of = f" of {printable(subject)!r}" if subject is not None else ""
    return (
        f"nothing was ever judged or decided{of}: `anfl status --metric {metric_name}` shows the "
        "subjects there are, `anfl feeds status` whether data comes in"
    )


def _show(answers: Sequence[Answer], out: Console) -> None:
    for each in answers:
        out.print(printable(f"{each.judged} ({each.grain})"), soft_wrap=True)
        out.print(printable(f"  {each.why}"), soft_wrap=True)
