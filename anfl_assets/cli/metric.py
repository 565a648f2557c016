"""`anfl metric`: one metric told in full: what it means, how it went, where it comes from."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from anfl_assets.cli.options import (
    as_of_option,
    data_dir_option,
    existing_workspace,
    json_option,
    print_json,
)
from anfl_assets.cli.render import console, count, label, quantity, status_text, table

if TYPE_CHECKING:
    from rich.console import Console

    from anfl_assets.catalog import Metric
    from anfl_assets.report.history import Observation

_BARS = "▁▂▃▄▅▆▇█"
_GAP = "·"
_WIDTH = 60
_ALL_COLUMNS_FROM = 100


@click.group(name="metric")
def command() -> None:
    """Tell one metric in full: history, definition, SQL, lineage."""


@command.command
@click.argument("name")
@data_dir_option
@as_of_option
@click.option("--grain", help="Length of the windows; default the one it is judged on.")
@click.option("--limit", type=click.IntRange(1), default=_WIDTH, show_default=True,
              help="Windows of history for each subject.")  # fmt: skip
@click.option("--sql", "is_sql", is_flag=True, help="The compiled SQL behind the numbers, whole.")
@json_option
def show(
    name: str,
    data_dir: Path,
    as_of: datetime | None,
    *,
    grain: str | None,
    limit: int,
    is_sql: bool,
    as_json: bool,
) -> None:
    """Show NAME (an id or an alias that means one metric)."""
    from anfl_assets.catalog import load_catalog
    from anfl_assets.report.history import grains, history
    from anfl_assets.report.published import open_published

    metric = load_catalog().metric(name)
    with open_published(existing_workspace(data_dir)) as published:
        known = grains(published, metric.metric_id)
        chosen = grain or metric.headline_grain
        if grain is not None and known and grain not in known:
            raise click.BadParameter(f"{grain!r}; {metric.metric_id} has {', '.join(known)}")
        found = history(published, metric.metric_id, grain=chosen, until=as_of, limit=limit)
        sql = published.build.compiled.get(metric.model, "")
    if as_json:
        print_json(_document(metric, grain=chosen, known=known, found=found, sql=sql))
    elif is_sql:
        click.echo(sql)
    else:
        _tell(console(), metric, grain=chosen, known=known, found=found)


def sparkline(values: list[float | None]) -> str:
    """Draw one character per value, lowest to highest; a missing value is a dot."""
    present = [value for value in values if value is not None]
    if not present:
        return _GAP * len(values)
    low, span = min(present), (max(present) - min(present)) or 1.0
    top = len(_BARS) - 1
    return "".join(
        _GAP if value is None else _BARS[round((value - low) / span * top)] for value in values
    )


def _tell(
    out: Console,
    metric: Metric,
    *,
    grain: str,
    known: list[str],
    found: dict[str, list[Observation]],
) -> None:
    unit = metric.unit.value
    out.print(f"{metric.metric_id}: {metric.description}")
    out.print(f"  {metric.statistic}")
    out.print(
        f"  target {metric.target}, alert threshold {metric.threshold}, collected "
        f"{metric.collection}, judged on {' and '.join(metric.grains)}, owner {metric.owner}"
    )
    if metric.aliases:
        out.print(f"  also called {', '.join(metric.aliases)}")
    out.print(f"  from {', '.join(metric.entities)} → {metric.model} → fct_metric_status")
    out.print(f"  SQL: anfl metric show {metric.metric_id} --sql")
    if not found:
        out.print(f"\nNo observation of {grain} yet; observed at: {', '.join(known) or 'nothing'}")
        return
    is_wide = out.width >= _ALL_COLUMNS_FROM
    numbers = ("lowest", "highest", "last", "samples")
    headings = ("lowest", "highest", "last", "status", "samples") if is_wide else ("last", "status")
    made = table(
        "subject", f"{grain}, oldest to newest", *headings, numeric=numbers, whole=headings
    )
    for subject, observations in found.items():
        values = [each.value for each in observations]
        present = [value for value in values if value is not None]
        last = observations[-1]
        cells = {
            "lowest": quantity(min(present, default=None), unit),
            "highest": quantity(max(present, default=None), unit),
            "last": quantity(last.value, unit),
            "status": status_text(last.status) if last.status else "",
            "samples": count(last.sample_count),
        }
        line = sparkline(values)
        made.add_row(label(subject), line, *(cells[heading] for heading in headings))
    out.print(made)
    out.print(_parts(metric, next(iter(found.values()))[-1]))


def _parts(metric: Metric, last: Observation) -> str:
    """Say the newest value's two parts, and for growth the raw figure that calendars distort."""
    if last.numerator is None or last.denominator is None:
        return ""
    told = (
        f"newest: {metric.numerator} {last.numerator:,.6g}, "
        f"{metric.denominator} {last.denominator:,.6g}"
    )
    if metric.target.growth and last.denominator:
        told += f" (raw {100 * (last.numerator / last.denominator - 1):+.2f} %)"
    return told


def _document(
    metric: Metric,
    *,
    grain: str,
    known: list[str],
    found: dict[str, list[Observation]],
    sql: str,
) -> dict[str, Any]:
    return {
        "metric_id": metric.metric_id,
        "description": metric.description,
        "statistic": metric.statistic,
        "unit": metric.unit.value,
        "target": str(metric.target),
        "threshold": str(metric.threshold),
        "aliases": list(metric.aliases),
        "owner": metric.owner,
        "entities": list(metric.entities),
        "model": metric.model,
        "grain": grain,
        "grains": known,
        "sql": sql,
        "history": {
            subject: [
                {
                    key: value.isoformat() if isinstance(value, datetime) else value
                    for key, value in asdict(each).items()
                    if key != "subject"
                }
                for each in observations
            ]
            for subject, observations in found.items()
        },
    }
