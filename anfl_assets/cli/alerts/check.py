"""`anfl alerts check`: is alerts.yaml right, and does everybody it tells have an address."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import asdict
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING

import click

from anfl_assets.cli.options import data_dir_option, json_option, print_json
from anfl_assets.cli.render import count, printable
from anfl_assets.cli.sandbox_place import with_sandbox
from anfl_assets.errors import AlertsError, Fault

if TYPE_CHECKING:
    from anfl_assets.flow.alerting.settings import Settings

_FAULTY = 2


@click.command(name="check")
@click.argument("file", required=False, type=click.Path(path_type=Path, dir_okay=False))
@data_dir_option
@json_option
@click.pass_context
def command(ctx: click.Context, file: Path | None, data_dir: Path, *, as_json: bool) -> None:
    """Check alerts.yaml (FILE, or the data folder's own) and say whom it cannot reach."""
    from anfl_assets.flow.alerting.places import alerts_path, written_path
    from anfl_assets.flow.alerting.settings import load_settings, settings_faults
    from anfl_assets.store.workspace import Workspace

    workspace = Workspace(data_dir.resolve())
    path = file or alerts_path(workspace.root, os.environ)
    is_there = bool(file or written_path(workspace.root, os.environ))
    environ = with_sandbox(workspace, os.environ)
    faults = settings_faults(path, environ) if is_there else []
    settings = (
        None
        if faults
        else load_settings(workspace, environ, policy_path=path if is_there else None)
    )
    if as_json:
        _print(path, is_there=is_there, faults=faults, settings=settings)
        ctx.exit(_FAULTY if faults else 0)
    if faults:
        raise AlertsError(faults)
    if settings is not None:
        _show(path, settings, is_there=is_there)


def unreachable(settings: Settings) -> Iterator[str]:
    """Say whom a message of the policy would not reach, each once."""
    from anfl_assets.deliver.channel import Refused

    told: dict[str, None] = {}
    for channel, contact in _targets(settings):
        try:
            settings.channels.address(contact, channel)
        except Refused as error:
            told[str(error)] = None
    yield from told


def _targets(settings: Settings) -> Iterator[tuple[str, str]]:
    """Yield every channel and contact that a severity or a route may tell."""
    policy = settings.policy
    owners = sorted({each.owner for each in policy.watched.values()})
    ways = [(each.channels, each.ladder) for each in policy.severities.values()]
    ways += [(each.channels or (), each.ladder or ()) for each in policy.routes]
    for channels, ladder in ways:
        people = [name for level in ladder for name in (owners if level == "owner" else [level])]
        yield from product(channels, people)


def _show(path: Path, settings: Settings, *, is_there: bool) -> None:
    channels = settings.channels
    where = str(path) if is_there else f"{path} does not exist: the catalog's policy holds"
    click.echo(f"{where}{'; no fault' if is_there else ''}")
    click.echo(f"channels   {', '.join(channels.openings)}{_stand_in(settings)}")
    if channels.addresses:
        click.echo(f"contacts   {printable(', '.join(channels.addresses))}")
    policy = settings.policy
    click.echo(
        f"policy     {count(len(policy.watched))} metrics and signals, "
        f"{count(len(policy.routes))} own routes, {count(len(policy.inhibitions))} inhibitions"
    )
    click.echo(f"watcher    {settings.watch.channel} to {printable(settings.watch.contact)}")
    for each in unreachable(settings):
        click.echo(f"look       {printable(each)}")
    if settings.problem:
        click.echo(f"look       {printable(settings.problem)}")


def _stand_in(settings: Settings) -> str:
    return " (the sandbox stands in: nothing leaves this machine)" * settings.channels.is_sandbox


def _print(path: Path, *, is_there: bool, faults: list[Fault], settings: Settings | None) -> None:
    print_json(
        {
            "path": str(path),
            "exists": is_there,
            "is_ok": not faults,
            "faults": [asdict(fault) for fault in faults],
            "channels": [] if settings is None else list(settings.channels.openings),
            "is_sandbox": settings is not None and settings.channels.is_sandbox,
            "unreachable": [] if settings is None else list(unreachable(settings)),
        }
    )
