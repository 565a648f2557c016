"""`anfl serve`: the pages of one data folder, in the foreground until Ctrl-C."""

from __future__ import annotations

import getpass
import os
from pathlib import Path

import click

from anfl_assets.cli.address import PAGES_PORT, free_port
from anfl_assets.cli.options import data_dir_option
from anfl_assets.cli.render import printable


@click.command(name="serve")
@data_dir_option
@click.option("--host", default="127.0.0.1", show_default=True, help="Where to listen.")
@click.option(
    "--port",
    type=click.IntRange(1, 65_535),
    help=f"Port of the pages (default: {PAGES_PORT}, or any free one).",
)
def command(data_dir: Path, host: str, port: int | None) -> None:
    """Serve the pages: overview, executive, technical, operational, metrics, incidents.

    Other machines reach them once somebody may come in: `anfl users add`, or a proxy that
    access.yaml of the data folder names.
    """
    from anfl_assets.pages.access.bind import check_bind
    from anfl_assets.pages.access.opening import open_gate
    from anfl_assets.pages.serve import serve
    from anfl_assets.store.workspace import open_workspace

    workspace = open_workspace(data_dir)
    gate = open_gate(workspace, os.environ, host=host, local_name=getpass.getuser(), tell=_say)
    for line in check_bind(host, gate.access(), path=gate.current.path):
        _say(line)
    chosen = free_port(host, port, PAGES_PORT)
    click.echo(f"pages             http://{host}:{chosen}")
    serve(workspace, os.environ, gate=gate, host=host, port=chosen)


def _say(text: str) -> None:
    """Tell whoever keeps the pages, harmless and at once."""
    for line in text.splitlines():
        click.echo(f"access            {printable(line)}", err=True)
