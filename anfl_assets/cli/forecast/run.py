"""`anfl forecast run`: forecast what is due, keep it, and score what came true."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from anfl_assets.cli.options import (
    as_of_option,
    current_moment,
    data_dir_option,
    existing_workspace,
    json_option,
    print_json,
)
from anfl_assets.cli.render import console, printable
from anfl_assets.errors import UserError

if TYPE_CHECKING:
    from anfl_assets.catalog.model import Catalog
    from anfl_assets.cli.forecast.run_summary import Done
    from anfl_assets.store.workspace import Workspace


@click.command(name="run")
@click.argument("models", nargs=-1, metavar="[MODEL]...")
@data_dir_option
@as_of_option
@click.option("--again", is_flag=True, help="Also what has not changed since it was forecast.")
@json_option
def command(
    models: tuple[str, ...],
    *,
    data_dir: Path,
    as_of: datetime | None,
    again: bool,
    as_json: bool,
) -> None:
    """Forecast the series of every MODEL of the catalog (§3.2), keep and score them.

    What has not changed since it was forecast stands as it is. --as-of looks back: it forecasts
    from the days known by then, says what it finds and keeps nothing.
    """
    from anfl_assets.catalog import load_catalog
    from anfl_assets.cli.forecast.run_summary import document, tell_run
    from anfl_assets.flow.overdue import notices

    catalog = load_catalog()
    asked = _models(catalog, models)
    workspace = existing_workspace(data_dir)
    done = _run(workspace, catalog, asked, as_of=as_of, again=again)
    if as_json:
        print_json(document(done, asked))
        return
    out = console()
    tell_run(out, done, asked)
    for notice in notices(workspace, current_moment(None)):
        out.print(printable(notice))


def _models(catalog: Catalog, names: Sequence[str]) -> list[str]:
    """Return the models that are meant, all without a name.

    Raises:
        UserError: the catalog has no such model.
    """
    for name in names:
        if name not in catalog.forecasts:
            known = ", ".join(catalog.forecasts)
            raise UserError(f"no model of forecasts is called {name!r}; expected one of {known}")
    return list(dict.fromkeys(names)) or list(catalog.forecasts)


def _run(
    workspace: Workspace,
    catalog: Catalog,
    models: Sequence[str],
    *,
    as_of: datetime | None,
    again: bool,
) -> Done:
    from anfl_assets.cli.forecast.run_progress import RunProgress
    from anfl_assets.cli.forecast.run_summary import Done
    from anfl_assets.flow.forecasting.run import ForecastRun, Told, make_vintages, run_forecasts
    from anfl_assets.report.published import open_published

    began_s, now = time.monotonic(), current_moment(None)
    core_seconds: defaultdict[str, float] = defaultdict(float)
    with open_published(workspace) as published, RunProgress() as progress:

        def on_series(told: Told) -> None:
            core_seconds[told.vintage.model] += told.seconds
            progress(told)

        if as_of is None:
            run = run_forecasts(
                published, catalog, models, now=now, again=again, on_series=on_series
            )
        else:
            made = make_vintages(
                published, catalog, models, now=now, as_of=as_of, on_series=on_series
            )
            run = ForecastRun(made, (), 0)
    return Done(run, core_seconds, time.monotonic() - began_s, is_kept=as_of is None)
