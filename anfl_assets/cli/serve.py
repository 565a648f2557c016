"""`anfl serve`: the pages of one data folder, in the foreground until Ctrl-C."""

from __future__ import annotations

import os
from pathlib import Path

import click

from anfl_assets.cli.address import PAGES_PORT, check_loopback, free_port
from anfl_assets.cli.options import data_dir_option


@click.command(name="serve")
@data_dir_option
@click.option("--host", default="127.0.0.1", show_default=True, help="Where to listen.")
@click.option(
    "--port",
    type=click.IntRange(1, 65_535),
    help=f"Port of the pages (default: {PAGES_PORT}, or any free one).",
)
def command(data_dir: Path, host: str, port: int | None) -> None:
    """Serve the pages: overview, executive, technical, operational, metrics, incidents."""
    from anfl_assets.pages.serve import serve
    from anfl_assets.store.workspace import open_workspace

    check_loopback(host)
    chosen = free_port(host, port, PAGES_PORT)
    workspace = open_workspace(data_dir)
    click.echo(f"pages             http://{host}:{chosen}")
    serve(workspace, os.environ, host=host, port=chosen)
