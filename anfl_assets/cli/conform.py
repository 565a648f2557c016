"""`anfl conform`: the specification line by line, each with its live configuration and evidence.

Puts together what the report package may not see (the schedules) with what it finds, and shows
the rows; what proves a line is declared in `report/conform/registry.py`.
"""

from __future__ import annotations

import os
from dataclasses import replace
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import click

from anfl_assets.cli.options import current_moment, data_dir_option, json_option, print_json
from anfl_assets.cli.render import console, table
from anfl_assets.store.workspace import Workspace

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.text import Text

    from anfl_assets.catalog.model import Catalog
    from anfl_assets.report.conform.audit import Row
    from anfl_assets.report.conform.schedule import Schedule


class _Shown(NamedTuple):
    """How a line's state is shown."""

    glyph: str
    word: str
    style: str


_LOOKS = {
    "ok": _Shown("✔", "ok", "green"),
    "missing": _Shown("✖", "missing", "bold red"),
    "drifted": _Shown("▲", "drifted", "yellow"),
}


@click.command(name="conform")
@data_dir_option
@click.option(
    "--spec",
    "spec_path",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="The specification's Markdown; lines the catalog has differently are drifted.",
)
@json_option
@click.pass_context
def command(ctx: click.Context, data_dir: Path, spec_path: Path | None, *, as_json: bool) -> None:
    """Hold the specification against what is live; exit code 1 unless every line is ok."""
    from anfl_assets.report.conform.audit import counts

    workspace = Workspace(data_dir.resolve())
    rows = audited(workspace, spec_path)
    if as_json:
        print_json([json_row(row) for row in rows])
    else:
        _show(rows, workspace, data_dir)
    ctx.exit(0 if counts(rows)["ok"] == len(rows) else 1)


def audited(workspace: Workspace, spec_path: Path | None) -> list[Row]:
    """Audit a data folder against the catalog, or against the specification's own text.

    Raises:
        CatalogError: the catalog or the specification cannot be read.
        WorkspaceError: the ledger or the state of alerting cannot be read.
    """
    from anfl_assets.catalog.loader import load_catalog
    from anfl_assets.flow.alerting.places import state_url
    from anfl_assets.report.conform.audit import audit
    from anfl_assets.report.conform.gather import gather
    from anfl_assets.report.conform.gather_alerts import gather_alerts
    from anfl_assets.report.conform.lines import read_catalog_lines, read_specification_lines

    catalog = load_catalog()
    specified = None if spec_path is None else read_specification_lines(spec_path)
    live = replace(
        gather(workspace, catalog, _schedules(catalog)),
        alerts=gather_alerts(
            workspace, state_url(os.environ), own_channels=_own_channels(workspace)
        ),
        forecast_schedules=_forecast_schedules(catalog),
    )
    return audit(read_catalog_lines(), live, specified=specified)


def json_row(row: Row) -> dict[str, str]:
    """Return the row as `--json` prints it."""
    return {
        "section": row.line.number,
        "line": str(row.line),
        "status": row.finding.status,
        "configuration": row.finding.configuration,
        "evidence": row.finding.evidence,
    }


def _own_channels(workspace: Workspace) -> frozenset[str]:
    """Return the channels the organisation has configured; none where its file has a fault."""
    from anfl_assets.errors import AlertsError
    from anfl_assets.flow.alerting.settings import load_settings

    try:
        channels = load_settings(workspace, os.environ).channels
    except AlertsError:
        return frozenset()
    return frozenset(() if channels.is_sandbox else channels.openings)


def _schedules(catalog: Catalog) -> tuple[Schedule, ...]:
    """Ask the orchestration which schedules it makes of the catalog."""
    from anfl_assets.defs.schedules import schedules, ticks
    from anfl_assets.report.conform.schedule import Schedule

    return tuple(
        Schedule(made.name, str(made.cron_schedule), tick.sources)
        for made, tick in zip(schedules(), ticks(catalog), strict=True)
    )


def _forecast_schedules(catalog: Catalog) -> dict[str, Schedule]:
    """Ask the orchestration when each forecast is made."""
    from anfl_assets.defs.forecast_jobs import forecast_rounds
    from anfl_assets.report.conform.schedule import Schedule

    return {each.model: Schedule(each.schedule, each.cron, ()) for each in forecast_rounds(catalog)}


def _show(rows: Sequence[Row], workspace: Workspace, data_dir: Path) -> None:
    from rich.text import Text

    from anfl_assets.flow.overdue import notices
    from anfl_assets.report.conform.audit import counts

    made = table("line", "status", "configuration", "evidence")
    for section, within in groupby(rows, lambda row: row.line.section):
        made.add_row(Text(f"§{section}", style="bold"))
        for entry, group in groupby(within, lambda row: row.line.path[:-1]):
            made.add_row(Text(".".join(entry[1:] or entry), style="italic"))
            for row in group:
                found = row.finding
                leaf = f"  {row.line.path[-1]}: {row.line.value}"
                made.add_row(leaf, _status(found.status), found.configuration, found.evidence)
        made.add_section()
    shown = console()
    shown.print(made)
    told = [f"{number} {status}" for status, number in counts(rows).items() if number]
    shown.print(f"{len(rows)} lines: {', '.join(told)}")
    if not workspace.state_path.exists():
        shown.print(f"{data_dir}: no data folder; `anfl run --data-dir {data_dir}` makes one")
        return
    for line in notices(workspace, current_moment(None)):
        shown.print(line)


def _status(status: str) -> Text:
    from rich.text import Text

    look = _LOOKS[status]
    return Text(f"{look.glyph} {look.word}", style=look.style)
