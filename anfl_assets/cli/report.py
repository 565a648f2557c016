"""`anfl report`: what people read who do not look at a board: the executive digest.

Making and keeping is the flow's; here the page goes where it is wanted.
"""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path

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


@click.group(name="report")
def command() -> None:
    """Reports to hand on: the executive digest."""


@command.command(name="executive")
@data_dir_option
@as_of_option
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Where the page goes; without it, the data folder keeps it under its day.",
)
@json_option
def executive(
    data_dir: Path, as_of: datetime | None, output: Path | None, *, as_json: bool
) -> None:
    """Write the executive digest as one self-contained page; nobody is told."""
    from anfl_assets.flow.digest.keep import keep, write_whole
    from anfl_assets.flow.digest.make import make_digest
    from anfl_assets.report.digest.as_json import as_json as content
    from anfl_assets.report.digest.first_line import standing
    from anfl_assets.report.digest.page import page

    workspace = existing_workspace(data_dir)
    screen = console()
    with screen.status("Reading the build and drawing its charts …"):
        digest = make_digest(workspace, os.environ, now=current_moment(None), as_of=as_of)
        if as_json and output is None:
            print_json(content(digest))
            return
        made = page(digest)
        if output is None:
            output = keep(workspace, digest, made)
        else:
            write_whole(output, made)
    if as_json:
        print_json(content(digest))
        return
    screen.print(printable(digest.first_line))
    screen.print(f"In all: {standing(digest.counts)}.")
    screen.print(f"{printable(str(output))} ({len(made.encode()) / 1024:,.0f} KiB)")
