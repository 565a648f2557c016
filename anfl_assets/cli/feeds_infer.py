"""`anfl feeds infer`: draft a feeds file for something nobody here has seen."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from anfl_assets.cli.options import json_option, print_json
from anfl_assets.collect.feeds import FEED_NAME, is_feed_name
from anfl_assets.config.secret import without_user

if TYPE_CHECKING:
    from anfl_assets.collect.infer.draft import Draft

_STDOUT_NAME = "feeds.yaml"


@click.command(name="infer")
@click.argument("source", metavar="FILE|URL")
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write the draft there instead of to standard output; an existing file is kept.",
)
@click.option("--name", help="The feed's name (default: its entity).")
@click.option("--table", help="The table of a database.")
@json_option
def command(
    source: str, output: Path | None, name: str | None, table: str | None, *, as_json: bool
) -> None:
    """Draft a feeds file for a file, an endpoint or a database, to be checked by a person.

    FILE may be CSV, TSV, JSON, JSON Lines, Parquet, a workbook, an access log or metrics text; a
    URL a metrics endpoint, a Prometheus server or (with --table) a database.
    """
    from anfl_assets.collect.infer.draft import feeds_yaml

    if output is not None and output.exists():
        raise click.UsageError(f"{output} exists and is kept; give another -o")
    if name is not None and not is_feed_name(name):
        raise click.UsageError(f"--name {name!r}: expected {FEED_NAME}")
    folder = (output or Path(_STDOUT_NAME)).resolve().parent
    draft = _draft(source, folder, name, table)
    if as_json:
        print_json({**asdict(draft), "yaml": feeds_yaml(draft, str(output or _STDOUT_NAME))})
        return
    if output is None:
        click.echo(feeds_yaml(draft, _STDOUT_NAME), nl=False)
        return
    try:
        with output.open("x", encoding="utf-8") as file:
            file.write(feeds_yaml(draft, str(output)))
    except OSError as error:
        raise click.UsageError(f"{output}: {error.strerror}") from error
    click.echo(f"wrote {output}; check it with `anfl feeds check --feeds {output}`")


def _draft(source: str, folder: Path, name: str | None, table: str | None) -> Draft:
    from anfl_assets.collect.infer.of_file import of_file
    from anfl_assets.collect.infer.of_url import of_url

    if "://" in source:
        # An answer may take seconds; standard output is the draft's.
        click.echo(f"asking {without_user(source)} …", err=True)
        return of_url(source, folder=folder, name=name, table=table)
    if table is not None:
        raise click.UsageError("--table is for databases; give their URL")
    return of_file(Path(source), folder=folder, name=name)
