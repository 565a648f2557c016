"""`anfl data`: take a wrong load back, and let it land again after all."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from anfl_assets.cli.options import (
    as_of_option,
    current_moment,
    data_dir_option,
    existing_workspace,
    json_option,
    print_json,
)
from anfl_assets.cli.render import NOTHING, console, count, printable, table
from anfl_assets.errors import UserError

if TYPE_CHECKING:
    from datetime import date, datetime

    from anfl_assets.flow.doomed import Doomed

_NUMERIC = ("load", "rows", "days", "quarantined")


@click.group(name="data")
def command() -> None:
    """Take a wrong load back (erase-load), or let it land again (restore-load)."""


@command.command(name="erase-load")
@click.argument("load_ids", metavar="ID...", nargs=-1, required=True, type=click.IntRange(1))
@click.option("--reason", default="", help="Why; `anfl loads` shows it.")
@click.option("--yes", is_flag=True, help="Do it without asking.")
@data_dir_option
@as_of_option
@json_option
def erase_load(
    load_ids: tuple[int, ...],
    *,
    reason: str,
    yes: bool,
    data_dir: Path,
    as_of: datetime | None,
    as_json: bool,
) -> None:
    """Take loads back: their rows leave the lake, their days are computed again.

    Their files do not land again by themselves. Without --yes it shows what would go and asks.
    """
    from anfl_assets.flow.doomed import doomed
    from anfl_assets.flow.erase import erase
    from anfl_assets.store.ledger import open_ledger

    workspace = existing_workspace(data_dir)
    if not yes:
        with open_ledger(workspace) as ledger:
            going = doomed(workspace, ledger, load_ids)
        _ask(going, as_json=as_json)
    gone = erase(workspace, load_ids, reason=reason, now=current_moment(as_of))
    if as_json:
        print_json([_told(each) for each in gone])
        return
    if yes:
        _show(gone)
    _say_after(gone)


@command.command(name="restore-load")
@click.argument("load_ids", metavar="ID...", nargs=-1, required=True, type=click.IntRange(1))
@data_dir_option
@as_of_option
def restore_load(load_ids: tuple[int, ...], *, data_dir: Path, as_of: datetime | None) -> None:
    """Let the content of erased loads land again with the next run."""
    from anfl_assets.flow.erase import restore
    from anfl_assets.flow.replay import is_replay

    workspace = existing_workspace(data_dir)
    for load_id in load_ids:
        load = restore(workspace, load_id, now=current_moment(as_of))
        if is_replay(load["path"]):
            click.echo(f"load {load_id}: its rows are in quarantine again")
        else:
            path = printable(load["path"])
            click.echo(f"load {load_id}: `anfl run` lands {path} again if the file is still there")


def _ask(going: list[Doomed], *, as_json: bool) -> None:
    """Show what would go and ask; away from a terminal there is nobody to ask."""
    if as_json or not (sys.stdin.isatty() and sys.stdout.isatty()):
        if as_json:
            print_json([_told(each) for each in going])
        else:
            _show(going)
        raise UserError("nothing was erased: there is nobody to ask here; say --yes")
    _show(going)
    click.confirm(f"Erase {_loads(len(going))}?", abort=True)


def _show(going: list[Doomed]) -> None:
    shown = table(
        "load", "feed", "file", "rows", "days", "quarantined", numeric=_NUMERIC, whole=_NUMERIC
    )
    for each in going:
        shown.add_row(
            str(each.load["load_id"]),
            each.load["feed"],
            printable(each.load["path"]),
            count(each.row_count),
            _span(each.dates),
            count(each.aside_count),
        )
    out = console()
    out.print(shown)
    metrics = _metrics({each.load["entity"] for each in going})
    out.print(f"metrics that look at them: {', '.join(metrics) or 'none'}")
    for each in going:
        for line in _remarks(each):
            out.print(f"▲ load {each.load['load_id']}: {line}")


def _remarks(each: Doomed) -> list[str]:
    """Say what goes with a load and what does not come back."""
    told = []
    if each.replays:
        told.append(f"load {_listed(each.replays)} goes with it: replays of its refused rows")
    if each.superseded:
        rows = f"{count(each.superseded)} earlier row{'s' * (each.superseded > 1)}"
        told.append(f"{rows} that it took the place of by key will not come back by themselves")
    if each.land_again:
        told.append(
            "to have them back: `anfl data erase-load N`, `anfl data restore-load N`, `anfl run`, "
            f"for load {_listed(each.land_again)}, one by one in this order"
        )
    if each.is_live:
        told.append("its source is not asked again for what it told: nothing brings it back")
    return told


def _say_after(gone: list[Doomed]) -> None:
    rows = sum(each.row_count for each in gone)
    days = len(set().union(*(each.dates for each in gone)))
    click.echo(
        f"{_loads(len(gone))} erased, {count(rows)} row{'s' * (rows != 1)}: `anfl run` computes "
        f"{count(days)} day{'s' * (days != 1)} again"
    )
    files = [each for each in gone if not each.is_live]
    if files:
        ids = " ".join(str(each.load["load_id"]) for each in files)
        click.echo(f"the same content does not land again, unless: `anfl data restore-load {ids}`")


def _told(each: Doomed) -> dict[str, Any]:
    return {
        "load_id": each.load["load_id"],
        "feed": each.load["feed"],
        "entity": each.load["entity"],
        "path": each.load["path"],
        "replays": each.replays,
        "row_count": each.row_count,
        "dates": sorted(each.dates),
        "quarantined": each.aside_count,
        "superseded": each.superseded,
        "land_again": each.land_again,
        "is_live": each.is_live,
        "metrics": _metrics({each.load["entity"]}),
    }


def _metrics(entities: set[str]) -> list[str]:
    from anfl_assets.catalog import load_catalog

    metrics = load_catalog().metrics.values()
    return [metric.metric_id for metric in metrics if entities & set(metric.entities)]


def _span(dates: frozenset[date]) -> str:
    if not dates:
        return NOTHING
    first, last = min(dates), max(dates)
    return str(first) if first == last else f"{len(dates)}: {first} to {last}"


def _loads(number: int) -> str:
    return f"{number} load{'s' * (number != 1)}"


def _listed(ids: tuple[int, ...]) -> str:
    return ", ".join(map(str, ids))
