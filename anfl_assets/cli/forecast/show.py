"""`anfl forecast show`: history and fan of one series at the terminal, or in a file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from anfl_assets.cli.forecast.chosen import chosen, kept, metric_ids, too_old
from anfl_assets.cli.options import (
    current_moment,
    data_dir_option,
    existing_workspace,
    json_option,
    print_json,
)
from anfl_assets.cli.render import console, printable

if TYPE_CHECKING:
    from anfl_assets.catalog.model import Catalog
    from anfl_assets.report.forecasts import ForecastDay, VintageRow
    from anfl_assets.store.workspace import Workspace

_FILE = click.Path(path_type=Path, dir_okay=False, writable=True)


@click.command(name="show")
@click.argument("metric")
@click.option("--subject", help="Only this subject, such as a service or host/resource.")
@click.option("--form", help="Only this daily series, such as 'daily peak'.")
@click.option("--days", type=click.IntRange(1, 3660),
              help="Days of history to draw; default as many as fit.")  # fmt: skip
@click.option("--svg", type=_FILE, help="Also draw it into this file.")
@click.option("--png", type=_FILE, help="Also draw it into this file.")
@data_dir_option
@json_option
def command(  # noqa: PLR0913 - one parameter for each option
    metric: str,
    *,
    subject: str | None,
    form: str | None,
    days: int | None,
    svg: Path | None,
    png: Path | None,
    data_dir: Path,
    as_json: bool,
) -> None:
    """Draw the forecast of METRIC (an id or an alias): history, fan, when it crosses.

    Several subjects or forms are listed, a line each. --json prints a list of forecasts, each with
    the fields of its vintage, its "days" and "notices" (data that are made up, too old a forecast).
    """
    from anfl_assets.catalog import load_catalog
    from anfl_assets.flow.overdue import notices
    from anfl_assets.report.forecasts import days_of_all

    catalog = load_catalog()
    ids = metric_ids(catalog, metric)
    workspace = existing_workspace(data_dir)
    rows = chosen(kept(workspace), ids, subject=subject, form=form)
    if (svg or png) and len(rows) > 1:
        raise click.UsageError(f"a picture is of one forecast, {len(rows)} fit; {_choose(rows)}")
    ahead = days_of_all(workspace, [row.vintage_id for row in rows])
    now = current_moment(None)
    old = too_old(rows, catalog, now)
    told = [*([old] if old else ()), *notices(workspace, now)]
    if svg or png:
        _write(rows[0], ahead, svg=svg, png=png, told=told)
    if as_json:
        print_json([_document(row, ahead, told) for row in rows])
        return
    _tell(workspace, catalog, rows, ahead, days=days)
    for notice in told:
        console().print(printable(notice))


def _tell(
    workspace: Workspace,
    catalog: Catalog,
    rows: Sequence[VintageRow],
    ahead: dict[str, list[ForecastDay]],
    *,
    days: int | None,
) -> None:
    from anfl_assets.cli.forecast.longer_history import longer_history
    from anfl_assets.cli.forecast.show_many import show_many
    from anfl_assets.cli.forecast.show_one import show_one

    if len(rows) > 1:
        show_many(console(), rows, ahead)
        return
    row = rows[0]
    is_longer = days is not None and days > len(row.recent)
    known = longer_history(workspace, catalog, row) if is_longer else row.recent
    show_one(console(), row, ahead.get(row.vintage_id, []), known, shown=days)


def _write(
    row: VintageRow,
    ahead: dict[str, list[ForecastDay]],
    *,
    svg: Path | None,
    png: Path | None,
    told: Sequence[str],
) -> None:
    from anfl_assets.cli.forecast.pictures import write_pictures

    note = next((notice for notice in told if notice.startswith("Simulated")), "")
    days = ahead.get(row.vintage_id, [])
    for path in write_pictures(row, days, svg=svg, png=png, note=note):
        click.echo(f"drawn: {printable(str(path))}", err=True)


def _choose(rows: Sequence[VintageRow]) -> str:
    options = [
        f"--{name}" for name in ("subject", "form") if len({getattr(row, name) for row in rows}) > 1
    ] or ["an id instead of the alias"]
    return f"choose with {' and '.join(options)}"


def _document(
    row: VintageRow, ahead: dict[str, list[ForecastDay]], told: Sequence[str]
) -> dict[str, Any]:
    days = [
        {name: value for name, value in asdict(day).items() if name != "vintage_id"}
        for day in ahead.get(row.vintage_id, [])
    ]
    return {**asdict(row), "days": days, "notices": list(told)}
