"""`anfl alerts why-not`: why nobody was told of a metric at a moment, subject by subject."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from anfl_assets.cli.alerts.state import open_state, policy_of
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
    from anfl_assets.alert.policy import Policy


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
    from anfl_assets.flow.alerting.explain import why_not
    from anfl_assets.flow.alerting.judged import judged_at

    workspace, policy = existing_workspace(data_dir), policy_of(data_dir)
    metric_ids = resolved(metric_name, policy)
    moment = current_moment(at)
    judged = judged_at(workspace, moment, is_now=at is None, environ=os.environ)
    with open_state(workspace) as store:
        answers = [
            answer
            for metric_id in metric_ids
            for answer in why_not(
                store, policy, judged.readings, metric_id=metric_id, subject=subject, at=moment
            )
        ]
    if as_json:
        print_json(
            {
                "at": moment,
                "source": judged.source,
                "answers": [asdict(each) for each in answers],
            }
        )
        return
    out = console()
    out.print(f"at {moment:%Y-%m-%d %H:%M:%S} UTC, by {judged.source}:")
    if answers:
        _show(answers, out)
    else:
        out.print(_nothing(metric_name, subject))


def resolved(name: str, policy: Policy) -> list[str]:
    """Return the metrics a name or alias means; our own signals are metrics too.

    Raises:
        UnknownMetric: none; the message names the nearest.
    """
    from anfl_assets.catalog import load_catalog

    if name in policy.watched:
        return [name]
    return [metric.metric_id for metric in load_catalog().resolve(name)]


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
