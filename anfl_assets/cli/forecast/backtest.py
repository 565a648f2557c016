"""`anfl forecast backtest`: forecasts made anew from the past, origin by origin."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from anfl_assets.cli.forecast.chosen import metric_ids
from anfl_assets.cli.options import (
    current_moment,
    data_dir_option,
    existing_workspace,
    json_option,
    print_json,
)
from anfl_assets.cli.render import console, label, printable
from anfl_assets.errors import UserError

if TYPE_CHECKING:
    from anfl_assets.catalog.model import Catalog
    from anfl_assets.flow.forecasting.vintage import Made
    from anfl_assets.store.workspace import Workspace


@click.command(name="backtest")
@click.argument("metric")
@click.option("--subject", help="Only this subject, such as a service or host/resource.")
@click.option("--form", help="Only this daily series, such as 'daily peak'.")
@data_dir_option
@json_option
def command(
    metric: str, *, subject: str | None, form: str | None, data_dir: Path, as_json: bool
) -> None:
    """Forecast METRIC (an id or an alias) anew from its past, and tell every candidate and origin.

    Computed from the newest build; nothing is kept. --json prints a list of series, each with the
    fields of a vintage and its "scored_days": those of every rolling origin, at the leads.
    """
    from anfl_assets.catalog import load_catalog
    from anfl_assets.cli.forecast.backtest_tables import tell_backtest, tell_backtests
    from anfl_assets.flow.overdue import notices

    catalog = load_catalog()
    ids = metric_ids(catalog, metric)
    workspace = existing_workspace(data_dir)
    made = [
        each
        for one in sorted(ids)
        for each in _made(workspace, catalog, one, subject=subject, form=form)
    ]
    if not made:
        raise UserError(_none(metric, subject, form))
    if as_json:
        print_json([_document(each) for each in made])
        return
    out = console()
    if len(made) == 1:
        tell_backtest(out, made[0])
    else:
        tell_backtests(out, made)
    for notice in notices(workspace, current_moment(None)):
        out.print(printable(notice))


def _made(
    workspace: Workspace,
    catalog: Catalog,
    metric_id: str,
    *,
    subject: str | None,
    form: str | None,
) -> list[Made]:
    from anfl_assets.cli.forecast.run_progress import RunProgress
    from anfl_assets.flow.forecasting.run import backtest_of
    from anfl_assets.report.published import open_published

    with open_published(workspace) as published, RunProgress() as progress:
        return backtest_of(
            published,
            catalog,
            metric_id,
            now=current_moment(None),
            subject=subject,
            form=form,
            on_series=progress,
        )


def _none(metric: str, subject: str | None, form: str | None) -> str:
    wanted = ", ".join(label(name) for name in (metric, subject, form) if name)
    return f"no series of {wanted}; `anfl forecast show {label(metric)}` lists what there is"


def _document(made: Made) -> dict[str, Any]:
    left = ("vintage_id", "computed_at", "build_id")
    told = {name: value for name, value in asdict(made.vintage).items() if name not in left}
    names = ("origin_day", "day", "lead_days", "actual", "mean", "floor", "lower_80", "upper_80",
             "lower_95", "upper_95", "scale")  # fmt: skip
    days = [{name: getattr(score, name) for name in names} for score in made.scores]
    return {**told, "scored_days": days}
