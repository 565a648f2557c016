"""`anfl catalog`: check the catalog, write what derives from it, list its metrics.

Reading and deriving are the catalog package's; here is only what a person sees of them.
"""

from __future__ import annotations

from pathlib import Path

import click

from anfl_assets.catalog import Catalog, Metric, load_catalog
from anfl_assets.catalog.derived import derived_files, drift, sync
from anfl_assets.cli.options import json_option, print_json
from anfl_assets.cli.render import console, table
from anfl_assets.errors import CatalogError

_PROJECT = Path(__file__).parents[2]

_project_dir = click.option(
    "--project-dir",
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    default=_PROJECT,
    help="Another copy of the project (default: the one this command runs from).",
)


@click.group(name="catalog")
def command() -> None:
    """Check the catalog; write the dbt seeds and models that follow from it."""


@command.command(name="sync")
@_project_dir
def write_derived(project_dir: Path) -> None:
    """Write every derived file that is not what the catalog says."""
    catalog = _load(project_dir)
    written = sync(project_dir, catalog)
    for path in written:
        click.echo(f"wrote {path}")
    current = len(derived_files(catalog)) - len(written)
    click.echo(f"{len(written)} written, {current} up to date")


@command.command
@_project_dir
def check(project_dir: Path) -> None:
    """List every fault of the catalog and every derived file that drifted; exit code 2 if any."""
    catalog = _load(project_dir)
    drifts = drift(project_dir, catalog)
    for each in drifts:
        click.echo(each.diff)
    if drifts:
        raise CatalogError([each.fault for each in drifts])
    count = len(derived_files(catalog))
    click.echo(f"{len(catalog.metrics)} metrics, no fault; {count} derived files up to date")


@command.command(name="list")
@_project_dir
@json_option
def list_metrics(project_dir: Path, *, as_json: bool) -> None:
    """List the metrics with target, threshold and aliases."""
    rows = [_row(metric) for metric in _load(project_dir).metrics.values()]
    if as_json:
        print_json(rows)
        return
    headings = ("metric_id", "target", "threshold", "judged_on", "collection", "owner", "aliases")
    listed = table(*(heading.replace("_", " ") for heading in headings))
    for row in rows:
        listed.add_row(*(_cell(row[heading]) for heading in headings))
    console().print(listed)


def _load(project_dir: Path) -> Catalog:
    return load_catalog(project_dir / "anfl_assets" / "catalog")


def _row(metric: Metric) -> dict[str, object]:
    return {
        "metric_id": metric.metric_id,
        "section": metric.section,
        "domain": metric.domain,
        "description": metric.description,
        "statistic": metric.statistic,
        "unit": metric.unit.value,
        "direction": metric.direction,
        "target": str(metric.target),
        "threshold": str(metric.threshold),
        "judged_on": list(metric.grains),
        "collection": str(metric.collection),
        "owner": metric.owner,
        "aliases": list(metric.aliases),
    }


def _cell(value: object) -> str:
    return ", ".join(value) if isinstance(value, list) else str(value)
