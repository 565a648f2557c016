"""`anfl quarantine`: the rows that were set aside, counted by reason and one by one."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from anfl_assets.cli.options import data_dir_option, existing_workspace, json_option, print_json
from anfl_assets.cli.render import NOTHING, console, count, printable, table

if TYPE_CHECKING:
    from anfl_assets.store.ledger import Row

_SHOWN_BODY = 100
_EMPTY = "no row is in quarantine"


@click.group(name="quarantine")
def command() -> None:
    """Show the rows that were set aside, by reason (list) or one by one (show)."""


@command.command(name="list")
@data_dir_option
@click.option(
    "--limit",
    default=50,
    show_default=True,
    type=click.IntRange(1),
    help="How many reasons, the commonest first; --json has them all.",
)
@json_option
def list_reasons(data_dir: Path, *, limit: int, as_json: bool) -> None:
    """Count quarantined rows by feed, rule and reason."""
    from anfl_assets.store.ledger import open_ledger

    with open_ledger(existing_workspace(data_dir)) as ledger:
        summary = ledger.quarantine_summary()
    if as_json:
        print_json(summary)
        return
    if not summary:
        click.echo(f"{_EMPTY}: every row received was accepted or a duplicate")
        return
    shown = table("feed", "entity", "rule", "reason", "rows", "last", numeric=("rows",))
    for row in summary[:limit]:
        told = (row["feed"], row["entity"], row["rule"], printable(row["reason"]))
        shown.add_row(*told, count(row["row_count"]), f"{row['last_at']:%Y-%m-%d %H:%M}")
    console().print(shown)
    rest = summary[limit:]
    if rest:
        rows = sum(row["row_count"] for row in rest)
        reasons = f"{count(len(rest))} more reason{'s' * (len(rest) > 1)}"
        click.echo(f"{reasons} of {count(rows)} row{'s' * (rows > 1)}; --limit shows more")
    click.echo(
        "`anfl quarantine show --feed NAME` shows the rows; mend the file or its feed, run again"
    )


@command.command
@data_dir_option
@click.option("--feed", help="Only rows of this feed.")
@click.option("--load", "load_id", type=click.IntRange(1), help="Only rows of this load.")
@click.option("--reason", help="Only rows of this rule, or whose reason contains this text.")
@click.option(
    "--limit",
    default=20,
    show_default=True,
    type=click.IntRange(1),
    help="How many, those of the newest load first.",
)
@json_option
def show(
    data_dir: Path,
    *,
    feed: str | None,
    load_id: int | None,
    reason: str | None,
    limit: int,
    as_json: bool,
) -> None:
    """Show quarantined rows with file, line, reason and what they hold."""
    from anfl_assets.store.ledger import open_ledger

    with open_ledger(existing_workspace(data_dir)) as ledger:
        rows = ledger.quarantined(feed=feed, load_id=load_id, reason=reason, limit=limit)
    if as_json:
        print_json(rows)
    elif not rows:
        is_filtered = feed is not None or load_id is not None or reason is not None
        hint = "; `anfl quarantine list` shows feeds and reasons" if is_filtered else ""
        click.echo(f"{_EMPTY}{' that matches' if is_filtered else ''}{hint}")
    else:
        _show(rows)


def _show(rows: list[Row]) -> None:
    shown = table("load", "feed", "file", "line", "reason", "row", numeric=("load", "line"))
    for row in rows:
        body = printable(row["body"])
        shown.add_row(
            str(row["load_id"]),
            row["feed"],
            printable(row["path"]),
            NOTHING if row["line"] is None else count(row["line"]),
            printable(row["reason"]),
            body if len(body) <= _SHOWN_BODY else body[:_SHOWN_BODY] + "…",
        )
    console().print(shown)
