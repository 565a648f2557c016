"""`anfl loads`: every file that landed, and what became of each of its rows."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from anfl_assets.cli.options import data_dir_option, existing_workspace, json_option, print_json
from anfl_assets.cli.render import NOTHING, console, count, printable, table
from anfl_assets.frames import SOURCES

if TYPE_CHECKING:
    from anfl_assets.store.ledger import Row

_COUNTS = ("received", "accepted", "quarantined", "duplicates", "superseded")
_HEADINGS = ("load", "feed", "entity", "file", "status", *_COUNTS, "when", "remark")
_ALL_COLUMNS_FROM = 190
_MOST_COLUMNS_FROM = 130
# What a feed brings is told by its name nearly always; a path needs the room more.
_MOST_HEADINGS = tuple(heading for heading in _HEADINGS if heading != "entity")
_FEWER_HEADINGS = ("load", "file", "status", "received", "accepted", "quarantined")


@click.command(name="loads")
@data_dir_option
@click.option("--source", type=click.Choice(SOURCES), help="Only loads of this source.")
@click.option(
    "--limit",
    default=50,
    show_default=True,
    type=click.IntRange(1),
    help="How many, the newest first.",
)
@click.option(
    "--all", "of", flag_value="all", help="Those of running systems too: one a feed and minute."
)
@json_option
def command(
    data_dir: Path, source: str | None, limit: int, of: str | None, *, as_json: bool
) -> None:
    """Show every file that landed: received = accepted + quarantined + duplicates.

    Superseded counts earlier rows that a load's rows took the place of.
    """
    from anfl_assets.store import live_loads
    from anfl_assets.store.erasures import erasures
    from anfl_assets.store.ledger import open_ledger

    with open_ledger(existing_workspace(data_dir)) as ledger:
        erased = erasures(ledger)
        loads = [
            _told(load, erased.get(load["load_id"]))
            for load in ledger.loads(source=source, limit=limit, of="all" if of else "files")
        ]
        left_out = 0 if of else live_loads.count_of(ledger, source=source)
    if as_json:
        print_json(loads)
    elif not loads and not left_out:
        where = f" from {source}" if source else ""
        click.echo(f"nothing has landed{where} yet; `anfl run --data-dir {data_dir}` lands files")
    else:
        if loads:
            _show(loads)
        if left_out:
            told = f"{count(left_out)} load{'s' if left_out > 1 else ''} of running systems"
            click.echo(f"{told} left out: --all lists them, `anfl feeds status` sums them up")


def _told(load: Row, erasure: Row | None) -> Row:
    """Say of an erased load that it is, when and why."""
    if erasure is None or load["status"] != "replaced":
        return load
    why = f": {erasure['reason']}" if erasure["reason"] else ""
    message = f"erased {erasure['at']:%Y-%m-%d %H:%M}{why}"
    if erasure["restored_at"] is not None:
        message += f"; may land again since {erasure['restored_at']:%Y-%m-%d %H:%M}"
    names = ("at", "reason", "restored_at")
    return {
        **load,
        "status": "erased",
        "message": message,
        **{f"erasure_{name}": erasure[name] for name in names},
    }


def _fitting(width: int) -> tuple[str, ...]:
    """Return the columns that a terminal `width` letters wide has room for."""
    if width >= _ALL_COLUMNS_FROM:
        return _HEADINGS
    return _MOST_HEADINGS if width >= _MOST_COLUMNS_FROM else _FEWER_HEADINGS


def _show(loads: list[Row]) -> None:
    out = console()
    headings = _fitting(out.width)
    whole = ("load", "status", *_COUNTS, "when")
    shown = table(*headings, numeric=("load", *_COUNTS), whole=whole)
    for load in loads:
        landed_at = load["landed_at"] or load["started_at"]
        cells = {
            "load": str(load["load_id"]),
            "feed": load["feed"],
            "entity": load["entity"],
            "file": printable(load["path"]),
            "status": load["status"],
            **{name: count(load[name]) for name in _COUNTS},
            "when": f"{landed_at:%Y-%m-%d %H:%M}",
            "remark": printable(load["message"] or NOTHING),
        }
        shown.add_row(*(cells[heading] for heading in headings))
    out.print(shown)
    if headings == _FEWER_HEADINGS:
        for load in loads:
            if load["status"] == "erased":
                out.print(f"load {load['load_id']}: {printable(load['message'])}")
    if headings != _HEADINGS:
        out.print(f"{len(headings)} of {len(_HEADINGS)} columns fit; --json has them all")
