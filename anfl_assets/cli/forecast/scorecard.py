"""`anfl forecast scorecard`: what forecasts were worth, by series and lead."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from anfl_assets.cli.forecast.chosen import MAKE, kept, metric_ids
from anfl_assets.cli.options import (
    current_moment,
    data_dir_option,
    existing_workspace,
    json_option,
    print_json,
)
from anfl_assets.cli.render import console, printable
from anfl_assets.errors import UserError

if TYPE_CHECKING:
    from anfl_assets.report.scorecard import ScorecardRow
    from anfl_assets.store.workspace import Workspace


@click.command(name="scorecard")
@click.argument("metric", required=False)
@click.option("--live", "kind", flag_value="live", default=None,
              help="Only days that came true after they were forecast.")  # fmt: skip
@click.option("--backtest", "kind", flag_value="backtest", default=None,
              help="Only days of the past, forecast without seeing them.")  # fmt: skip
@click.option("--lead", type=click.IntRange(1), help="Only so many days ahead: 1, 7, 30 or 90.")
@data_dir_option
@json_option
def command(
    metric: str | None,
    *,
    kind: str | None,
    lead: int | None,
    data_dir: Path,
    as_json: bool,
) -> None:
    """What forecasts were worth: errors, coverage and skill; of METRIC every lead.

    --json prints a list, a row for each series and lead: metric_id, subject, form, lead_days (null:
    all leads together), n_backtest, n_live, mase, floor_mase, skill, smape_pct, coverage_80,
    coverage_95, verdict.
    """
    from anfl_assets.catalog import load_catalog
    from anfl_assets.cli.forecast.scorecard_table import print_scorecard
    from anfl_assets.flow.overdue import notices

    ids = metric_ids(load_catalog(), metric)
    workspace = existing_workspace(data_dir)
    rows = _rows(workspace, ids, kind)
    found = [row for row in rows if lead in {None, row.lead_days}]
    if rows and not found:
        raise UserError(f"nothing is scored {lead} days ahead; expected one of {_leads(rows)}")
    if as_json:
        print_json([asdict(row) for row in found])
        return
    out = console()
    if not found:
        out.print(_nothing(kind))
    else:
        print_scorecard(out, found, is_whole=bool(metric or lead))
    for notice in notices(workspace, current_moment(None)):
        out.print(printable(notice))


def _rows(workspace: Workspace, ids: set[str], kind: str | None) -> list[ScorecardRow]:
    from anfl_assets.report.scorecard import scorecard

    kept(workspace)
    return [row for row in scorecard(workspace, kind=kind) if row.metric_id in ids]


def _leads(rows: list[ScorecardRow]) -> str:
    return ", ".join(map(str, sorted({row.lead_days for row in rows if row.lead_days})))


def _nothing(kind: str | None) -> str:
    if kind == "live":
        return (
            "No day that was forecast has come yet; `anfl forecast run` scores them as they come."
        )
    return f"Nothing is scored: no series was long enough to be forecast; {MAKE}."
