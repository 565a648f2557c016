"""`anfl quarantine`: the rows that were set aside, by reason, one by one, or replayed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from anfl_assets.cli.options import (
    data_dir_option,
    existing_workspace,
    json_option,
    print_json,
)
from anfl_assets.cli.quarantine_replay import EMPTY, replay
from anfl_assets.cli.render import NOTHING, console, count, printable, table
from anfl_assets.errors import UserError

if TYPE_CHECKING:
    from anfl_assets.store.ledger import Row

_SHOWN_BODY = 100


@click.group(name="quarantine")
def command() -> None:
    """Show the rows that were set aside, by reason (list) or one by one (show); replay them."""


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
        click.echo(f"{EMPTY}: every row received was accepted or a duplicate")
        return
    numeric, whole = ("rows", "last id"), ("rows", "last", "last id")
    shown = table("feed", "rule", "reason", "rows", "last", "last id", numeric=numeric, whole=whole)
    for row in summary[:limit]:
        told = (row["feed"], row["rule"], printable(row["reason"]), count(row["row_count"]))
        shown.add_row(*told, f"{row['last_at']:%Y-%m-%d}", str(row["last_id"]))
    console().print(shown)
    rest = summary[limit:]
    if rest:
        rows = sum(row["row_count"] for row in rest)
        reasons = f"{count(len(rest))} more reason{'s' * (len(rest) > 1)}"
        click.echo(f"{reasons} of {count(rows)} row{'s' * (rows > 1)}; --limit shows more")
    click.echo("`anfl quarantine show ID` shows a row whole, `show --feed NAME` those of a feed")
    click.echo("mend the file or its feed and run again; or `anfl quarantine replay` tries again")


@command.command
@click.argument("row_id", metavar="[ID]", required=False, type=click.IntRange(1))
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
    row_id: int | None,
    data_dir: Path,
    *,
    feed: str | None,
    load_id: int | None,
    reason: str | None,
    limit: int,
    as_json: bool,
) -> None:
    """Show quarantined rows with file, line, reason and what they hold; with ID that row whole."""
    from anfl_assets.store.ledger import open_ledger

    with open_ledger(existing_workspace(data_dir)) as ledger:
        rows = ledger.quarantined(
            feed=feed, load_id=load_id, row_id=row_id, reason=reason, limit=limit
        )
    if row_id is not None and not rows:
        raise UserError(f"no row {row_id} in quarantine; `anfl quarantine show` lists the newest")
    if as_json:
        print_json(rows)
    elif not rows:
        is_filtered = feed is not None or load_id is not None or reason is not None
        hint = "; `anfl quarantine list` shows feeds and reasons" if is_filtered else ""
        click.echo(f"{EMPTY}{' that matches' if is_filtered else ''}{hint}")
    elif row_id is not None:
        _show_one(rows[0])
    else:
        _show(rows)


def _show_one(row: Row) -> None:
    out = console()
    line = NOTHING if row["line"] is None else count(row["line"])
    out.print(f"row {row['id']} of load {row['load_id']}, {row['at']:%Y-%m-%d %H:%M}")
    out.print(f"  feed    {row['feed']} ({row['entity']})")
    out.print(f"  file    {printable(row['path'])}, line {line}")
    out.print(f"  rule    {printable(row['rule'])}")
    out.print(f"  reason  {printable(row['reason'])}")
    out.print(f"  row     {printable(row['body'])}", soft_wrap=True)


def _show(rows: list[Row]) -> None:
    numeric = ("id", "load", "line")
    shown = table(
        "id", "load", "feed", "file", "line", "reason", "row", numeric=numeric, whole=numeric
    )
    for row in rows:
        body = printable(row["body"])
        shown.add_row(
            str(row["id"]),
            str(row["load_id"]),
            row["feed"],
            printable(row["path"]),
            NOTHING if row["line"] is None else count(row["line"]),
            printable(row["reason"]),
            body if len(body) <= _SHOWN_BODY else body[:_SHOWN_BODY] + "…",
        )
    console().print(shown)


command.add_command(replay)
