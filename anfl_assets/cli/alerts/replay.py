"""`anfl alerts replay`: what people would have been told by this policy, or by another."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from anfl_assets.cli.alerts.replay_progress import ReplayProgress
from anfl_assets.cli.alerts.replay_tables import comparison, document, summary
from anfl_assets.cli.options import (
    Moment,
    data_dir_option,
    existing_workspace,
    json_option,
    print_json,
)
from anfl_assets.cli.render import console

if TYPE_CHECKING:
    from anfl_assets.alert.act import AcknowledgeAfter, Act
    from anfl_assets.flow.alerting.replaying.rehearse import Rehearsed
    from anfl_assets.flow.alerting.replaying.what_if import WhatIf
    from anfl_assets.report.published import Published
    from anfl_assets.store.workspace import Workspace


@dataclass(frozen=True)
class _Asked:
    """What the command line asks for."""

    days: int
    until: datetime | None
    settings: tuple[str, ...]
    policy_path: Path | None
    acts_path: Path | None


@click.command(name="replay")
@data_dir_option
@click.option("--days", default=90, show_default=True, type=click.IntRange(1, 3660),
              help="Days of stored history.")  # fmt: skip
@click.option("--until", type=Moment(), help="Where it ends (default: the newest judged window).")
@click.option("--set", "settings", multiple=True, metavar="METRIC[.SUBJECT].KEY=VALUE",
              help="Compare with another alert_threshold, target, for, recovers_at or "
              "keep_firing_for; may be given several times.")  # fmt: skip
@click.option("--policy", "policy_path", type=click.Path(path_type=Path, dir_okay=False),
              help="Compare with another alerts.yaml.")  # fmt: skip
@click.option("--acks", "acts_path", type=click.Path(path_type=Path, dir_okay=False),
              help="Who acknowledges or silences what, and when (YAML: ack, silence).")  # fmt: skip
@click.option("--fail-above", type=click.IntRange(0),
              help="Exit code 1 where the comparison adds more messages than this.")  # fmt: skip
@json_option
@click.pass_context
def command(
    ctx: click.Context,
    /,
    data_dir: Path,
    *,
    fail_above: int | None,
    as_json: bool,
    **asked: object,
) -> None:
    """Replay the whole policy on stored history, and compare two of them.

    With --set or --policy the policy in force is compared with the one that is asked for. Nothing
    is sent and nothing is changed.
    """
    wanted = _Asked(**asked)  # type: ignore[arg-type]
    is_compared = bool(wanted.settings or wanted.policy_path)
    if fail_above is not None and not is_compared:
        raise click.UsageError("--fail-above compares: give --set or --policy too")
    workspace = existing_workspace(data_dir)
    before, after, span = _replayed(workspace, wanted, is_compared=is_compared)
    if as_json:
        print_json(document(before, after, span))
    elif after is None:
        summary(console(), before, span)
    else:
        comparison(console(), before, after, span)
    if after is not None and fail_above is not None and _added(before, after) > fail_above:
        click.echo(f"more than {fail_above} messages are added", err=True)
        ctx.exit(1)


def _replayed(
    workspace: Workspace, asked: _Asked, *, is_compared: bool
) -> tuple[Rehearsed, Rehearsed | None, tuple[datetime, datetime]]:
    from anfl_assets.flow.alerting.replaying.history import last_window_end
    from anfl_assets.report.published import open_published

    before, after = _policies(workspace, asked)
    acts = _acts(asked.acts_path)
    with open_published(workspace) as published:
        end = asked.until or last_window_end(published)
        span = (end - timedelta(days=asked.days), end)
        return (
            _rehearsed(published, before, span, acts),
            _rehearsed(published, after, span, acts) if is_compared else None,
            span,
        )


def _rehearsed(
    published: Published,
    tried: WhatIf,
    span: tuple[datetime, datetime],
    acts: Sequence[Act | AcknowledgeAfter],
) -> Rehearsed:
    from anfl_assets.flow.alerting.replaying.rehearse import rehearse

    with ReplayProgress(*span) as progress:
        return rehearse(published, tried, start=span[0], end=span[1], acts=acts, on_moment=progress)


def _policies(workspace: Workspace, asked: _Asked) -> tuple[WhatIf, WhatIf]:
    """Return the policy in force and the one that is asked for."""
    from anfl_assets.catalog import load_catalog
    from anfl_assets.flow.alerting.replaying.what_if import WhatIf, what_if
    from anfl_assets.flow.alerting.settings import load_settings

    catalog = load_catalog()
    policy = load_settings(workspace, os.environ).policy
    other = (
        load_settings(workspace, os.environ, policy_path=asked.policy_path).policy
        if asked.policy_path
        else policy
    )
    return WhatIf(catalog, catalog, policy), what_if(catalog, other, asked.settings)


def _acts(path: Path | None) -> tuple[Act | AcknowledgeAfter, ...]:
    from anfl_assets.alert.read_acts import KEYS, read_acts
    from anfl_assets.alert.read_match import names_of
    from anfl_assets.alert.read_value import moment
    from anfl_assets.catalog import load_catalog
    from anfl_assets.config.file import read_section
    from anfl_assets.errors import AlertsError

    if path is None:
        return ()
    section = read_section(path, AlertsError)
    section.only(KEYS)
    acts = read_acts(section, names_of(load_catalog(), section), moment)
    if section.faults:
        raise AlertsError(section.faults)
    return acts


def _added(before: Rehearsed, after: Rehearsed) -> int:
    from anfl_assets.alert.tally import difference

    return len(difference(before.tally, after.tally)[0])
