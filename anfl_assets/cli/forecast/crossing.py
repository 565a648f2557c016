"""`anfl forecast crossing`: when which threshold, or any other level, is crossed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from anfl_assets.cli.forecast.chosen import chosen, kept, metric_ids, too_old
from anfl_assets.cli.forecast.crossing_rows import CrossingRow, soonest_first, threshold_row
from anfl_assets.cli.options import (
    current_moment,
    data_dir_option,
    existing_workspace,
    json_option,
    print_json,
)
from anfl_assets.cli.render import console, printable
from anfl_assets.cli.span import Span
from anfl_assets.errors import UserError

if TYPE_CHECKING:
    from anfl_assets.catalog.model import Catalog, Metric
    from anfl_assets.report.forecasts import ForecastDay, VintageRow
    from anfl_assets.store.workspace import Workspace

_DAY = timedelta(days=1)
Forecast = tuple["VintageRow", Sequence["ForecastDay"]]


@click.command(name="crossing")
@click.argument("metric", required=False)
@click.option(
    "--level", help="Another level than the threshold, such as 85 or '120 ms'; of METRIC."
)
@click.option("--subject", help="Only this subject, such as a service or host/resource.")
@click.option("--within", type=Span(), help="Look no further than this, such as 30d.")
@click.option("--all", "is_all", is_flag=True, help="Also the unlikely ones, and every refusal.")
@data_dir_option
@json_option
def command(
    metric: str | None,
    *,
    level: str | None,
    subject: str | None,
    within: timedelta | None,
    is_all: bool,
    data_dir: Path,
    as_json: bool,
) -> None:
    """When the threshold is crossed, soonest first; of METRIC (an id or an alias) alone, whole.

    --level asks for another level: the forecasts keep no paths, so they are made anew from the
    newest build, which takes a while, and nothing is kept. --json prints a list with metric_id,
    subject, form, level, probability, day_50, day_90, day_expected, verdict and more; days beyond
    the horizon are null.
    """
    from anfl_assets.catalog import load_catalog
    from anfl_assets.flow.overdue import notices

    catalog = load_catalog()
    workspace = existing_workspace(data_dir)
    days = None if within is None else _days(within)
    if level is None:
        found = _of_thresholds(workspace, catalog, metric, subject)
    else:
        found = _of_level(workspace, catalog, metric, level=level, subject=subject)
    rows = soonest_first(threshold_row(row, ahead, within_days=days) for row, ahead in found)
    if as_json:
        print_json([asdict(row) for row in rows])
        return
    out = console()
    _print(rows, within_days=days, is_all=is_all or metric is not None)
    now = current_moment(None)
    if old := too_old([row for row, _ in found], catalog, now):
        out.print(old)
    for notice in notices(workspace, now):
        out.print(printable(notice))


def _days(within: timedelta) -> int:
    if within < _DAY:
        raise click.BadParameter(
            "forecasts are by day; expected at least 1d", param_hint="--within"
        )
    return within.days


def _of_thresholds(
    workspace: Workspace, catalog: Catalog, metric: str | None, subject: str | None
) -> list[Forecast]:
    from anfl_assets.report.forecasts import days_of_all

    rows = chosen(kept(workspace), metric_ids(catalog, metric), subject=subject, form=None)
    ahead = days_of_all(workspace, [row.vintage_id for row in rows])
    return [(row, ahead.get(row.vintage_id, ())) for row in rows]


def _of_level(
    workspace: Workspace, catalog: Catalog, metric: str | None, *, level: str, subject: str | None
) -> list[Forecast]:
    from anfl_assets.cli.forecast.level import made_for_level, read_level

    if metric is None:
        raise click.UsageError("--level is a level of one metric; name it: METRIC --level X")
    asked = _one(catalog, metric)
    made = made_for_level(workspace, catalog, asked, read_level(asked, level), subject=subject)
    return [(each.vintage, each.days) for each in made]


def _one(catalog: Catalog, name: str) -> Metric:
    """Return the one metric of a name that is forecast."""
    ids = metric_ids(catalog, name)
    if len(ids) > 1:
        raise UserError(f"{name!r} names several metrics; expected one of {', '.join(sorted(ids))}")
    return catalog.metrics[ids.pop()]


def _print(rows: list[CrossingRow], *, within_days: int | None, is_all: bool) -> None:
    from anfl_assets.cli.forecast.crossing_table import print_crossings

    out = console()
    print_crossings(out, rows, is_all=is_all)
    shorter = {row.model: row.within_days for row in rows if row.within_days < (within_days or 0)}
    for model, days in shorter.items():
        out.print(f"{model} looks {days} days ahead: nothing can be said of what comes after.")
    out.print(_HOW_TO_READ)


_HOW_TO_READ = """
P          probability of having been across at least once by the end of the
           horizon, by paths in which the days go together as they did before.
even odds  the first day by which it is at least 50 %; 90 % sure: at least 90 %.
expected   the day on which what is expected is itself across; without one, no
           alert. `anfl forecast show METRIC --subject S` draws a forecast."""
